"""Every port of every component, and every member of an interface, says what it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bep_hw

TO_COME = "windows"
"""A room whose ports are not all described yet."""
FILES = sorted(file for file in Path(bep_hw.__file__).parent.rglob("*.py") if file.parent.name != TO_COME)


def silent(source: str) -> Iterator[str]:
    """Ports without a word: no comment beside them, no ``name`` in a docstring, no signature that is documented."""
    lines = source.splitlines()
    for unit in ast.walk(ast.parse(source)):
        if not isinstance(unit, ast.ClassDef):
            continue
        documented = [ast.get_docstring(unit) or ""]
        documented += [ast.get_docstring(of) or "" for of in unit.body if isinstance(of, ast.FunctionDef)]
        for member in (node for node in ast.walk(unit) if isinstance(node, ast.Dict)):
            for key, port in zip(member.keys, member.values, strict=True):
                if not (isinstance(key, ast.Constant) and isinstance(port, ast.Call)):
                    continue
                if getattr(port.func, "id", "") not in ("In", "Out"):
                    continue
                shape = port.args[0]
                interface = isinstance(shape, ast.Call) and getattr(shape.func, "id", "")[:1].isupper()
                said = "#" in lines[(port.end_lineno or 1) - 1] or f"``{key.value}``" in " ".join(documented)
                if not (interface or said):
                    yield f"{unit.name}.{key.value}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_port_says_what_it_is(file):
    assert list(silent(file.read_text())) == []


def test_a_port_without_a_word_is_found():
    source = '''
class Unit(wiring.Component):
    """``high`` is said here."""

    def __init__(self):
        super().__init__(
            {
                "high": Out(1),
                "low": Out(1),
                "read": In(WordRead()),
                "word": In(8),  # the first lane lowest
            }
        )
'''
    assert list(silent(source)) == ["Unit.low"]
