"""The .ts format of time-series archives (aeon's and sktime's): a header of @ lines, then a series a line.

``@data`` ends the header; lines that begin with ``#`` or ``%`` are comments. A line of data holds its channels,
separated by ``:``, each a list of numbers separated by commas, and last the class. ``?`` is a missing value. Series
with time stamps are refused: steps are taken to be evenly spaced.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.numbers import number
from bep_ref.datasets.series_part import SeriesPart, read_lines
from bep_ref.names import listed
from bep_ref.notes import Note

_IGNORED = {"problemname", "missing"}
_SWITCHES = ("timestamps", "univariate", "equallength", "targetlabel", "classlabel")


@dataclass
class _Header:
    """What the header promises; None where it is silent. ``unknown`` are its lines that say nothing we know."""

    switches: dict[str, bool] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    unknown: list[str] = field(default_factory=list)

    @property
    def labelled(self) -> bool:
        """Whether every series ends with its class."""
        return self.switches.get("classlabel", False)


def read_ts(path: Path) -> SeriesPart:
    """Series, each (length, channels) with NaN where a value is missing, and their classes.

    Raises
    ------
    DataError : not a .ts file, or its data is not what its header promises; it names the line, counted from 1.
    """
    header, in_data = _Header(), False
    series: list[NDArray[np.float64]] = []
    labels: list[str] = []
    for row, line in enumerate(map(str.strip, read_lines(path)), start=1):
        where = f"{path}: line {row}"
        if not line or line.startswith(("#", "%")):
            continue
        if in_data:
            values, label = _case(line, header, where)
            if header.switches.get("equallength") and series and len(values) != len(series[0]):
                raise DataError(
                    f"{where}: {len(values)} values; @equalLength is true and the first has {len(series[0])}"
                )
            series.append(values)
            labels.append(label)
        elif line.lower() == "@data":
            _check_header(header, path)
            in_data = True
        elif line.startswith("@"):
            _read_header(line, header, where)
        else:
            raise DataError(f"{where}: data before @data")
    if not in_data:
        raise DataError(f"{path}: not a .ts file: it has no @data line")
    if not series:
        raise DataError(f"{path}: it holds no series")
    if not header.labelled:
        return SeriesPart(path, series, None, f"{path}: @classLabel must be true: every series needs a class to learn")
    notes = (Note(f"{path}: not known and not used: {listed(header.unknown)}"),) if header.unknown else ()
    return SeriesPart(path, series, labels, notes=notes)


def _read_header(line: str, header: _Header, where: str) -> None:
    name, *values = line[1:].split() or [""]
    key, value = name.lower(), values[0].lower() if values else ""
    if key == "dimension":
        key = "dimensions"
    if key in _SWITCHES:
        if value not in ("true", "false"):
            raise DataError(f"{where}: @{name} is {value or 'empty'}; it must be true or false")
        header.switches[key] = value == "true"
        if key == "classlabel":
            header.classes = tuple(values[1:])
    elif key in ("dimensions", "serieslength"):
        least = 1 if key == "dimensions" else 0  # archives write length 0 where lengths differ
        if not value.isdecimal() or int(value) < least:
            raise DataError(f"{where}: @{name} is {value or 'empty'}; it must be a number of at least {least}")
        header.sizes[key] = int(value)
    elif key not in _IGNORED:
        header.unknown.append(f"@{name}")


def _check_header(header: _Header, path: Path) -> None:
    if header.switches.get("timestamps"):
        raise DataError(f"{path}: @timeStamps is true; only series without time stamps can be read")
    if header.switches.get("targetlabel") and not header.labelled:
        raise DataError(f"{path}: @targetLabel is true: its series have numbers to predict, not classes")
    if header.switches.get("univariate") and header.sizes.setdefault("dimensions", 1) != 1:
        raise DataError(f"{path}: @univariate is true and @dimensions is {header.sizes['dimensions']}")


def _case(line: str, header: _Header, where: str) -> tuple[NDArray[np.float64], str]:
    """One series (length, channels) and its class, "" where there are no classes."""
    *channels, label = (part.strip() for part in line.split(":"))
    if not header.labelled:
        channels, label = [*channels, label], ""
    if not channels:
        raise DataError(f"{where}: it must be values, a colon and a class")
    dimensions = header.sizes.setdefault("dimensions", len(channels))
    if not header.labelled and len(channels) == dimensions + 1:
        raise DataError(f"{where}: it ends with {channels[-1]!r}; @classLabel must be true where series have a class")
    if len(channels) != dimensions:
        raise DataError(f"{where}: {len(channels)} channels before the class; it must be {dimensions}")
    if header.labelled:
        label = _class(label, header.classes, where)
    columns = [numbers(channel.split(","), f"{where}, channel {index}") for index, channel in enumerate(channels, 1)]
    for index, column in enumerate(columns, start=1):
        if len(column) != len(columns[0]):
            raise DataError(f"{where}: channel {index} has {len(column)} values; channel 1 has {len(columns[0])}")
    wanted = header.sizes.get("serieslength")
    if header.switches.get("equallength", True) and wanted and len(columns[0]) != wanted:
        raise DataError(f"{where}: {len(columns[0])} values; @seriesLength is {wanted}")
    return np.stack(columns, axis=1), label


def _class(label: str, classes: tuple[str, ...], where: str) -> str:
    """The one of the header's ``classes`` that ``label`` is: itself, in other letters (Walk, walk), or as a number."""
    if label in classes or (label and not classes):
        return label
    alike = [name for name in classes if name.lower() == label.lower() or _same_number(name, label)]
    if len(alike) != 1:
        raise DataError(f"{where}: class {label!r} is not one of @classLabel's {', '.join(classes)}")
    return alike[0]


def _same_number(one: str, other: str) -> bool:
    value = number(one)
    return value is not None and value == number(other)


def numbers(cells: list[str], where: str) -> NDArray[np.float64]:
    """Values of a series, NaN for ``?`` and ``NaN``; `DataError` names the first that is no finite number."""
    values = np.empty(len(cells))
    for index, cell in enumerate(map(str.strip, cells)):
        value = math.nan if cell == "?" else number(cell)
        if value is None:
            raise DataError(f"{where}, value {index + 1}: {cell!r} is not a number")
        values[index] = value
        if math.isinf(values[index]):
            raise DataError(f"{where}, value {index + 1}: {cell} is not a finite number")
    return values
