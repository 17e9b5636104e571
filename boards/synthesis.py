"""From RTLIL to a netlist of a family's primitives."""

from pathlib import Path

from boards.device import Device
from boards.netlist import Resources, count
from boards.tools import Job, prepare, run


def synthesise(rtlil: str, device: Device, name: str, cwd: Path) -> Resources:
    """Synthesise ``rtlil``, whose top module is called ``top``, in folder ``cwd``.

    Leaves ``name.json``, the netlist, and ``name.yosys.log`` behind. Raises :class:`~boards.tools.ToolError`.
    """
    prepare("yosys")
    (cwd / f"{name}.il").write_text(rtlil)
    synth = " ".join((device.family.synth, *device.synth_options))
    script = f"read_rtlil {name}.il; {synth} -top top -json {name}.json"
    run(Job("yosys", ("-q", "-l", f"{name}.yosys.log", "-p", script), cwd))
    return count(cwd / f"{name}.json", device.family)
