"""Hardware as Verilog, by the Yosys that comes with Amaranth, whatever else is on PATH."""

from typing import Any

from amaranth.back import verilog
from amaranth.back.verilog import YosysError

from bep_hw.tools.environment import as_tool
from bep_ref.config import ConfigError


class VerilogError(ConfigError):
    """Yosys cannot be run here; one line that says why."""


def to_verilog(design: Any, name: str, emit_src: bool = False) -> str:
    """Verilog of the elaboratable ``design``, whose top module is called ``name``.

    ``emit_src`` keeps where in the sources each line comes from. Raises `VerilogError`.
    """
    try:
        with as_tool():
            return str(verilog.convert(design, name=name, emit_src=emit_src))
    except YosysError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise VerilogError(f"yosys: {lines[-1] if lines else 'ended without a message'}") from None
