"""Good files of every format that is read: small, and of things that can be learned."""

import gzip
import io
import struct
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets import load
from bep_ref.runs.checkpoint import save_checkpoint
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

ROWS = 24
"""Samples of a file."""
Files = dict[str, bytes]


def _table() -> NDArray[np.int64]:
    """Two features and the class that they show."""
    number = np.arange(ROWS)
    return np.column_stack([number % 2 * 3 + number % 5, number % 7 - number % 2, number % 2])


def csv() -> Files:
    rows = "".join(f"{a},{b / 2},{kind}\n" for a, b, kind in _table().tolist())
    return {"a.csv": f"width,height,kind\n{rows}".encode()}


def mnist() -> Files:
    images = _idx((_table()[:, :2] + 1).reshape(ROWS, 1, 2) * 20)
    labels = gzip.compress(_idx(_table()[:, 2]), mtime=0)
    parts = ("train", "t10k")
    return {f"{part}-images-idx3-ubyte": images for part in parts} | {
        f"{part}-labels-idx1-ubyte.gz": labels for part in parts
    }


def _idx(array: NDArray[Any]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def npz() -> Files:
    buffer, table = io.BytesIO(), _table()
    x, y = table[:, :2] / 2, table[:, 2]
    np.savez(buffer, x=x, y=y, x_test=x[:9], y_test=y[:9])
    return {"a.npz": buffer.getvalue()}


def ts() -> Files:
    head = "%toy\n@problemName Toy\n@timeStamps false\n@univariate true\n@classLabel true 0 1\n@data\n"
    rows = "".join(f"{a},{b},{a + b},?,{a}:{kind}\n" for a, b, kind in _table().tolist())
    return {f"Toy_{part}.ts": (head + rows).encode() for part in ("TRAIN", "TEST")}


def tsv() -> Files:
    rows = "".join(f"{kind}\t{a}\t{b}\t{a + b}\t{a}\n" for a, b, kind in _table().tolist())
    return {f"Toy_{part}.tsv": rows.encode() for part in ("TRAIN", "TEST")}


def model() -> Files:
    return {"damaged.npz": learned()["model.npz"]}


def local_model() -> Files:
    return {"damaged.npz": _learned("csv:a.csv", csv(), hidden=(4, 4), rule="local")[0]}


def readout_model() -> Files:
    return {"damaged.npz": _learned("csv:a.csv", csv(), hidden=(4,), readout=4)[0]}


def series_model() -> Files:
    return ts() | {"damaged.npz": learned()["series.npz"]}


def checkpoint() -> Files:
    return csv() | {"run/checkpoint.npz": _learned("csv:a.csv", csv(), hidden=(4,))[1]}


@cache
def learned() -> Files:
    """Good models to use damaged data on: of two features, and of series."""
    series = {"state": 4, "output": 4, "window": 1, "expansion": 4}
    return {
        "model.npz": _learned("csv:a.csv", csv(), hidden=(4,))[0],
        "series.npz": _learned("ucr:Toy", ts(), **series)[0],
    }


def _learned(spec: str, files: Files, **settings: Any) -> tuple[bytes, bytes]:
    """Model and checkpoint of an epoch on good files; ``spec`` is where they are in a folder of their own."""
    name, _, place = spec.partition(":")
    with TemporaryDirectory() as folder:
        for file, content in files.items():
            (Path(folder) / file).write_bytes(content)
        trainer = Trainer(prepare(load(f"{name}:{Path(folder) / place}"), {"epochs": 1, "batch_size": 4, **settings}))
        trainer.run()
        trainer.model.save(Path(folder) / "model")
        save_checkpoint(Path(folder) / "checkpoint", trainer)
        return (Path(folder) / "model").read_bytes(), (Path(folder) / "checkpoint").read_bytes()
