"""Arrays of an .npz archive, read one by one and without pickle: a file from a stranger can only be refused."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError

NPY = b"\x93NUMPY"
"""The first bytes of a single array's file."""


class ArchiveError(ConfigError):
    """A file that is missing, foreign, damaged or of another version. One line that names the file."""


class ObjectArrayError(ArchiveError):
    """An array of Python objects, which only pickle could read."""


class Npz:
    """The archive at ``path``; ``names`` are those of its arrays. Arrays that nobody asks for are not read.

    Raises
    ------
    ArchiveError : no such file, or not an archive of arrays.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ArchiveError(f"{path}: no such file")
        self.path = path
        if path.read_bytes()[: len(NPY)] == NPY:
            raise ArchiveError(f"{path}: an .npy file, which holds one array; np.savez writes several, such as x and y")
        try:
            opened = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
            self.names = tuple(opened.files)
        except Exception:  # the zip, zlib and array parsers have a dozen ways to dislike bytes that are not theirs
            raise self._damaged() from None
        self._arrays = opened

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array called ``name``; `ObjectArrayError` where it holds objects, else `ArchiveError` for damage."""
        try:
            array = self._arrays[name]
        except Exception as error:
            if "allow_pickle" in str(error):
                raise ObjectArrayError(f"{self.path}: {name} holds Python objects") from None
            raise self._damaged() from None
        if not isinstance(array, np.ndarray):
            raise self._damaged()
        return array

    def _damaged(self) -> ArchiveError:
        return ArchiveError(f"{self.path}: damaged, or not an .npz archive of plain arrays")
