"""What decides the hardware besides its configuration: our sources that generate it, and the libraries they use.

Hashing the generated netlist would need a second elaboration before each one, of 0.7 seconds for 16-8-2 to 9 seconds
for 784-128-128-10. Reading the sources takes 0.15 seconds per process. It errs on the safe side: an edit that changes
no gate, such as one of a comment, gives another digest.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bep_ref.distribution import installed_version

ROOT = Path(__file__).parents[2]
"""Folder that holds the packages `bep_hw` and `bep_ref`."""


@cache
def generator_files() -> tuple[Path, ...]:
    """Every file of `bep_hw`, and of our other packages every module that one of them imports, however indirectly."""
    return tuple(sorted(_closure()[0]))


@cache
def generator_digest() -> bytes:
    """SHA-256 of all `generator_files`, and of the versions of Amaranth and the other libraries that they import."""
    files, libraries = _closure()
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    for library in sorted(libraries):
        total.update(f"{library} {installed_version(library)}\n".encode())
    return total.digest()


@cache
def _closure() -> tuple[frozenset[Path], frozenset[str]]:
    """The files, and the names of the libraries of others."""
    files: set[Path] = set()
    libraries: set[str] = set()
    waiting = list((ROOT / "bep_hw").rglob("*.py"))
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        files.add(path)
        for name in _imports(path):
            package = name.partition(".")[0]
            if package.startswith("bep_"):
                place = ROOT.joinpath(*name.split("."))
                waiting += filter(Path.exists, (place.with_suffix(".py"), place / "__init__.py"))
            elif package not in sys.stdlib_module_names:
                libraries.add(package)
    return frozenset(files), frozenset(libraries)


def _imports(path: Path) -> Iterator[str]:
    """Dotted names that the file imports; of ``from a import b`` both a and a.b, which may be a module."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
