"""Random tables come back as they were written, and random text is read or refused in one line."""

import csv
import io

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bep_ref import ConfigError
from bep_ref.datasets.schema import Schema
from bep_ref.datasets.table.known import KnownTable
from bep_ref.datasets.table.options import parse
from bep_ref.datasets.table.reading import read_table

OPTIONS = parse("a.csv", "csv:FILE")
WORD = (
    st.text("abcxyzäß[]/ ;,\"'#\n", min_size=1, max_size=6)
    .map(str.strip)
    .filter(lambda word: word and word[0] != "#" and not word.isspace())
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lines(text):
    return iter(io.StringIO(text, newline="").readlines())


@st.composite
def tables(draw):
    """Numbers, labels that repeat, names, separator and decimal mark."""
    features, rows = draw(st.integers(1, 4)), draw(st.integers(6, 30))
    numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 3)) | st.integers(-50, 50).map(float)
    x = np.array(draw(st.lists(st.lists(numbers, min_size=features, max_size=features), min_size=rows, max_size=rows)))
    words = draw(st.lists(WORD, min_size=2, max_size=3, unique=True))
    names = draw(st.lists(WORD, min_size=features + 1, max_size=features + 1, unique=True))
    return (
        x,
        [words[row % len(words)] for row in range(rows)],
        names,
        draw(st.sampled_from([",;", ",\t", ".,", ".;", ".\t"])),
    )


def written(x, labels, names, decimal, separator):
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_MINIMAL)
    sheet.writerow(names)
    for values, label in zip(x, labels, strict=True):
        sheet.writerow([*(f"{value:.3f}".replace(".", decimal) for value in values), label])
    return text.getvalue()


@QUICK
@given(tables())
def test_what_was_written_is_read(table):
    x, labels, names, (decimal, separator) = table
    options = parse(f"a.csv?decimal={'comma' if decimal == ',' else 'point'}", "csv:FILE")
    text = written(x, labels, names, decimal, separator)
    known = KnownTable(
        lines(text), options, Schema(len(names) - 1, tuple(sorted(set(labels))), tuple(names[:-1]), names[-1])
    )
    rows = list(known)
    assert np.array_equal(np.array([values for _, values, _ in rows]), x)
    assert [label for _, _, label in rows] == labels
    read = read_table(lines(text), options)
    assert (read.columns, read.label, read.labels) == (tuple(names[:-1]), names[-1], labels)
    assert np.array_equal(read.x, x)


PIECES = ["1", "2.5", "3,5", "a", "kind", "nan", "'", '"', ";", ",", "|", "#", "sep=;", "0", "NA", "−1"]
TEXT = st.lists(st.sampled_from([*PIECES, "", " ", "\t", "\n", "\r\n", "\ufeff"]), max_size=60).map("".join)


@settings(QUICK, max_examples=500)
@given(TEXT)
def test_any_text_is_read_or_refused_in_one_line(text):
    for read in (
        lambda: read_table(lines(text), OPTIONS),
        lambda: list(KnownTable(lines(text), OPTIONS, Schema(2, ("a", "1"), ("kind", "0"), "a"))),
        lambda: list(KnownTable(lines(text), OPTIONS, Schema(1, ("a", "1")))),
    ):
        try:
            read()
        except ConfigError as error:
            assert "\n" not in str(error)
