"""The container of models and checkpoints: an .npz of plain arrays with a JSON header and a digest.

Written whole or not at all, read without pickle, so a file from a stranger can do no more than be refused.
The digest (SHA-256 over header and arrays) detects damage that leaves the zip structure readable.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.files.atomic import write_atomically
from bep_ref.files.npz import ArchiveError, Npz

__all__ = ["ArchiveError", "read_archive", "read_arrays", "write_archive"]

Arrays = dict[str, NDArray[Any]]


def write_archive(
    path: Path, kind: str, version: int, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write ``arrays`` and the JSON ``header`` as format ``kind`` of ``version``. Same content, same bytes."""
    text = json.dumps({"format": kind, "version": version, **header}, sort_keys=True, allow_nan=False)
    content: Arrays = {"header": np.frombuffer(text.encode(), np.uint8), **arrays}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, digest=np.frombuffer(_digest(content), np.uint8), **content)  # type: ignore[arg-type]
    write_atomically(path, buffer.getvalue())


def read_archive(path: Path, kind: str, version: int, oldest: int | None = None) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays of a file of format ``kind`` and ``version``, or of a version from ``oldest`` on.

    Raises
    ------
    ArchiveError : no such file, not of this format and version, or its content does not match its digest.
    """
    content = read_arrays(path)
    digest, header = content.pop("digest", None), content.get("header")
    if digest is None or header is None:
        raise ArchiveError(f"{path}: not a {kind} file; it holds {', '.join(sorted(content)) or 'nothing'}")
    if digest.tobytes() != _digest(content):
        raise ArchiveError(f"{path}: damaged: its content does not match its digest")
    values = json.loads(content.pop("header").tobytes())
    if values.pop("format") != kind:
        raise ArchiveError(f"{path}: not a {kind} file")
    oldest = version if oldest is None else oldest
    if not oldest <= (found := values.pop("version")) <= version:
        known = f"version {version}" if oldest == version else f"versions {oldest} to {version}"
        raise ArchiveError(f"{path}: {kind} format version {found}; this program reads {known}")
    return values, content


def read_arrays(path: Path) -> Arrays:
    """All arrays of an .npz file, read without pickle.

    Raises
    ------
    ArchiveError : no such file, or not an archive of plain arrays.
    """
    archive = Npz(path)
    return {name: archive[name] for name in archive.names}


def _digest(content: Arrays) -> bytes:
    total = hashlib.sha256()
    for name, array in sorted(content.items()):
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        total.update(f"{name} {little.dtype.str} {array.shape} ".encode())
        total.update(little.tobytes())
    return total.digest()
