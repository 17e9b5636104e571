"""IDX files as the world names and fills them: what is read, and what is said about the rest."""

import gzip
import struct

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import contents, load

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IMAGES = np.arange(40 * 12).reshape(40, 4, 3) % 100
LABELS = np.arange(40) % 10
STANDARD = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(array, kind="u1"):
    array = np.asarray(array).astype(f">{kind}")
    return struct.pack(f">HBB{array.ndim}I", 0, CODES[kind], array.ndim, *array.shape) + array.tobytes()


def put(folder, names=STANDARD, images=IMAGES, labels=LABELS, kind="u1", label_kind="u1"):
    """Both parts of a set, under ``names``."""
    for name, content in zip(names, (idx(images, kind), idx(labels, label_kind)) * 2, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return f"mnist:{folder}"


def message(spec):
    with pytest.raises(ConfigError) as error:
        load(spec)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "names",
    [
        [name.replace("-idx", ".idx") for name in STANDARD],
        [f"{name.replace('-idx', '.idx')}.gz" for name in STANDARD],
        [name.upper() for name in STANDARD],
        [f"emnist-letters-{name.replace('t10k', 'test')}" for name in STANDARD],
        [f"MNIST/raw/{name}" for name in STANDARD],
        [f"EMNIST/raw/emnist-digits-{name.replace('t10k', 'test')}.gz" for name in STANDARD],
        [f"{name}/{name.replace('-idx', '.idx')}" for name in STANDARD],
        [name.replace("-images-", "_images.").replace("-labels-", "_labels.") for name in STANDARD],
    ],
    ids=lambda names: names[0].replace("/", ":"),
)
def test_names_and_folders_of_other_tools(tmp_path, names):
    data = load(put(tmp_path, names))
    assert data.x_train.tolist() == data.x_test.tolist() == IMAGES.reshape(40, 12).tolist()
    assert (data.class_names, data.y_test.tolist()) == (tuple("0123456789"), LABELS.tolist())
    assert data.image == (4, 3)


def test_what_a_file_is_shows_in_its_bytes_and_not_in_its_name(tmp_path):
    plain = load(put(tmp_path / "plain"))
    put(tmp_path / "packed")
    for name in STANDARD:
        content = (tmp_path / "packed" / name).read_bytes()
        (tmp_path / "packed" / name).write_bytes(gzip.compress(content))
    assert load(f"mnist:{tmp_path / 'packed'}").digest() == plain.digest()
    put(tmp_path / "unpacked", [f"{name}.gz" for name in STANDARD])
    for name in STANDARD:
        (tmp_path / "unpacked" / f"{name}.gz").write_bytes((tmp_path / "plain" / name).read_bytes())
    assert load(f"mnist:{tmp_path / 'unpacked'}").digest() == plain.digest()


@pytest.mark.parametrize("labels", [np.arange(40) % 26 + 1, np.arange(40) % 3 * 5, LABELS - 5])
def test_classes_are_the_labels_that_occur(tmp_path, labels):
    data = load(put(tmp_path, labels=labels, label_kind="i1"))
    assert data.class_names == tuple(str(label) for label in np.unique(labels))
    assert [int(data.class_names[code]) for code in data.y_train] == labels.tolist()


@pytest.mark.parametrize("kind", CODES)
def test_every_type_of_the_format(tmp_path, kind):
    data = load(put(tmp_path, kind=kind, label_kind=kind))
    assert data.x_train.tolist() == IMAGES.reshape(40, 12).tolist()
    assert data.x_train.dtype.isnative
    assert data.y_train.tolist() == LABELS.tolist()


def test_labels_in_a_column(tmp_path):
    assert load(put(tmp_path, labels=LABELS[:, None])).y_train.tolist() == LABELS.tolist()


@pytest.mark.parametrize("first", [False, True])
def test_colours_of_a_pixel_lie_side_by_side(tmp_path, first):
    colours = np.arange(40 * 4 * 5 * 3).reshape(40, 4, 5, 3) % 251
    spec = put(tmp_path, images=np.moveaxis(colours, 3, 1) if first else colours)
    assert load(spec).x_train.tolist() == colours.reshape(40, 60).tolist()
    assert load(spec).image == (4, 5)
    assert load(f"s{spec}").x_train.shape == (40, 4, 15)


def test_one_of_several_sets(tmp_path):
    for number, one in enumerate(("emnist-letters", "emnist-digits")):
        put(tmp_path, [f"{one}-{name.replace('t10k', 'test')}" for name in STANDARD], labels=LABELS + number)
    told = message(f"mnist:{tmp_path}")
    assert told.endswith(
        f"holds 2 sets of images; name one of mnist:{tmp_path}/emnist-digits, mnist:{tmp_path}/emnist-letters"
    )
    assert load(f"mnist:{tmp_path}/emnist-digits").class_names[-1] == "10"
    assert load(f"mnist:{tmp_path}/emnist-letters").class_names[-1] == "9"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"labels": np.full(40, 0.5), "label_kind": "f4"}, "label 0.5 of sample 1 is not a whole number"),
        ({"labels": np.full(40, np.nan), "label_kind": "f8"}, "label nan of sample 1 is not a whole number"),
        ({"labels": np.zeros((40, 8))}, "labels have shape (40, 8); it must be (40,), one for each image"),
        ({"labels": np.zeros(39)}, "39 labels for 40 images in train-images-idx3-ubyte"),
        ({"labels": np.zeros(40)}, "1 different labels is out of range; it must be 2 to 256"),
        ({"images": np.where(IMAGES == 99, np.inf, IMAGES), "kind": "f4"}, "image 9 holds no finite numbers"),
        ({"images": np.zeros((40, 0, 3))}, "images of no pixels"),
        ({"images": np.zeros((40, 5, 5, 2))}, "images of shape (5, 5, 2); colours must be 1, 3 or 4, first or last"),
        ({"images": np.zeros((40, 6))}, "magic number 0x00000802 is wrong; it must be 0x00000803 or 0x00000804"),
    ],
)
def test_contents_that_make_no_sense(tmp_path, changes, expected):
    assert expected in message(put(tmp_path, **changes))


def test_a_type_that_the_format_has_not(tmp_path):
    spec = put(tmp_path)
    (tmp_path / STANDARD[0]).write_bytes(b"\0\0\x0a\x03" + bytes(12))
    assert f"{STANDARD[0]}: magic number 0x00000a03 is wrong" in message(spec)


def test_a_folder_without_images_says_what_it_holds(tmp_path):
    for name in ("a.png", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "old").mkdir()
    assert message(f"mnist:{tmp_path}").endswith("; it holds a.png, notes.txt, old/")


def test_to_use_a_model_labels_and_training_images_are_not_needed(tmp_path):
    put(tmp_path)
    for name in (*STANDARD[:2], STANDARD[3]):
        (tmp_path / name).unlink()
    found = contents(f"mnist:{tmp_path}")
    assert found.parts.keys() == {"test"}
    assert found.parts["test"].labels is None
    with pytest.raises(ConfigError, match="t10k-images-idx3-ubyte: there is no file of labels beside it"):
        _ = found.parts["test"].needed_labels
    assert "holds neither train-images-idx3-ubyte" in message(f"mnist:{tmp_path}")
