"""Data sets by specification: ``load("digits")``, ``load("mnist:DIR")``; one file a format."""

from typing import Any

from bep_ref.datasets import csv_file, digits, mnist, npz_file, prototypes, sequence, smnist, ucr
from bep_ref.datasets.contents import Contents
from bep_ref.datasets.dataset import DataError, Dataset
from bep_ref.datasets.schema import Schema

FORMATS = {module.NAME: module for module in (digits, prototypes, mnist, csv_file, npz_file, ucr, sequence, smnist)}
"""Every format's module: ``NAME``, ``USAGE``, ``SUMMARY`` and ``load(argument)``, the data to learn from.

Those that read files also have ``contents(argument)``, the data to use a model on.
"""


def load(spec: str) -> Dataset:
    """Load the data that ``spec`` names: a format and, after a colon, its argument.

    Raises
    ------
    DataError : unknown format, or data that cannot be read; one line that names the file and the place.
    """
    module, argument = _format(spec)
    dataset: Dataset = module.load(argument)
    return dataset


def contents(spec: str, schema: Schema | None = None) -> Contents:
    """What the data that ``spec`` names hold, as it is, for a model that knows ``schema``, or for none.

    Raises what `load` raises except what learning alone needs.
    """
    module, argument = _format(spec)
    if module is csv_file and schema:  # only tables have columns to find
        return csv_file.contents(argument, schema)
    found: Contents = module.contents(argument) if hasattr(module, "contents") else Contents.of(module.load(argument))
    return found


def _format(spec: str) -> tuple[Any, str]:
    """The module and the argument that ``spec`` names."""
    name, _, argument = spec.partition(":")
    if name not in FORMATS:
        raise DataError(f"data: unknown {spec!r}; known are {', '.join(module.USAGE for module in FORMATS.values())}")
    return FORMATS[name], argument


__all__ = ["FORMATS", "Contents", "DataError", "Dataset", "contents", "load"]
