"""The file that says what a sweep varies."""

import itertools
import math
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bep.window_options import read_geometry
from bep_boards.registry import NAMES
from bep_ref.config import (
    NONE,
    ConfigError,
    Network,
    RecurrentNetwork,
    SeriesInput,
    Training,
    WindowNetwork,
    WindowTraining,
)

Settings = dict[str, Any]

_DATAS = ("inputs", "classes", "image", "steps")
"""Fields of a network that follow from the data."""
OPTIONS: dict[str, Any] = {
    **{
        field.name: field.type
        for record in (WindowNetwork, WindowTraining, Network, RecurrentNetwork, SeriesInput, Training)
        for field in fields(record)
        if field.name not in (*_DATAS, "seed")
    },
    "binarise": str,
    "preset": str,
    "geometry": str,
}
"""What a grid may vary and the type of its values: the options of ``bep train`` but the seed, which every sweep has."""
_LARGEST_SEED = 2**32 - 1
MOST_ROWS = 100_000
"""Of the table: more would not be made in a year."""


@dataclass(frozen=True)
class Spec:
    """All combinations of the ``grid`` learn ``data`` with each of ``seeds``.

    Every network that comes of it is built for each of ``boards``, placed once with each of ``placement_seeds``; where
    there are none of these, hardware is only estimated.
    """

    data: str
    grid: dict[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    boards: tuple[str, ...] = ()
    placement_seeds: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """Lines of the table of results."""
        networks = math.prod(len(values) for values in self.grid.values()) * len(self.seeds)
        return networks * max(1, len(self.boards)) * max(1, len(self.placement_seeds))

    @property
    def combinations(self) -> Iterator[Settings]:
        """Of the grid, the last option varying fastest."""
        for values in itertools.product(*self.grid.values()):
            yield dict(zip(self.grid, values, strict=True))


def read(path: Path) -> Spec:
    """The specification in the TOML file ``path``.

    Raises
    ------
    ConfigError : a file that is none, or a field that is missing, unknown or out of its limits.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    known = ("data", "seeds", "boards", "placement_seeds", "estimate", "grid")
    for name in values:
        if name not in known:
            raise ConfigError(f"{path}: unknown field {name!r}; known are {', '.join(known)}")
    if not isinstance(data := values.get("data"), str):
        raise _bad("data", data, "a data set as bep train takes it, such as 'digits'")
    boards = _several("boards", values.get("boards", []), _board, "boards", least=0)
    spec = Spec(
        data=data,
        grid=_grid(values.get("grid", {})),
        seeds=_several("seeds", values.get("seeds", [1]), _seed, "seeds"),
        boards=boards,
        placement_seeds=_placement_seeds(values, boards),
    )
    if spec.rows > MOST_ROWS:
        raise ConfigError(f"{path}: {spec.rows:,} rows are out of range; a sweep has at most {MOST_ROWS:,}")
    return spec


def as_settings(combination: Settings) -> Settings:
    """One combination of a grid as `prepare` takes it: a geometry is text there, such as ``kernels=9 pool=2x2``."""
    if "geometry" not in combination:
        return combination
    return {**combination, "geometry": read_geometry(combination["geometry"].split())}


def _placement_seeds(values: Settings, boards: tuple[str, ...]) -> tuple[int, ...]:
    """Those given, or one; none where nothing is built."""
    estimate = values.get("estimate", False)
    if not isinstance(estimate, bool):
        raise _bad("estimate", estimate, "true or false")
    for name in ("placement_seeds", "estimate"):
        if name in values and not boards:
            raise _bad(name, values[name], "left out, or boards named")
    if estimate and "placement_seeds" in values:
        raise _bad("placement_seeds", values["placement_seeds"], "left out where estimate is true")
    if estimate or not boards:
        return ()
    return _several("placement_seeds", values.get("placement_seeds", [1]), _seed, "seeds")


def _grid(table: Any) -> dict[str, tuple[Any, ...]]:
    if not isinstance(table, dict):
        raise _bad("grid", table, "a table of lists")
    for name in table:
        if name not in OPTIONS:
            raise ConfigError(f"grid: unknown option {name!r}; known are {', '.join(sorted(OPTIONS))}")
    return {name: _several(f"grid.{name}", table[name], _value(name), "values") for name in table}


def _several(name: str, values: Any, check: Callable[[str, Any], Any], what: str, least: int = 1) -> tuple[Any, ...]:
    if not isinstance(values, list) or len(values) < least:
        raise _bad(name, values, f"a list of {what}")
    checked = tuple(check(name, value) for value in values)
    for index, value in enumerate(checked):
        if value in checked[:index]:
            raise _bad(name, values[index], "there once")
    return checked


def _value(option: str) -> Callable[[str, Any], Any]:
    """What checks a value of ``option``, by its type; its limits are the configuration's."""
    kind = OPTIONS[option]
    words = {
        float: "a number",
        int: "an integer",
        str: "a string",
        bool: "true or false",
        int | None: f'an integer or "{NONE}"',
        tuple[float, ...]: "a list of numbers",
    }

    def check(name: str, value: Any) -> Any:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if kind is float and number:
            return float(value)
        if kind is int and number and isinstance(value, int):
            return value
        if kind in (str, bool) and isinstance(value, kind):
            return value
        if kind == tuple[float, ...] and isinstance(value, list) and all(type(part) in (int, float) for part in value):
            return tuple(float(part) for part in value)
        if kind == int | None and (value == NONE or type(value) is int):
            return value
        if kind not in words and isinstance(value, list) and all(type(part) is int for part in value):
            return tuple(value)
        raise _bad(name, value, f"a list whose every value is {words.get(kind, 'a list of integers, one a layer')}")

    return check


def _seed(name: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST_SEED:
        raise _bad(name, value, f"0 to {_LARGEST_SEED}")
    return value


def _board(name: str, value: Any) -> str:
    if value not in NAMES:
        raise ConfigError(f"{name}: {value!r} is not known; known are {', '.join(NAMES)}")
    return str(value)


def _bad(name: str, value: Any, limit: str) -> ConfigError:
    shown = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return ConfigError(f"{name}: {shown} is out of range; it must be {limit}")
