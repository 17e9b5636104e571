"""The .ts format of time-series archives (aeon's and sktime's): a header of @ lines, then a series a line.

``@data`` ends the header. A line of data holds its channels, separated by ``:``, each a list of numbers
separated by commas, and last the class. ``?`` is a missing value. Series with time stamps are refused: steps are taken
to be evenly spaced.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError

_IGNORED = {"problemname", "missing", "targetlabel"}
_SWITCHES = ("timestamps", "univariate", "equallength")


@dataclass
class _Header:
    """What the header promises; None where it is silent."""

    switches: dict[str, bool] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] | None = None


def read_ts(path: Path) -> tuple[list[NDArray[np.float64]], list[str]]:
    """Series, each (length, channels) with NaN where a value is missing, and their classes.

    Raises
    ------
    DataError : not a .ts file, or its data is not what its header promises; it names the line, counted from 1.
    """
    header, in_data = _Header(), False
    series: list[NDArray[np.float64]] = []
    labels: list[str] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a text file") from None
    for number, line in enumerate(map(str.strip, lines), start=1):
        where = f"{path}: line {number}"
        if not line or line.startswith("#"):
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
    return series, labels


def _read_header(line: str, header: _Header, where: str) -> None:
    name, *values = line[1:].split()
    key, value = name.lower(), values[0].lower() if values else ""
    if key == "dimension":
        key = "dimensions"
    if key in _SWITCHES or key == "classlabel":
        if value not in ("true", "false"):
            raise DataError(f"{where}: @{name} is {value or 'empty'}; it must be true or false")
        header.switches[key] = value == "true"
        if key == "classlabel":
            header.classes = tuple(values[1:])
    elif key in ("dimensions", "serieslength"):
        if not value.isdecimal() or int(value) < 1:
            raise DataError(f"{where}: @{name} is {value or 'empty'}; it must be a number of at least 1")
        header.sizes[key] = int(value)
    elif key not in _IGNORED:
        raise DataError(f"{where}: @{name} is not a header of the .ts format")


def _check_header(header: _Header, path: Path) -> None:
    if header.switches.get("timestamps"):
        raise DataError(f"{path}: @timeStamps is true; only series without time stamps can be read")
    if not header.switches.get("classlabel"):
        raise DataError(f"{path}: @classLabel must be true: every series needs a class to learn")
    if header.switches.get("univariate") and header.sizes.setdefault("dimensions", 1) != 1:
        raise DataError(f"{path}: @univariate is true and @dimensions is {header.sizes['dimensions']}")


def _case(line: str, header: _Header, where: str) -> tuple[NDArray[np.float64], str]:
    """One series (length, channels) and its class."""
    *channels, label = (part.strip() for part in line.split(":"))
    if not channels:
        raise DataError(f"{where}: it must be values, a colon and a class")
    dimensions = header.sizes.setdefault("dimensions", len(channels))
    if len(channels) != dimensions:
        raise DataError(f"{where}: {len(channels)} channels before the class; it must be {dimensions}")
    if not label or (header.classes and label not in header.classes):
        raise DataError(f"{where}: class {label!r} is not one of @classLabel's {', '.join(header.classes or ())}")
    columns = [numbers(channel.split(","), f"{where}, channel {index}") for index, channel in enumerate(channels, 1)]
    for index, column in enumerate(columns, start=1):
        if len(column) != len(columns[0]):
            raise DataError(f"{where}: channel {index} has {len(column)} values; channel 1 has {len(columns[0])}")
    wanted = header.sizes.get("serieslength")
    if header.switches.get("equallength", True) and wanted and len(columns[0]) != wanted:
        raise DataError(f"{where}: {len(columns[0])} values; @seriesLength is {wanted}")
    return np.stack(columns, axis=1), label


def numbers(cells: list[str], where: str) -> NDArray[np.float64]:
    """Values of a series, NaN for ``?`` and ``NaN``; `DataError` names the first that is no finite number."""
    values = np.empty(len(cells))
    for index, cell in enumerate(map(str.strip, cells)):
        try:
            values[index] = math.nan if cell == "?" else float(cell.replace("_", " "))  # Python alone takes 1_000
        except ValueError:
            raise DataError(f"{where}, value {index + 1}: {cell!r} is not a number") from None
        if math.isinf(values[index]):
            raise DataError(f"{where}, value {index + 1}: {cell} is not a finite number")
    return values
