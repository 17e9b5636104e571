"""Bytes to lines of text: UTF-8, with or without a byte order mark, whatever ends the lines."""

import io
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from bep_ref.datasets.dataset import DataError


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a file, each with its end; `DataError` for bytes that are no text."""
    with path.open("rb") as file:
        yield from lines_of(file, str(path))


def lines_of(file: BinaryIO, name: str) -> Generator[str]:
    """The lines of ``file``, each as soon as it is there; ``name`` is the file in messages."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        for row, line in enumerate(text, start=1):
            if "\0" in line:
                raise DataError(f"{name}: row {row}: not a CSV file: it holds a NUL character")
            yield line
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not a CSV file: it is not UTF-8 text ({error.reason})") from None
    finally:
        text.detach()  # whoever opened the file closes it
