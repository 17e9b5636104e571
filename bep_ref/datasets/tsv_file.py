"""Time series in plain text, as the UCR archive has them: a line is a class and the values of one series.

Tabs separate them, in files of older archives commas or blanks. NaN at the end of a line is the end of a series
shorter than others.
"""

from pathlib import Path

import numpy as np

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.series_part import SeriesPart, read_lines
from bep_ref.datasets.ts_file import numbers
from bep_ref.notes import Note

SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons", " ": "blanks"}
"""What may separate values, the first that a file's first line holds."""


def read_tsv(path: Path) -> SeriesPart:
    """Series (length, 1) and their classes.

    Raises
    ------
    DataError : a line without values, or with one that is no number; it names the line, counted from 1.
    """
    series, labels = [], []
    lines = [(number, line.strip(" ")) for number, line in enumerate(read_lines(path), start=1) if line.strip()]
    first = lines[0][1] if lines else ""
    separator = next((one for one in SEPARATORS if one in first), "\t")
    for number, line in lines:
        label, *cells = line.split() if separator == " " else line.split(separator)
        values = numbers(cells, f"{path}: line {number}")
        known = np.flatnonzero(~np.isnan(values))
        if not label.strip() or not known.size:
            raise DataError(
                f"{path}: line {number}: it must be a class and at least one value, "
                f"separated by {SEPARATORS[separator]}"
            )
        series.append(values[: known[-1] + 1, None])
        labels.append(label.strip())
    if not series:
        raise DataError(f"{path}: it holds no series")
    notes = () if separator == "\t" else (Note(f"{path}: values are separated by {SEPARATORS[separator]}"),)
    return SeriesPart(path, series, labels, notes=notes)
