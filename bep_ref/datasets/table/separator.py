"""The character between the cells of a table: named, declared by the file, or found."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.table.cells import is_value
from bep_ref.datasets.table.records import COMMENT, Records

SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma"}
"""What is looked for, the rarest inside other cells first: a comma may be decimal, a tab is never part of a cell."""
_OTHERS = {"space": " ", "|": "|", ":": ":"}
"""What a message names, but nobody guesses."""
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def declared(line: str) -> str:
    """The separator that a spreadsheet's line ``sep=;`` declares; empty if ``line`` is none."""
    match = _DECLARED.fullmatch(line.rstrip("\r\n"))
    return match.group(1) if match else ""


def find_separator(lines: Sequence[str], name: str, single: bool = False) -> str:
    """The separator of `SEPARATORS` that makes numbers of most cells in ``lines``.

    ``single``: a table of one column is read too. ``name`` is the file in messages.

    Raises
    ------
    DataError : none splits the lines; the message names what else may.
    """
    scores = {separator: _score(lines, separator, name) for separator in SEPARATORS}
    best = max(scores, key=lambda separator: scores[separator])
    if scores[best] > 0:
        return best
    filled = [line.strip() for line in lines if line.strip() and not line.startswith(COMMENT)]
    if single or not filled:
        return ","
    seen = [word for word, character in _OTHERS.items() if all(character in line for line in filled)]
    hint = f"; if its cells are separated by {seen[0]}, add ?separator={seen[0]} to its name" if seen else ""
    need = "at least one feature and a label, separated by comma, semicolon or tab"
    raise DataError(f"{name}: row 1: 1 column; it must be {need}{hint}")


def _score(lines: Iterable[str], separator: str, name: str) -> float:
    """Share of cells that are values, among rows of the usual width; 0 if that is one cell."""
    rows: list[list[str]] = []
    with suppress(DataError):  # the reader meets it again, and says where
        rows.extend(cells for _, cells in Records(lines, separator, name))
    body = rows[1:] or rows
    if not body:
        return 0
    width, usual = Counter(map(len, body)).most_common(1)[0]
    if width < 2:
        return 0
    values = sum(bool(cell) and is_value(cell) for cells in body if len(cells) == width for cell in cells)
    return usual / len(body) * (values / (width * usual) + 0.01)  # a header alone has no values
