"""Samples to use a model on: any part of any data set, columns and classes as the model has them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets import contents
from bep_ref.datasets.contents import Contents, Part
from bep_ref.datasets.dataset import DataError, held_out
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

    Nothing is asked of the number of classes or samples: they are the model's, and "all" splits nothing.

    Raises
    ------
    DataError : data that cannot be read or have no labels, or columns or classes that are not the model's.
    """
    found = load_samples(spec, schema, part)
    return Labelled(spec, tuple((one.x, _codes(one, schema, spec)) for one in found.parts.values()), found.notes)


def load_samples(spec: str, schema: Schema, part: str) -> Contents:
    """The same, labelled or not; labels, where there are any, are not looked at."""
    found = contents(spec, schema)
    arranged = {name: _arranged(one, found, schema) for name, one in found.parts.items()}
    parts = {name: one for name, (one, _) in arranged.items()}
    notes = next(iter(arranged.values()))[1]
    return replace(found, parts=_chosen(parts, part, spec), notes=found.notes + notes)


def _arranged(one: Part, found: Contents, schema: Schema) -> tuple[Part, Notes]:
    """A part with its features in the model's order."""
    schema.check_kind(one.x.ndim == 3, found.spec)
    order, notes = schema.order(found.columns, one.x.shape[-1], found.spec)
    return replace(one, x=one.x[..., order]), notes


def _chosen(parts: dict[str, Part], part: str, spec: str) -> dict[str, Part]:
    """The parts that ``part`` means; where the files make no difference, a share held out as for training."""
    if part == "all":
        return parts
    if "all" not in parts:
        if part not in parts:
            raise DataError(f"data: {spec} has no {part} part; take --part all")
        return {part: parts[part]}
    whole = parts["all"]
    kept, held = held_out(whole.label_names[1], spec)
    rows = kept if part == "train" else held
    return {part: replace(whole, x=whole.x[rows], labels=whole.needed_labels[rows])}


def _codes(one: Part, schema: Schema, spec: str) -> NDArray[np.int64]:
    """The model's class (n,) of each sample."""
    names, index = one.label_names
    return schema.codes(names, spec)[index]
