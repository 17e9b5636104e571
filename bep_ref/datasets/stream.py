"""Samples for a model as they come: those of a table in batches that are used before anybody waits for more.

The table on standard input, ``csv:-``, may be a pipe whose other end writes a row and waits for its answer.
"""

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets import csv_file
from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labelled import load_samples
from bep_ref.datasets.schema import Schema
from bep_ref.datasets.table.known import STREAM, KnownTable
from bep_ref.datasets.table.options import TableOptions
from bep_ref.datasets.table.text import lines_of
from bep_ref.notes import Notes

STDIN = Path("-")
"""The file's name that stands for standard input."""
BATCH = 4096
"""Samples of a table that are used at a time, at most."""

Batch = Callable[[NDArray[Any]], Any]


class _Source(io.RawIOBase):
    """A file, or standard input, that calls ``before_waiting`` whenever it is about to be read."""

    def __init__(self, path: Path, before_waiting: Callable[[], Any]) -> None:
        super().__init__()
        self._file = open(0 if path == STDIN else path, "rb", buffering=0, closefd=path != STDIN)  # noqa: SIM115
        self._before_waiting = before_waiting

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._before_waiting()
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def each_batch(spec: str, schema: Schema, part: str, told: Callable[[Notes], Any], batch: Batch) -> None:
    """Call ``batch`` with samples (n, ...), features in the order of the model that knows ``schema``, part by part.

    ``told`` gets the notes of the reader before. Tables are read row by row; other data whole.

    Raises
    ------
    DataError : what cannot be read, when all samples before have been used.
    """
    name, _, argument = spec.partition(":")
    if name == csv_file.NAME and part == "all":
        schema.check_kind(False, spec)
        _each_batch_of_table(csv_file.options_of(argument, STDIN), schema, told, batch)
        return
    found = load_samples(spec, schema, part)
    told(found.notes)
    for one in found.parts.values():
        for start in range(0, len(one.x), BATCH):
            batch(one.x[start : start + BATCH])


def _each_batch_of_table(options: TableOptions, schema: Schema, told: Callable[[Notes], Any], batch: Batch) -> None:
    rows: list[NDArray[np.float64]] = []
    used = 0

    def use() -> None:
        nonlocal used
        if rows:
            ready = np.array(rows)
            rows.clear()
            used += len(ready)
            batch(ready)

    name = "standard input" if options.path == STDIN else str(options.path)
    with (
        io.BufferedReader(_Source(options.path, use), 1 << 20) as file,
        closing(lines_of(file, name)) as lines,
    ):
        table = KnownTable(lines, replace(options, path=Path(name)), schema, look=STREAM)
        told(table.notes)
        try:
            for _, values, _ in table:
                rows.append(values)
                if len(rows) == BATCH:
                    use()
        except DataError:
            use()
            raise
        use()
    if not used:
        raise DataError(f"{name}: it holds no samples")
