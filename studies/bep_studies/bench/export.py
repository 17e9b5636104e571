"""Exported networks beside the golden model: every score and every prediction of a whole test set."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_hw.tools.environment import tool_environment
from bep_interchange import arrays, c_source, qonnx_graph, qonnx_read
from bep_interchange.plain import PlainNetwork
from bep_ref.config import ConfigError
from bep_ref.networks.mlp import BinaryMlp
from bep_ref.runs.model import Model

C_FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
STREAM = "bep_stream.c"

Scores = NDArray[np.int64]


def golden_scores(model: Model, features: NDArray[Any]) -> Scores:
    """Logits (n, C) of the readable specification for ``features`` (n, F)."""
    net = BinaryMlp(model.counters, model.classifiers[-1], group_size=[1] * len(model.counters))
    return net.forward(model.binariser(features))[2].astype(np.int64)


def qonnx_scores(network: PlainNetwork, features: NDArray[Any]) -> Scores:
    """Logits (n, C) of the exported graph, executed by qonnx."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx

    graph = ModelWrapper(qonnx_graph.write(network, len(features)))
    result = execute_onnx(graph, {"features": features.astype(np.float32)})
    return np.asarray(result["logits"]).astype(np.int64)


def c_scores(network: PlainNetwork, features: NDArray[Any], compiler: str = "cc") -> tuple[Scores, NDArray[np.int64]]:
    """Scores (n, C) and classes (n,) of the exported C, compiled with `C_FLAGS`, and run here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in c_source.write(network).items():
            (folder / file).write_bytes(content)
        stream = Path(c_source.__file__).parent / "c" / STREAM
        command = [compiler, *C_FLAGS, "-I.", "-o", "stream", "bep_classify.c", str(stream)]
        try:
            done = subprocess.run(
                command, cwd=folder, env=tool_environment(), capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise ConfigError(f"compiler: {compiler} is not installed") from None
        if done.returncode:
            raise ConfigError(f"compiler: {compiler} refused the exported C: {done.stderr.splitlines()[0]}")
        text = subprocess.run(
            [folder / "stream"],
            env=tool_environment(),
            input=features.astype("<f4").tobytes(),
            capture_output=True,
            check=True,
        ).stdout
    lines = np.array([line.split() for line in text.splitlines()], dtype=np.int64)
    return lines[:, 1:], lines[:, 0]


def compare(model: Model, features: NDArray[Any]) -> list[dict[str, Any]]:
    """A row a format: samples, and how many scores and predictions of ``features`` (n, F) differ from the model's."""
    network = PlainNetwork.of(model)
    scores, predictions = golden_scores(model, features), model.predict(features)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "plain.npz"
        file.write_bytes(arrays.write(network))
        imported = arrays.read(file).model("import:plain.npz")
        file.write_bytes(qonnx_graph.write(network))
        imported_graph = qonnx_read.read(file).model("import:plain.onnx")
    graph, (program, classes) = qonnx_scores(network, features), c_scores(network, features)
    return [
        _row("QONNX", scores, predictions, graph, graph.argmax(axis=1)),
        _row("C", scores, predictions, program, classes),
        *(
            _row(what, scores, predictions, golden_scores(again, features), again.predict(features))
            for what, again in (("npz, imported", imported), ("QONNX, imported", imported_graph))
        ),
    ]


def _row(what: str, scores: Scores, predictions: Scores, found: Scores, classes: Scores) -> dict[str, Any]:
    return {
        "what": what,
        "samples": len(predictions),
        "scores_different": int(np.count_nonzero(scores != found)),
        "predictions_different": int(np.count_nonzero(predictions != classes)),
    }


def differences(rows: Sequence[dict[str, Any]]) -> int:
    """All scores and predictions that differ."""
    return sum(row["scores_different"] + row["predictions_different"] for row in rows)
