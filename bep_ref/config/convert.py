"""Values of a configuration's fields as plain Python types, whatever numbers they come as.

NumPy scalars, and what else calls itself an integer or a real number, become ``int`` and ``float``: only those can be
written as JSON, and only those compare alike everywhere.
"""

from collections.abc import Iterable
from numbers import Real
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import numpy as np

SHOWN = 60
"""Characters of a value that a message shows at most."""


class UnsuitableError(ValueError):
    """A value of another type than the field's. ``str(error)`` says why, such as "3.5 is not a whole number"."""


def convert(value: Any, kind: Any) -> Any:
    """``value`` as the type ``kind`` of a field: bool, int, float, str, a tuple of them, or one of a union.

    A single value stands for a tuple of it alone. Other types are left as they are.

    Raises
    ------
    UnsuitableError : the value is not of that type, nor a number that the type holds exactly.
    """
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if get_origin(kind) is tuple:
        return _tuple(value, get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _optional(value, get_args(kind))
    return _CONVERSIONS[kind](value) if kind in _CONVERSIONS else value


def _unsuitable(value: Any, why: str) -> UnsuitableError:
    text = " ".join(repr(value).split())  # an array's is several lines
    return UnsuitableError(f"{text if len(text) <= SHOWN else text[:SHOWN] + '...'} is {why}")


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _unsuitable(value, "neither true nor false")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and type(value) is not bool


def _int(value: Any) -> int:
    if not _is_number(value) or value % 1 != 0:  # infinity leaves NaN
        raise _unsuitable(value, "not a whole number")
    return int(value)


def _float(value: Any) -> float:
    if not _is_number(value):
        raise _unsuitable(value, "not a number")
    try:
        return float(value)
    except OverflowError:
        raise _unsuitable(value, "too large") from None


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise _unsuitable(value, "not a text")
    return str(value)


_CONVERSIONS = {bool: _bool, int: _int, float: _float, str: _str}


def _tuple(values: Any, kind: Any) -> tuple[Any, ...]:
    """The values of any sequence but text; of a single value, a tuple of it."""
    several = isinstance(values, Iterable) and not isinstance(values, str | bytes)
    return tuple(convert(value, kind) for value in (values if several else (values,)))


def _optional(value: Any, kinds: tuple[Any, ...]) -> Any:
    """None where a kind allows it, else the only other kind."""
    if value is None and NoneType in kinds:
        return None
    (kind,) = (kind for kind in kinds if kind is not NoneType)
    return convert(value, kind)
