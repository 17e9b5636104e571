"""Four-valued simulation by Icarus Verilog, in which what nobody has written is unknown."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bep_hw.hardware import hardware
from bep_hw.tools.environment import tool_environment
from bep_hw.tools.verilog import to_verilog
from bep_ref.config import AnyNetwork, Machine
from bep_ref.files.atomic import write_atomically
from bep_ref.files.lock import locked
from bep_sim.tools.verilator import SimulatorError, run_tests

ZEROS = re.compile(r"^  initial begin\n(?:    \w+\[\d+\] = \d+'[hd]0+;\n)+  end\n", re.MULTILINE)
"""A memory that begins with zeros, in Verilog as Amaranth writes it."""

CONSTANT = re.compile(r"^  reg (\\\$auto\$\S+ ) = 0;$", re.MULTILINE)
"""What every combinational block of yosys's Verilog also waits for: it is meant to change once, at the beginning."""


def uninitialised(network: AnyNetwork, machine: Machine) -> str:
    """Verilog of module ``netlist``, the hardware before synthesis; what its memories hold at first is unknown.

    Registers have their reset values from the start, as in an FPGA.
    """
    text = to_verilog(hardware(network, machine), "netlist")
    return ZEROS.sub("", text)


class Icarus:
    """A design as in `Simulation`."""

    def __init__(self, verilog: str, top: str, directory: Path) -> None:
        if shutil.which("iverilog") is None:
            raise SimulatorError("four-valued simulation needs Icarus Verilog and 'iverilog' was not found on PATH")
        self.top, self.directory = top, directory.absolute() / f"{top}-icarus"
        source = CONSTANT.sub(r"  reg \1 = 1;\n  initial #1 \1 = 0;", verilog)
        command = ["iverilog", "-g2012", "-s", top, "-o", "sim.vvp", f"{top}.v"]
        with locked(self.directory, "build"):
            write_atomically(self.directory / f"{top}.v", f"`timescale 1ns / 1ps\n{source}".encode())
            done = subprocess.run(
                command, cwd=self.directory, env=tool_environment(), capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise SimulatorError(f"Icarus Verilog could not build the design: {done.stderr.splitlines()[0]}")

    def run(self, module: str, variables: Mapping[str, str]) -> None:
        """Run the cocotb tests of ``module`` with ``variables`` in their environment."""
        run_tests("icarus", self.top, module, self.directory, tool_environment(None, **variables))
