"""The container of models and checkpoints: an .npz of plain arrays with a JSON header and a digest.

Written whole or not at all, read without pickle, so a file from a stranger can do no more than be refused.
The digest (SHA-256 over header and arrays) detects damage that leaves the zip structure readable.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.config import ConfigError
from bep_ref.files.atomic import write_atomically
from bep_ref.files.npz import ArchiveError, Npz

__all__ = ["ArchiveError", "read_archive", "read_arrays", "seal", "understanding", "write_archive"]

Arrays = dict[str, NDArray[Any]]


def write_archive(
    path: Path, kind: str, version: int, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write ``arrays`` and the JSON ``header`` as format ``kind`` of ``version``. Same content, same bytes."""
    text = json.dumps({"format": kind, "version": version, **header}, sort_keys=True, allow_nan=False)
    write_atomically(path, seal(text.encode(), arrays))


def seal(header: bytes, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of a file with this header, its arrays, and their digest."""
    content: Arrays = {"header": np.frombuffer(header, np.uint8), **arrays}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, digest=np.frombuffer(_digest(content), np.uint8), **content)  # type: ignore[arg-type]
    return buffer.getvalue()


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
    try:
        values = dict(json.loads(content.pop("header").tobytes()))
    except (ValueError, TypeError, RecursionError):
        raise ArchiveError(f"{path}: damaged: its header is not JSON") from None
    if values.pop("format", None) != kind:
        raise ArchiveError(f"{path}: not a {kind} file")
    oldest = version if oldest is None else oldest
    found = values.pop("version", None)
    if type(found) is not int or not oldest <= found <= version:
        known = f"version {version}" if oldest == version else f"versions {oldest} to {version}"
        raise ArchiveError(f"{path}: {kind} format version {found}; this program reads {known}")
    return values, content


@contextmanager
def understanding(path: Path, kind: str, named: bool = True) -> Iterator[None]:
    """Whatever fails meanwhile shows that ``path`` was not written by this program: `ArchiveError`, one line.

    A `ConfigError` is about the file's content where ``named``, and then gets its name; otherwise it passes.
    """
    try:
        yield
    except ConfigError as error:
        if not named or isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{path}: {error}") from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ArchiveError(f"{path}: not a {kind} file as this program writes it ({reason})") from None


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
