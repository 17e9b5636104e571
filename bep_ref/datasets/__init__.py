"""Data sets by specification: ``load("digits")``, ``load("mnist:DIR")``; one file a format."""

from bep_ref.datasets import csv_file, digits, mnist, npz_file, prototypes, sequence, smnist, ucr
from bep_ref.datasets.dataset import DataError, Dataset

FORMATS = {module.NAME: module for module in (digits, prototypes, mnist, csv_file, npz_file, ucr, sequence, smnist)}
"""Every format's module: ``NAME``, ``USAGE``, ``SUMMARY`` and ``load(argument)``."""


def load(spec: str) -> Dataset:
    """Load the data that ``spec`` names: a format and, after a colon, its argument.

    Raises
    ------
    DataError : unknown format, or data that cannot be read; one line that names the file and the place.
    """
    name, _, argument = spec.partition(":")
    if name not in FORMATS:
        raise DataError(f"data: unknown {spec!r}; known are {', '.join(module.USAGE for module in FORMATS.values())}")
    return FORMATS[name].load(argument)


__all__ = ["FORMATS", "DataError", "Dataset", "load"]
