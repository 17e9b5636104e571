"""The IDX format of MNIST and its relatives: one array a file, big-endian.

Two zero bytes, a type code, the number of dimensions, each dimension as 32 bits, then the values. A file may be
gzipped, whatever its name says.
"""

import gzip
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Type code -> how its values are stored."""
GZIP = b"\x1f\x8b"
"""The first bytes of a gzip file."""


def read_idx(path: Path, dimensions: Sequence[int]) -> NDArray[Any]:
    """Array of an IDX file in the machine's byte order; ``dimensions`` are the numbers of dimensions it may have.

    Raises
    ------
    DataError : wrong magic number, or fewer or more bytes than the header announces.
    """
    content = _content(path)
    least = 4 + 4 * min(dimensions)
    if len(content) < least:
        raise DataError(f"{path}: truncated: {len(content)} bytes, shorter than the {least}-byte IDX header")
    kind, count = _magic(path, content, dimensions)
    header = struct.Struct(f">{1 + count}I")
    if len(content) < header.size:
        raise DataError(f"{path}: truncated: {len(content)} bytes, shorter than the {header.size}-byte IDX header")
    shape = header.unpack_from(content)[1:]
    size = header.size + kind.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != size:
        state = "truncated" if len(content) < size else "too long"
        raise DataError(f"{path}: {state}: {len(content)} bytes where the header announces {size}")
    values = np.frombuffer(content, kind, offset=header.size).reshape(shape)
    return values.astype(kind.newbyteorder("="), copy=False)


def _magic(path: Path, content: bytes, dimensions: Sequence[int]) -> tuple[np.dtype[Any], int]:
    """Type of the values and number of dimensions."""
    zeros, code, count = struct.unpack_from(">HBB", content)
    if zeros or code not in TYPES or count not in dimensions:
        magic = int.from_bytes(content[:4])
        wanted = " or ".join(f"{0x0800 | number:#010x}" for number in dimensions)
        raise DataError(
            f"{path}: magic number {magic:#010x} is wrong; it must be {wanted} (IDX, unsigned bytes), "
            "or the same with another type code of IDX in the place of 08"
        )
    return np.dtype(TYPES[code]), count


def _content(path: Path) -> bytes:
    """The file's bytes, unpacked where they are gzipped."""
    content = path.read_bytes()
    plain = content[:2] == b"\0\0"  # a file that was unpacked on its way and kept the name
    if content[:2] != GZIP and (path.suffix != ".gz" or plain):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged or truncated gzip file ({error})") from None
