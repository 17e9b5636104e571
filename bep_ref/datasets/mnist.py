"""`mnist:DIR`: images in the IDX format of MNIST and FashionMNIST, gzipped or not.

The folder holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the same with ``t10k``, each with or
without ``.gz``. An IDX file is a big-endian header (two zero bytes, type 8 = unsigned byte, the number of
dimensions, then each dimension as 32 bits) and the bytes.
"""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError, Dataset, suitable_image_binariser

NAME = "mnist"
USAGE = "mnist:DIR"
SUMMARY = "MNIST or FashionMNIST from a folder of IDX files, gzipped or not"

CLASSES = 10
PRESET = {"batch_size": 100, "margin": 0.3}
GROUP_TARGET = 32
"""Found on validation data alone: 784-128-128-10, 22,699 MNIST digits, 15 epochs, best epoch's validation accuracy:
91.2 % (mean of 5 seeds), against 90.3 % at margin 0.5 and group size 16 and 88.4 % at group size 8 (2 seeds each)."""

PRESETS = {
    "patches": {
        "hidden": (2048,),
        "patch": 9,
        "readout": 12,
        "binarise": "threshold=15,63,127,191,239",
        "margin": 0.1,
        "group_size": (64,),
        "sigma": 8.0,
        "settle_after": 12,
        "epochs": 20,
    }
}
"""The most accurate network found; docs/accuracy.md says what each setting is worth."""


def load(argument: str) -> Dataset:
    """Both parts of the folder ``argument``, pixels as 0 to 255."""
    if not argument:
        raise DataError(f"data: mnist needs a folder: {USAGE}")
    (x_train, y_train), (x_test, y_test) = read_parts(argument)
    flat = [x.reshape(len(x), -1) for x in (x_train, x_test)]
    names = tuple(str(label) for label in range(CLASSES))
    spec, image, binarise = f"{NAME}:{argument}", x_train.shape[1:], suitable_image_binariser(flat[0])
    return Dataset(spec, flat[0], y_train, flat[1], y_test, names, binarise, PRESET, GROUP_TARGET, image, PRESETS)


Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


def read_parts(directory: str) -> tuple[Part, Part]:
    """Images (n, rows, columns) and labels (n,) of both parts."""
    folder = Path(directory)
    if not folder.is_dir():
        raise DataError(f"data: mnist: {folder} is not a folder")
    train, test = _read_part(folder, "train"), _read_part(folder, "t10k")
    if train[0].shape[1:] != test[0].shape[1:]:
        shapes = f"training images have shape {train[0].shape[1:]} and test images {test[0].shape[1:]}"
        raise DataError(f"data: mnist: {folder}: {shapes}")
    return train, test


def _read_part(folder: Path, part: str) -> Part:
    """Images (n, rows, columns) and labels (n,) of ``train`` or ``t10k``."""
    image_file = _find(folder, f"{part}-images-idx3-ubyte")
    label_file = _find(folder, f"{part}-labels-idx1-ubyte")
    images, labels = read_idx(image_file, 3), read_idx(label_file, 1)
    if len(images) != len(labels):
        raise DataError(f"{label_file}: {len(labels)} labels for {len(images)} images in {image_file.name}")
    if not len(images):
        raise DataError(f"{image_file}: it holds no images")
    wrong = np.flatnonzero(labels >= CLASSES)
    if wrong.size:
        raise DataError(
            f"{label_file}: label {labels[wrong[0]]} of sample {wrong[0] + 1} is out of range; "
            f"it must be 0 to {CLASSES - 1}"
        )
    return images, labels.astype(np.int64)


def _find(folder: Path, name: str) -> Path:
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise DataError(f"data: mnist: {folder} holds neither {name} nor {name}.gz")


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Array of an IDX file of unsigned bytes with the given number of dimensions.

    Raises
    ------
    DataError : wrong magic number, or fewer or more bytes than the header announces.
    """
    content = path.read_bytes()
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"{path}: damaged or truncated gzip file ({error})") from None
    header = struct.Struct(f">{1 + dimensions}I")
    if len(content) < header.size:
        raise DataError(f"{path}: truncated: {len(content)} bytes, shorter than the {header.size}-byte IDX header")
    magic, *shape = header.unpack_from(content)
    expected = 0x0800 | dimensions
    if magic != expected:
        raise DataError(
            f"{path}: magic number {magic:#010x} is wrong; it must be {expected:#010x} (IDX, unsigned bytes)"
        )
    size = header.size + int(np.prod(shape, dtype=object))
    if len(content) != size:
        state = "truncated" if len(content) < size else "too long"
        raise DataError(f"{path}: {state}: {len(content)} bytes where the header announces {size}")
    return np.frombuffer(content, np.uint8, offset=header.size).reshape(shape)
