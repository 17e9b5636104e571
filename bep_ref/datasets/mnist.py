"""`mnist:DIR`: images in the IDX format of MNIST and its relatives, gzipped or not.

``DIR`` holds four files such as ``train-images-idx3-ubyte``, or folders below it do; `bep_ref.datasets.idx_folder` has
the names that are known. Of several sets in one folder, ``mnist:DIR/emnist-letters`` names one. Classes are the labels
that occur in the training part.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.contents import Contents, Part
from bep_ref.datasets.dataset import DataError, Dataset, suitable_image_binariser
from bep_ref.datasets.idx_file import read_idx
from bep_ref.datasets.idx_folder import IdxSet, find_set

NAME = "mnist"
USAGE = "mnist:DIR"
SUMMARY = "MNIST, FashionMNIST, EMNIST from a folder of IDX files, gzipped or not"

PRESET = {"batch_size": 100, "margin": 0.3}
GROUP_TARGET = 32
"""Found on validation data alone: 784-128-128-10, 22,699 MNIST digits, 15 epochs, best epoch's validation accuracy:
91.2 % (mean of 5 seeds), against 90.3 % at margin 0.5 and group size 16 and 88.4 % at group size 8 (2 seeds each)."""


def load(argument: str) -> Dataset:
    """Both parts of the folder ``argument``, pixels row by row, colours of a pixel side by side."""
    found = images(NAME, argument, whole=True)
    image = found.learned.x.shape[1:3]
    flat = flattened(found)
    binarise = suitable_image_binariser(flat.learned.x)
    return flat.dataset(binarise, preset=PRESET, group_target=GROUP_TARGET, image=image)


def contents(argument: str) -> Contents:
    """The images that are there, labelled or not, as (n, pixels)."""
    return flattened(images(NAME, argument))


def flattened(found: Contents) -> Contents:
    """``found`` with samples (n, features)."""
    parts = {name: replace(part, x=part.x.reshape(len(part.x), -1)) for name, part in found.parts.items()}
    return replace(found, parts=parts)


def images(format_name: str, argument: str, whole: bool = False) -> Contents:
    """Images (n, rows, columns), of colours (n, rows, columns, colours), of the parts that are there.

    ``whole``: both parts and their labels must be.

    Raises
    ------
    DataError : nothing there, files that cannot be read, or parts that do not belong together.
    """
    if not argument:
        raise DataError(f"data: {format_name} needs a folder: {format_name}:DIR")
    files = find_set(argument)
    if whole or not files.files.keys() & {("train", "images"), ("test", "images")}:
        for part in ("train", "test"):
            for kind in ("images", "labels"):
                files.file(part, kind)
    parts = {part: _read_part(files, part) for part in ("train", "test") if (part, "images") in files.files}
    shapes = [part.x.shape[1:] for part in parts.values()]
    if shapes[0] != shapes[-1]:
        told = f"training images have shape {shapes[0]} and test images {shapes[-1]}"
        raise DataError(f"data: mnist: {files.folder}: {told}")
    return Contents(f"{format_name}:{argument}", parts)


def _read_part(files: IdxSet, part: str) -> Part:
    image_file = files.file(part, "images")
    x = _colours_last(read_idx(image_file, (3, 4)), f"{image_file}")
    if not x.size:
        raise DataError(f"{image_file}: it holds no images" if not len(x) else f"{image_file}: images of no pixels")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise DataError(f"{image_file}: image {int(np.argwhere(~np.isfinite(x))[0, 0]) + 1} holds no finite numbers")
    if (part, "labels") not in files.files:
        return Part(x, None, str(image_file), f"{image_file}: there is no file of labels beside it")
    label_file = files.file(part, "labels")
    labels = _whole(read_idx(label_file, (1, 2)), label_file)
    if len(x) != len(labels):
        raise DataError(f"{label_file}: {len(labels)} labels for {len(x)} images in {image_file.name}")
    stranger = "label {label} of sample {row} is out of range; it must be {known}"
    return Part(x, labels, str(label_file), stranger=stranger)


def _colours_last(x: NDArray[Any], where: str) -> NDArray[Any]:
    """Colour images as (n, rows, columns, colours); `DataError` where neither end is a number of colours."""
    if x.ndim == 3 or x.shape[3] in (1, 3, 4):
        return x
    if x.shape[1] in (1, 3, 4):
        return np.moveaxis(x, 1, 3)
    raise DataError(f"{where}: images of shape {x.shape[1:]}; colours must be 1, 3 or 4, first or last")


def _whole(labels: NDArray[Any], where: Path) -> NDArray[np.int64]:
    """Labels (n,) of whole numbers, which may stand in a column of one."""
    if labels.ndim == 2 and labels.shape[1] != 1:
        raise DataError(f"{where}: labels have shape {labels.shape}; it must be ({len(labels)},), one for each image")
    labels = labels.reshape(len(labels))
    wrong = np.flatnonzero(~np.isfinite(labels) | (labels != np.rint(labels)))
    if wrong.size:
        raise DataError(f"{where}: label {labels[wrong[0]]} of sample {wrong[0] + 1} is not a whole number")
    return labels.astype(np.int64)
