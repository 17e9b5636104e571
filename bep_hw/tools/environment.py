"""The environment of every tool that is run: Yosys, nextpnr, Verilator, make, compilers, simulations, loaders.

A tool would take what a user has exported for other tools: another VERILATOR_ROOT, compiler flags, make's options,
Python's paths, filters of tests. So it gets a few of the user's variables, which say who and where the user is, and
those that are set here.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bep_hw.tools.caches import cache_folder

KEPT = frozenset(
    (
        # who and where the user is
        *("HOME", "USER", "LOGNAME", "SHELL", "PATH", "TERM", "LANG", "LANGUAGE", "TZ"),
        # libraries of a compiler outside of the system's folders
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SDKROOT", "DEVELOPER_DIR"),
        # reproducible order, and where Python writes what it has compiled
        *("PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
        # a Yosys that the user has chosen on purpose
        "AMARANTH_USE_YOSYS",
    )
)
"""Variables of the user's that tools get."""
KEPT_FAMILIES = ("LC_", "NIX_", "CCACHE_", "COVERAGE_")
"""And all whose names begin so: languages, compilers that live in a store, a compiler's cache, what tests cover."""
YOSYS = "builtin"
"""The one that is installed with Amaranth, unless AMARANTH_USE_YOSYS says otherwise: another writes other Verilog."""


def tool_environment(first: Path | None = None, **variables: str) -> dict[str, str]:
    """All variables of a tool: those that are `KEPT`, those that every tool gets, and ``variables``.

    ``first`` is the folder in which programs are looked for before those on PATH.
    """
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_FAMILIES)}
    programs = [str(first)] if first else []
    return {
        "AMARANTH_USE_YOSYS": YOSYS,
        **kept,
        "PATH": os.pathsep.join([*programs, kept.get("PATH", os.defpath)]),
        "TMPDIR": tempfile.gettempdir(),
        # tools that are Python find what this process finds, and nothing in the folder that they run in
        "PYTHONPATH": os.pathsep.join(os.path.abspath(place) for place in sys.path),
        "PYTHONSAFEPATH": "1",
        "XDG_CACHE_HOME": str(cache_folder()),
        "YOWASP_CACHE_DIR": str(cache_folder("YOWASP_CACHE_DIR", "YoWASP")),
        **variables,
    }


@contextmanager
def as_tool(environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """This process has the ``environment`` of a tool, for libraries that run tools themselves; one thread at a time."""
    before = dict(os.environ)
    wanted = tool_environment() if environment is None else environment
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
