"""Labelled samples to measure a model on: any part of any data set, columns and classes as the model has them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets import load
from bep_ref.datasets.dataset import DataError, Dataset
from bep_ref.datasets.schema import Schema
from bep_ref.notes import Notes

PARTS = ("test", "train", "all")


@dataclass(frozen=True)
class Labelled:
    """``parts``, each of ``x`` (n, ...), features in the model's order, and ``y`` (n,), the model's classes.

    Two parts of series may differ in length. ``notes`` are lines about what was read and what was assumed.
    """

    spec: str
    parts: tuple[tuple[NDArray[Any], NDArray[np.int64]], ...]
    notes: Notes


def load_labelled(spec: str, schema: Schema, part: str) -> Labelled:
    """The ``part`` (one of `PARTS`) of the data ``spec`` names, for a model that knows ``schema``.

    Raises
    ------
    DataError : data that cannot be read, or columns or classes that are not the model's.
    """
    return _arranged(load(spec), schema, part)


def _arranged(dataset: Dataset, schema: Schema, part: str) -> Labelled:
    if dataset.sequential != schema.sequential:
        needed, held = ("sequences", "none") if schema.sequential else ("no sequences", "them")
        raise DataError(f"data: the model needs {needed}; {dataset.spec} holds {held}")
    order, notes = schema.order(dataset.columns, dataset.features, dataset.spec)
    codes = schema.codes(dataset.class_names, dataset.spec)
    train, test = (dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)
    chosen = {"train": [train], "test": [test], "all": [train, test]}[part]
    parts = tuple((x[..., order], codes[y]) for x, y in chosen)
    return Labelled(dataset.spec, parts, dataset.notes + notes)
