"""How files are damaged: any bytes, lines and words of text, or arrays inside an intact archive."""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bep_ref.files.archive import read_arrays, seal

Damage = Callable[[random.Random, Path], None]

WORDS = (
    *("", "0", "-1", "1e999", "nan", "inf", "?", "NA", "007", "1_000", "1,5", "0x10", "\u0663", "9" * 400, "true", "a"),
    *(
        "\0",
        "\ufeff",
        '"',
        "'",
        ";",
        "\t",
        ",",
        ":",
        "#",
        "%",
        "@data",
        "@dimensions 9",
        "\r",
        "\u2028",
        "[/]",
        "\udcff",
    ),
)
"""What text readers stumble over."""
NUMBERS = (0, 1, -1, 2, 255, 256, 1 << 31, (1 << 64) - 1, 10**30, 0.5, -0.0, 1e308, float("nan"), float("inf"))
VALUES: tuple[Any, ...] = (*NUMBERS, None, True, "", "x", [], {}, [0], [[1]], {"a": 1})
TYPES = ("u1", ">i2", "<i8", "f2", ">f8", "c8", "U3", "S2", "?", "M8[s]", "i4,f4", "O")


def of_bytes(chance: random.Random, path: Path) -> None:
    """Some bytes are changed, cut out, doubled, moved or put in between."""
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        place, other = (chance.randrange(len(content) + 1) for _ in range(2))
        kind = chance.randrange(6)
        if kind == 0 and content:
            content[min(place, len(content) - 1)] = chance.choice((0, 0xFF, 0x80, chance.randrange(256)))
        elif kind == 1:
            del content[min(place, other) : min(place, other) + chance.choice((1, 4, 100, len(content)))]
        elif kind == 2:
            content[place:place] = content[other : other + chance.choice((1, 8, 1000))]
        elif kind == 3:
            content[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
        elif kind == 4:
            content[place : place + 4] = chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4)
        else:
            del content[place:]
    path.write_bytes(content)


def of_text(chance: random.Random, path: Path) -> None:
    """Some lines are lost, doubled, exchanged or joined, some cells become other words."""
    lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    for _ in range(chance.choice((1, 1, 2, 5))):
        place, other = (chance.randrange(len(lines)) for _ in range(2))
        kind = chance.randrange(6)
        if kind == 0 and len(lines) > 1:
            del lines[place]
        elif kind == 1:
            lines.insert(place, lines[other])
        elif kind == 2:
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == 3:
            lines[place] = lines[place] + chance.choice(WORDS) + lines[other]
        else:
            separator = chance.choice((",", ",", "\t", ":", " ", "="))
            cells = lines[place].split(separator)
            cells[chance.randrange(len(cells))] = chance.choice(WORDS)
            lines[place] = separator.join(cells)
    path.write_bytes("\n".join(lines).encode("utf-8", errors="surrogateescape"))


def of_arrays(chance: random.Random, path: Path) -> None:
    """An archive that is intact, whose arrays have other names, types, shapes or values."""
    arrays = read_arrays(path)
    for _ in range(chance.choice((1, 1, 2, 4))):
        _of_an_array(chance, arrays)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    path.write_bytes(buffer.getvalue())


def of_header(chance: random.Random, path: Path) -> None:
    """A model whose digest is right, and whose header or arrays are not what they were."""
    arrays = read_arrays(path)
    del arrays["digest"]
    header = json.loads(arrays.pop("header").tobytes())
    for _ in range(chance.choice((1, 1, 2, 4))):
        if chance.random() < 0.6:
            _of_a_value(chance, header)
        else:
            _of_an_array(chance, arrays)
    path.write_bytes(seal(json.dumps(header).encode(), arrays))


def _of_an_array(chance: random.Random, arrays: dict[str, Any]) -> None:
    if not arrays:
        return
    name, kind = chance.choice(sorted(arrays)), chance.randrange(7)
    array = arrays[name]
    try:
        if kind == 0:
            del arrays[name]
        elif kind == 1:
            arrays[chance.choice((*arrays, "x_test", "y", "arr_0", "extra"))] = arrays.pop(name)
        elif kind == 2:
            with np.errstate(invalid="ignore"):  # infinity as an integer is damage, too
                arrays[name] = array.astype(np.dtype(chance.choice(TYPES)))
        elif kind == 3:
            arrays[name] = array.reshape(chance.choice(((-1,), (1, -1), (-1, 1), (len(array), -1), (1, 1, -1))))
        elif kind == 4:
            arrays[name] = array[: chance.randrange(len(array) + 1)]
        elif kind == 5:
            arrays[name] = array[..., :0]
        else:
            changed = array.copy()
            changed.flat[chance.randrange(changed.size)] = chance.choice(NUMBERS)
            arrays[name] = changed
    except (ValueError, TypeError, OverflowError, IndexError, KeyError):
        arrays[name] = np.array(chance.choice(NUMBERS[:6]))  # it cannot be changed in this way


def _of_a_value(chance: random.Random, values: dict[str, Any]) -> None:
    """A value of a header, at any depth, is lost, or another."""
    name = chance.choice(sorted(values)) if values else "new"
    inner = values.get(name)
    if isinstance(inner, dict) and inner and chance.random() < 0.8:
        _of_a_value(chance, inner)
    elif chance.random() < 0.3:
        values.pop(name, None)
    else:
        values[name] = chance.choice(VALUES)
