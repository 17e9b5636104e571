"""NumPy archives as Keras, scikit-learn's users and MedMNIST write them."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import contents, load

X = np.arange(60, dtype=float).reshape(20, 3)
Y = np.arange(20) % 2


def save(folder, *arrays, **named):
    np.savez(folder / "a.npz", *arrays, **named)
    return f"npz:{folder / 'a.npz'}"


def message(spec):
    with pytest.raises(ConfigError) as error:
        load(spec)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("x", "y"),
    [("x", "y"), ("X", "y"), ("data", "target"), ("images", "labels"), ("Features", "Classes"), ("samples", "label")],
)
def test_one_table(tmp_path, x, y):
    data = load(save(tmp_path, **{x: X, y: Y}))
    assert (len(data.x_train), len(data.x_test), data.class_names) == (16, 4, ("0", "1"))
    assert [str(note) for note in data.notes] == [f"{tmp_path / 'a.npz'}: samples {x}, labels {y}"]


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("X_train", "y_train", "X_test", "y_test"),
        ("xtrain", "ytrain", "xtest", "ytest"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("train_x", "train_y", "test_x", "test_y"),
        ("training_data", "training_target", "testing_data", "testing_target"),
        ("x", "y", "x_test", "y_test"),
    ],
    ids=lambda names: names[0],
)
def test_two_parts(tmp_path, names):
    data = load(save(tmp_path, **dict(zip(names, (X, Y, X[:6], 1 - Y[:6]), strict=True))))
    assert (data.x_train.tolist(), data.y_train.tolist()) == (X.tolist(), Y.tolist())
    assert (data.x_test.tolist(), data.y_test.tolist()) == (X[:6].tolist(), [1, 0] * 3)


def test_arrays_without_names(tmp_path):
    assert load(save(tmp_path, X, Y)).class_names == ("0", "1")
    assert "array 'y' is missing; it holds arr_0" in message(save(tmp_path, X))


@pytest.mark.parametrize(
    ("y", "names"),
    [
        (Y[:, None], ("0", "1")),
        (Y.astype(float)[:, None], ("0", "1")),
        (np.eye(3)[np.arange(20) % 3], ("0", "1", "2")),
        (np.eye(3, dtype=bool)[np.arange(20) % 3], ("0", "1", "2")),
        (np.array([b"cat", b"dog"])[Y], ("cat", "dog")),
        (np.array(["katze", "h\u00fcndin".encode().decode()])[Y], ("h\u00fcndin", "katze")),
        (Y == 1, ("False", "True")),
        (-3 * Y, ("-3", "0")),
        ((Y + 254).astype(np.uint8), ("254", "255")),
        ((Y + 254).astype(">u4"), ("254", "255")),
        (np.asfortranarray(Y.reshape(20, 1)), ("0", "1")),
    ],
)
def test_shapes_and_types_of_labels(tmp_path, y, names):
    assert load(save(tmp_path, x=X, y=y)).class_names == names


@pytest.mark.parametrize("kind", [">f4", "<f4", ">f8", ">i2", "f2", "longdouble", "u1", "?"])
def test_types_of_samples(tmp_path, kind):
    x = (X % 2).astype(kind)
    data = load(save(tmp_path, x=np.asfortranarray(x), y=Y))
    assert data.x_train.dtype.isnative
    assert data.digest() == load(save(tmp_path, x=x, y=Y)).digest()
    assert np.sort(data.x_train[:, 0]).tolist() == [0] * 8 + [1] * 8


def test_only_arrays_that_are_needed_are_read(tmp_path):
    data = load(save(tmp_path, x=X, y=Y, note=np.array({"by": "me"}, object), val_images=X))
    assert str(data.notes[0]).endswith("a.npz: samples x, labels y; not used: note, val_images")


def test_to_use_a_model_labels_are_not_needed(tmp_path):
    assert contents(save(tmp_path, measured=X)).parts["all"].labels is None
    found = contents(save(tmp_path, x_test=X))
    assert (found.parts.keys(), found.parts["test"].x.shape) == ({"test"}, (20, 3))
    assert contents(save(tmp_path, x=X, y=Y[:1].repeat(20))).parts["all"].label_names[0] == ("0",)


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"x": X, "X": X, "y": Y}, "it holds X and x, which mean the same; keep one of them"),
        ({"x": X, "x_train": X, "y": Y}, "it holds x and x_train, which mean the same"),
        ({"x_test": X, "y_test": Y}, "array 'x' is missing; it holds x_test, y_test"),
        ({"a": X, "b": Y}, "array 'x' is missing; it holds a, b"),
        ({}, "array 'x' is missing; it holds no array"),
        ({"y": Y}, "array 'x' is missing; it holds y"),
        ({"x": X[:0], "y": Y[:0]}, "x is float64 of shape (0, 3); it must be real numbers (n, features)"),
        ({"x": X.astype(str), "y": Y}, "x is <U32 of shape (20, 3)"),
        ({"x": X, "y": np.where(Y, np.nan, 1.0)}, "y: the label of row 2 is nan; every row needs a label"),
        ({"x": X, "y": np.where(Y, " ", "a")}, "y: the label of row 2 is empty"),
        ({"x": X, "y": np.array([b"\xff", b"a"])[Y]}, "y holds bytes that are not UTF-8"),
        ({"x": X, "y": np.eye(3)[np.arange(20) % 3] + Y[:, None]}, "or one-hot, and row 2 is not one 1 among zeros"),
        (
            {"x": X, "y": np.zeros((20, 3))},
            "y has shape (20, 3); it must be (20,), one label for each row of x, or one",
        ),
        ({"x": X, "y": np.zeros((20, 2, 2))}, "y has shape (20, 2, 2); it must be (20,)"),
        ({"x": X, "y": Y * 1j}, "y is complex128; labels must be whole numbers or strings"),
        ({"x": X, "y": Y.astype("datetime64[s]")}, "y is datetime64[s]; labels must be whole numbers or strings"),
        ({"x": X, "y": np.array(list(zip(Y, Y, strict=True)), "i4,i4")}, "labels must be whole numbers or strings"),
    ],
)
def test_arrays_that_make_no_sense(tmp_path, arrays, expected):
    assert expected in message(save(tmp_path, **arrays))


def test_a_damaged_array_among_good_ones(tmp_path):
    spec = save(tmp_path, x=X, y=Y)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[200] ^= 1
    (tmp_path / "a.npz").write_bytes(content)
    assert message(spec).endswith("a.npz: damaged, or not an .npz archive of plain arrays")
