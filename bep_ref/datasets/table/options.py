"""What a user says about a table: ``FILE?label=NAME&drop=NAME&separator=;&decimal=comma&header=no``."""

from dataclasses import dataclass, field
from pathlib import Path

from bep_ref.datasets.dataset import DataError

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}
"""Words for separators that shells treat specially; any other single character stands for itself."""
DECIMALS = {"point": ".", "comma": ","}
SWITCHES = {"yes": True, "no": False}
FIRST, LAST, NONE = "first", "last", "none"
USAGE = "label=NAME|first|last|N|none, drop=NAME|N, separator=C, decimal=point|comma, header=yes|no, missing=keep"


@dataclass(frozen=True)
class TableOptions:
    """Empty or None: found in the file.

    ``label`` and ``drop`` are a column's name, or its number from 1; ``label`` also ``first``, ``last`` or ``none``.
    ``keep_missing``: labels such as ``none`` and ``NA`` are classes.
    """

    path: Path
    label: str = ""
    drop: tuple[str, ...] = field(default=())
    separator: str = ""
    decimal: str = ""
    header: bool | None = None
    keep_missing: bool = False


def parse(argument: str, usage: str) -> TableOptions:
    """Options from ``FILE`` or ``FILE?name=value&...``; a file whose own name holds a question mark is found.

    Raises
    ------
    DataError : an unknown option or value.
    """
    name, question = argument, -1
    while not Path(name).is_file() and (question := argument.find("?", question + 1)) >= 0:
        name = argument[:question]
    if not Path(name).is_file():
        name = argument.partition("?")[0]
    if not name:
        raise DataError(f"data: csv needs a file: {usage}")
    options: dict[str, object] = {}
    drop: list[str] = []
    for part in filter(None, argument[len(name) + 1 :].split("&")):
        option, _, value = part.partition("=")
        if option == "drop" and value:
            drop.append(value)
        elif option == "label" and value:
            options["label"] = value
        elif option == "separator" and (value in SEPARATORS or len(value) == 1) and value not in ('"', "\n", "\r"):
            options["separator"] = SEPARATORS.get(value, value)
        elif option == "decimal" and value in DECIMALS:
            options["decimal"] = DECIMALS[value]
        elif option == "header" and value in SWITCHES:
            options["header"] = SWITCHES[value]
        elif part == "missing=keep":
            options["keep_missing"] = True
        else:
            raise DataError(f"data: csv: option {part!r} is unknown; known are {USAGE}")
    return TableOptions(Path(name), drop=tuple(drop), **options)  # type: ignore[arg-type]  # each is of its field's type
