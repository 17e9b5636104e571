"""`npz:FILE`: NumPy arrays of samples (n, ...) and labels (n,), such as ``x`` and ``y``, and perhaps of a test part.

`bep_ref.datasets.npz_names` has the names that are known. Only arrays that are needed are read.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.contents import Contents, Part
from bep_ref.datasets.dataset import DataError, Dataset, check_finite, suitable_binariser
from bep_ref.datasets.npz_labels import labels_of
from bep_ref.datasets.npz_names import Roles, roles
from bep_ref.files.npz import Npz, ObjectArrayError
from bep_ref.names import listed
from bep_ref.notes import Note

NAME = "npz"
USAGE = "npz:FILE"
SUMMARY = "NumPy archive with x, y and, if you have them, x_test, y_test; else a fifth is the test part"


def load(argument: str) -> Dataset:
    """Samples are flattened to (n, features). Labels may be whole numbers, strings or one-hot."""
    found = _read(argument, learning=True)
    return found.dataset(suitable_binariser(found.learned.x))


def contents(argument: str) -> Contents:
    """Every part that the archive has, with labels or without; a single array is samples, whatever its name."""
    return _read(argument, learning=False)


def _read(argument: str, learning: bool) -> Contents:
    if not argument:
        raise DataError(f"data: npz needs a file: {USAGE}")
    path = Path(argument)
    if not path.is_file():
        raise DataError(f"data: npz: {path} is not a file")
    archive = Npz(path)
    known = roles(archive.names, path)
    if not known.names and len(archive.names) == 1 and not learning:
        known = Roles({("x", ""): archive.names[0]})
    pairs = {"train": known.pair("train", ""), "test": known.pair("test")}
    read = {part: pair for part, pair in pairs.items() if any(pair)}
    if not read or (learning and "train" not in read):
        raise _missing(archive, "x")
    if "test" not in read:
        read = {"all": read["train"]}
    parts = {part: _part(archive, *pair, "_test" if part == "test" else "") for part, pair in read.items()}
    if len(parts) == 2 and (wide := parts["test"].x.shape[1]) != (wanted := parts["train"].x.shape[1]):
        raise DataError(f"{path}: {pairs['test'][0]} has {wide} features; it must have {pairs['train'][0]}'s {wanted}")
    return Contents(f"{NAME}:{argument}", parts, notes=(_understood(archive, read),))


def _understood(archive: Npz, read: dict[str, tuple[str | None, str | None]]) -> Note:
    """Which arrays were taken for what, and which were not used."""
    used = {name for pair in read.values() for name in pair if name}
    told = [f"{'test ' * (part == 'test')}samples {x}, labels {y or 'none'}" for part, (x, y) in read.items()]
    spare = sorted(set(archive.names) - used)
    left = f"; not used: {listed(spare)}" if spare else ""
    return Note(f"{archive.path}: {'; '.join(told)}{left}")


def _missing(archive: Npz, name: str) -> DataError:
    held = listed(sorted(archive.names)) or "no array"
    return DataError(f"{archive.path}: array {name!r} is missing; it holds {held}")


def _part(archive: Npz, x_name: str | None, y_name: str | None, suffix: str) -> Part:
    """Samples (n, features) and labels (n,) of the arrays of these names."""
    path = archive.path
    if x_name is None:
        raise _missing(archive, f"x{suffix}")
    x = _array(archive, x_name, "float")
    if x.ndim < 2 or not x.size or x.dtype.kind not in "biuf":
        raise DataError(f"{path}: {x_name} is {x.dtype} of shape {x.shape}; it must be real numbers (n, features)")
    x = x.reshape(len(x), -1)
    x = x.astype(x.dtype.newbyteorder("=") if x.dtype.itemsize <= 8 else np.float64, copy=False)
    check_finite(x, f"{path}: {x_name}")
    where = f"{path}: {y_name or f'y{suffix}'}"
    if y_name is None:
        return Part(x, None, where, missing=str(_missing(archive, f"y{suffix}")))
    labels = labels_of(_array(archive, y_name, "str"), len(x), where, x_name)
    return Part(x, labels, where, stranger="label {label!r} of row {row} does not occur in y")


def _array(archive: Npz, name: str, remedy: str) -> NDArray[Any]:
    """An array that is needed; `DataError` says how to save what is an array of objects."""
    try:
        return archive[name]
    except ObjectArrayError as error:
        raise DataError(f"{error}; save it as {name}.astype({remedy})") from None
