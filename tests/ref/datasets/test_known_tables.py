"""Tables for a model that knows its columns and classes: with labels or without, as a file or as a stream of rows."""

import os
from pathlib import Path

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets.labelled import load_labelled
from bep_ref.datasets.schema import Schema
from bep_ref.datasets.table.known import STREAM, KnownTable
from bep_ref.datasets.table.options import TableOptions, parse
from bep_ref.datasets.table.text import lines_of, text_lines
from tests.ref.datasets.tables import written

NAMED = Schema(3, ("alba", "berta"), ("a", "b", "c"), "kind")
UNNAMED = Schema(3, ("alba", "berta"))


def known(folder, schema, *rows, options=""):
    path = written(folder, *rows)
    table = KnownTable(text_lines(path), parse(f"{path}{options}", "csv:FILE"), schema)
    return table, [(line, values.tolist(), label) for line, values, label in table]


@pytest.mark.parametrize("schema", [NAMED, UNNAMED])
@pytest.mark.parametrize(
    ("rows", "label"),
    [
        (["a,b,c,kind", "1,2,3,alba"], "alba"),
        (["a,b,c", "1,2,3"], ""),
        (["1,2,3,alba"], "alba"),
        (["1,2,3"], ""),
        (["a;b;c;kind", "1;2;3;alba"], "alba"),
        (["a,b,c,kind,", "1,2,3,alba,"], "alba"),
        ([",a,b,c,kind", "17,1,2,3,alba"], "alba"),
        (["# a,b,c,kind", "1,2,3,alba"], "alba"),
        (["a,b,c,kind", "1,2,3,"], ""),
    ],
)
def test_rows_of_a_table_however_small(tmp_path, schema, rows, label):
    table, read = known(tmp_path, schema, *rows)
    assert read == [(len(rows), [1, 2, 3], label)]
    assert table.labelled == any("kind" in row or "alba" in row for row in rows)


def test_names_decide_the_order(tmp_path):
    _, read = known(tmp_path, NAMED, "kind,c,a,b", "berta,3,1,2")
    assert read == [(2, [1, 2, 3], "berta")]
    years = Schema(2, ("x", "y"), ("2020", "2019"), "kind")
    assert known(tmp_path, years, "2019,2020,kind", "5,6,x")[1] == [(2, [6, 5], "x")]
    numbered = Schema(4, ("x", "y"), ("3", "2", "1", "0"), "4")
    assert known(tmp_path, numbered, "0,1,2,3,4", "5,6,7,8,x")[1] == [(2, [8, 7, 6, 5], "x")]


def test_the_only_strange_column_is_the_label_of_a_model_that_has_no_name_for_it(tmp_path):
    nameless = Schema(3, ("alba", "berta"), ("a", "b", "c"))
    assert known(tmp_path, nameless, "a,kind,b,c", "1,alba,2,3")[1] == [(2, [1, 2, 3], "alba")]
    assert not known(tmp_path, nameless, "a,b,c", "1,2,3")[0].labelled


def test_options_choose_columns(tmp_path):
    rows = ["id,a,b,c,species", "7,1,2,3,alba"]
    _, read = known(tmp_path, NAMED, *rows, options="?label=species&drop=id")
    assert read == [(2, [1, 2, 3], "alba")]
    _, read = known(tmp_path, UNNAMED, "9,1,2,3", options="?label=none&drop=1")
    assert read == [(1, [1, 2, 3], "")]


