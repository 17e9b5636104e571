"""How kernels are compiled: to this machine's vector instructions, once, and kept on disk.

numba keeps what it compiled beside the source, or in the user's cache folder where that is read-only.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic


def _forget_outdated() -> None:
    """Delete what was compiled before a change of any file: numba sees a kernel's own file, not those it calls."""
    here = Path(__file__).parent
    changed = max(source.stat().st_mtime for source in here.glob("*.py"))
    with suppress(OSError):  # read-only, or another process was quicker
        for index in here.glob("__pycache__/*.nbi"):
            if index.stat().st_mtime < changed:
                index.unlink()


_forget_outdated()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` at its first call, for the types of that call."""
    try:
        return njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder to keep it in: compiled anew by every process
        return njit(error_model="numpy")(function)


def _popcount(_context: Any, word: Any) -> Any:
    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, arguments: list[Any]) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


popcount: Any = intrinsic(_popcount)
"""Ones of a 64-bit word: an instruction, and one for eight words at a time where the processor has it."""
