"""Numbers in text, the same in every text format: ASCII digits, one decimal point at most, an exponent."""

import re

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPECIAL = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)


def number(text: str) -> float | None:
    """The value of ``text``, which may have blanks around it; None if it is no number.

    ``nan`` and ``inf`` are numbers, though not finite ones. Underscores, thousands separators, per cent signs,
    hexadecimal digits and digits of other scripts are none.
    """
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) or _SPECIAL.fullmatch(text) else None
