"""New data brought into a model's shape: columns and classes by name, and what is refused or said."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets.labelled import load_labelled
from bep_ref.datasets.schema import Schema

SCHEMA = Schema(3, ("cat", "dog"), ("length", "width", "weight"), "animal")


def table(path, header, rows):
    path.write_text("\n".join([header] * bool(header) + rows) + "\n")
    return f"csv:{path}"


ROWS = [f"{10 + i},{20.5 + i},{30 + i * i},{'cat' if i % 2 else 'dog'}" for i in range(10)]


def test_columns_are_put_into_the_models_order(tmp_path):
    data = load_labelled(table(tmp_path / "a.csv", "weight,length,width,animal", ROWS), SCHEMA, "all")
    x, y = (np.concatenate(arrays) for arrays in zip(*data.parts, strict=True))
    order = np.argsort(x[:, 2])
    assert x[order][0].tolist() == [20.5, 30, 10], "length, width, weight"
    assert y[order].tolist() == [1, 0] * 5, "dog is the model's class 1"
    assert not [note for note in data.notes if "order" in str(note)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("height,length,width,animal", "has columns that the model does not know: height; it learned length, width, w"),
        ("length,width,animal", "lacks columns that the model needs: weight"),
    ],
)
def test_strangers_and_missing_columns_are_refused(tmp_path, header, expected):
    rows = [row.split(",", 4 - header.count(",") - 1)[-1] for row in ROWS]
    with pytest.raises(ConfigError, match=expected) as error:
        load_labelled(table(tmp_path / "a.csv", header, rows), SCHEMA, "all")
    assert "\n" not in str(error.value)


def test_where_one_side_has_no_names_order_decides_and_a_note_says_so(tmp_path):
    unnamed = load_labelled(table(tmp_path / "a.csv", "", ROWS), SCHEMA, "test")
    assert any(
        "names no columns; they are taken in the model's order: length, width, weight" in str(n) for n in unnamed.notes
    )
    named = table(tmp_path / "b.csv", "weight,length,width,animal", ROWS)
    forgetful = load_labelled(named, Schema(3, ("cat", "dog")), "test")
    assert any(
        "the model knows no column names" in str(note) and "weight, length, width" in str(note)
        for note in forgetful.notes
    )
    assert np.array_equal(unnamed.parts[0][0], forgetful.parts[0][0])


def test_another_number_of_features_is_refused(tmp_path):
    data = table(tmp_path / "a.csv", "", ROWS)
    with pytest.raises(ConfigError, match=r"a\.csv has 4 columns; the model needs 6 features, and at most one label"):
        load_labelled(data, Schema(6, ("cat", "dog")), "all")
    with pytest.raises(ConfigError, match=r"needs 6 features"):
        load_labelled(data, Schema(6, ("cat", "dog")), "test")


def test_long_lists_of_names_are_shortened():
    schema = Schema(200, ("a", "b"), tuple(f"c{i}" for i in range(200)))
    with pytest.raises(ConfigError, match=r"needs: c1, c2, c3, c4, c5, c6, c7, c8, \.\.\. \(199 in all\)"):
        schema.order(("c0",), 1, "a.csv")