@pytest.mark.parametrize(
    ("schema", "rows", "expected"),
    [
        (NAMED, ["a,b,c,species", "1,2,3,alba"], "columns that the model does not know: species; it learned a, b, c"),
        (NAMED, ["a,b,kind", "1,2,alba"], "lacks columns that the model needs: c"),
        (NAMED, ["1,2", "3,4"], "has 2 columns; the model needs 3 features, and at most one label more"),
        (UNNAMED, ["p,q,r,s,t", "1,2,3,4,5"], "has 5 columns; the model needs 3 features"),
        (
            UNNAMED,
            ["1,2,3,dora"],
            "row 1: 'dora' is no class of the model, and the other cells are numbers",
        ),
        (NAMED, ["a,b,c", "1,x,3"], "row 2, column 2: 'x' is not a number"),
        (NAMED, ["a,b,c", "1,2,3", "1,2"], "row 3: 2 columns; it must be 3 as in the rows above"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, schema, rows, expected):
    with pytest.raises(ConfigError, match=expected) as error:
        known(tmp_path, schema, *rows)
    assert "\n" not in str(error.value)


def test_what_was_understood_is_said(tmp_path):
    said = [str(note) for note in known(tmp_path, NAMED, ",a,b,c,kind", "17,1,2,3,alba")[0].notes]
    assert said[0].endswith("a.csv: header in line 1; label in column 5 (kind)")
    assert said[1] == "warning: left out: column 1"
    said = [str(note) for note in known(tmp_path, NAMED, "1,2,3")[0].notes]
    assert said[0].endswith("a.csv: no header; no label")
    assert "names no columns; they are taken in the model's order: a, b, c" in said[1]


def test_a_model_of_one_feature_reads_one_column(tmp_path):
    assert known(tmp_path, Schema(1, ("x", "y")), "5", "6")[1] == [(1, [5], ""), (2, [6], "")]
    assert known(tmp_path, Schema(1, ("x", "y"), ("size",)), "size", "6")[1] == [(2, [6], "")]


def test_rows_of_a_pipe_are_read_when_they_come():
    reader, writer = os.pipe()
    with open(reader, "rb") as source, open(writer, "wb", buffering=0) as sink:
        sink.write(b"c,b,a\n3,2,1\n")
        options = TableOptions(Path("-"))
        table = KnownTable(lines_of(source, "standard input"), options, NAMED, look=STREAM)
        rows = iter(table)
        assert next(rows)[1].tolist() == [1, 2, 3], "though the pipe is open"
        sink.write(b"6,5.5,4\n")
        assert next(rows)[1].tolist() == [4, 5.5, 6]
        sink.close()
        assert next(rows, None) is None


class TestLabelled:
    def load(self, folder, *rows, part="all", schema=NAMED):
        return load_labelled(f"csv:{written(folder, *rows)}", schema, part)

    def test_one_class_and_one_row_are_measured_whole(self, tmp_path):
        ((x, y),) = self.load(tmp_path, "a,b,c,kind", "1,2,3,berta", "4,5,6,berta").parts
        assert (x.tolist(), y.tolist()) == ([[1, 2, 3], [4, 5, 6]], [1, 1])
        ((x, y),) = self.load(tmp_path, "a,b,c,kind", "1,2,3,alba").parts
        assert y.tolist() == [0]

    def test_whole_numbers_are_the_same_class_however_a_table_writes_them(self, tmp_path):
        schema = Schema(1, ("1", "2"), ("a",), "kind")
        ((_, y),) = self.load(tmp_path, "a,kind", "5,2.0", "5,1.0", schema=schema).parts
        assert y.tolist() == [1, 0]

    def test_the_label_is_found_by_its_name(self, tmp_path):
        rows = [f"{'berta' if row % 2 else 'alba'},{row},{row * 2},7" for row in range(20)]
        for part, samples in (("test", 4), ("all", 20)):
            ((x, y),) = self.load(tmp_path, "kind,c,b,a", *rows, part=part).parts
            assert (x[:, 0].tolist(), len(y)) == ([7] * samples, samples)
            assert np.array_equal(y, x[:, 2] % 2)

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            (["a,b,c", "1,2,3"], "has no label column to compare with"),
            (["a,b,c,kind", "1,2,3,NA"], r"samples whose label is missing \('NA'\): a comparison needs all"),
            (
                ["a,b,c,kind", "1,2,3,dora"],
                r"class 'dora' of csv:.* is unknown to the model",
            ),
            (["a,b,c,kind"], "it holds no samples"),
        ],
    )
    def test_what_cannot_be_measured_is_refused(self, tmp_path, rows, expected):
        with pytest.raises(ConfigError, match=expected):
            self.load(tmp_path, *rows)
