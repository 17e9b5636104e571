"""Small tables for tests: sixty samples of three classes, and the file that a test makes of them."""

import numpy as np

from bep_ref.datasets import load

WORDS = ("alba", "berta", "cleo")
_RNG = np.random.default_rng(1)
SAMPLES = [([round(float(v), 2) for v in _RNG.normal(k, 1, 3)], WORDS[k]) for k in (0, 1, 2) for _ in range(20)]


def lines(*, number="{}", separator=",", label=str, first="", last=""):
    """The samples as lines; ``first`` and ``last`` are formats of the row's number."""
    found = []
    for row, (values, word) in enumerate(SAMPLES):
        cells = [number(value) if callable(number) else number.format(value) for value in values]
        found.append(first.format(row) + separator.join([*cells, label(word)]) + last.format(row))
    return found


def written(folder, *rows, end="\n", encoding="utf-8", name="a.csv"):
    """A file of ``rows``; its path."""
    (folder / name).write_bytes((end.join(rows) + end).encode(encoding))
    return folder / name


def loaded(folder, *rows, options="", **how):
    """The data set of such a file."""
    return load(f"csv:{written(folder, *rows, **how)}{options}")


def texts(data):
    return [str(note) for note in data.notes]
