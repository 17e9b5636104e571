"""How a frozen configuration checks itself, and how it is read from and written as JSON."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, field, fields
from typing import Any, ClassVar, Self

from bep_ref.config.convert import UnsuitableError, convert


class ConfigError(ValueError):
    """A configuration value outside its limits. ``str(error)`` is one line, fit to show a user."""


def require(ok: bool, name: str, value: object, limit: str) -> None:
    if not ok:
        raise ConfigError(f"{name}: {value} is out of range; it must be {limit}")


def setting(meaning: str, limit: str, default: Any = MISSING) -> Any:
    """A field of a configuration: its meaning and limit serve error messages and the command line's help alike."""
    return field(default=default, metadata={"meaning": meaning, "limit": limit})


class Record:
    """Reading and writing a frozen configuration as plain JSON types.

    Numbers of any kind become the plain type of their field. A record that checks its fields calls
    ``super().__post_init__()`` first.
    """

    def __post_init__(self) -> None:
        for one in fields(self):
            try:
                value = convert(getattr(self, one.name), one.type)
            except UnsuitableError as error:
                raise ConfigError(f"{one.name}: {error}; it must be {one.metadata['limit']}") from None
            object.__setattr__(self, one.name, value)

    REMOVED: ClassVar[Mapping[str, Any]] = {}
    """Fields that older files hold, each with the value that meant their absence."""
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def _check(self, name: str, ok: bool, value: object = None) -> None:
        """Refuse ``value`` (by default the field's own) by the limit the field declares."""
        limit = next(f.metadata["limit"] for f in fields(self) if f.name == name)
        require(ok, name, getattr(self, name) if value is None else value, limit)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        values = {name: value for name, value in values.items() if cls.REMOVED.get(name, MISSING) != value}
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError(f"{cls.__name__}: unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(f"{cls.__name__}: {error}") from None
