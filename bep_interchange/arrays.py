"""Plain arrays in an .npz file: ``weights1``, ``weights2``..., ``classifier``, ``thresholds``, ``class_names``."""

import io
from itertools import count, takewhile
from pathlib import Path

import numpy as np

from bep_interchange.plain import PlainNetwork, matrix_of_signs, numbered
from bep_ref.files.archive import ArchiveError, read_arrays


def write(network: PlainNetwork) -> bytes:
    """The file's content; see `PlainNetwork` for the arrays."""
    buffer = io.BytesIO()
    named = dict(network.matrices)
    np.savez_compressed(buffer, thresholds=network.thresholds, class_names=np.array(network.class_names), **named)  # type: ignore[arg-type]
    return buffer.getvalue()


def read(path: Path) -> PlainNetwork:
    """The network in ``path``. Without ``thresholds`` a feature is one bit, +1 where it is at least 0.

    Raises
    ------
    ConfigError : no such file, damaged, without the arrays, or with arrays that make no network of ±1.
    """
    arrays = read_arrays(path)
    names = list(takewhile(lambda name: name in arrays, (f"weights{layer}" for layer in count(1))))
    for needed in ("weights1", "classifier"):
        if needed not in arrays:
            raise ArchiveError(f"{path}: no array {needed!r}; it holds {', '.join(sorted(arrays)) or 'nothing'}")
    weights = tuple(matrix_of_signs(name, arrays[name]) for name in names)
    classifier = matrix_of_signs("classifier", arrays["classifier"])
    thresholds = arrays.get("thresholds", np.zeros((weights[0].shape[-1], 1)))
    class_names = tuple(map(str, arrays.get("class_names", numbered(len(classifier)))))
    return PlainNetwork(thresholds.astype(np.float32), weights, classifier, class_names)
