"""One unit synthesised alone: its LUTs, flip-flops and memories, and how fast it runs between registers."""

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amaranth import Cat, Module, Signal, Value
from amaranth.back import rtlil
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_boards.chips.family import Device
from bep_boards.flow.netlist import Resources
from bep_boards.flow.place import place
from bep_boards.flow.synthesis import synthesise


@dataclass(frozen=True)
class UnitReport:
    """``resources`` of the unit itself; ``fmax_mhz`` of each seed with a register before each input and behind each
    output (empty if not placed)."""

    resources: Resources
    fmax_mhz: tuple[float, ...] = ()

    @property
    def fmax_median_mhz(self) -> float:
        return statistics.median(self.fmax_mhz)


class Harness(wiring.Component):
    """Puts ``unit`` between two shift registers, so that a unit with any number of ports fits any package.

    Inputs come from flip-flops; outputs go to flip-flops, and from there to the register that is shifted out.
    """

    def __init__(self, unit: wiring.Component) -> None:
        self.unit = unit
        super().__init__({"data": In(1), "load": In(1), "result": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.unit = self.unit
        inputs: list[Value] = []
        outputs: list[Value] = []
        for _, member, port in self.unit.signature.flatten(self.unit):
            (inputs if member.flow == In else outputs).append(Value.cast(port))
        stimulus = Signal(len(Cat(inputs)))
        m.d.sync += stimulus.eq(Cat(self.data, stimulus))
        m.d.comb += Cat(inputs).eq(stimulus)
        captured = Signal(len(Cat(outputs)))
        shifted = Signal.like(captured)
        m.d.sync += captured.eq(Cat(outputs))
        m.d.sync += shifted.eq(shifted >> 1)
        with m.If(self.load):
            m.d.sync += shifted.eq(captured)
        m.d.comb += self.result.eq(shifted[0])
        return m


def synthesise_component(unit: wiring.Component, device: Device, seeds: Sequence[int] = ()) -> UnitReport:
    """Resources of ``unit`` on ``device``, and its fmax for each of ``seeds`` (no place and route without seeds)."""
    with tempfile.TemporaryDirectory() as folder:
        cwd = Path(folder)
        resources = synthesise(_rtlil(unit, device), device, "unit", cwd)
        if not seeds:
            return UnitReport(resources)
        synthesise(_rtlil(Harness(unit), device), device, "harness", cwd)
        placed = place(device.name, device, "harness", cwd, seeds)
        return UnitReport(resources, tuple(placement.fmax_mhz for placement in placed))


def _rtlil(design: wiring.Component, device: Device) -> str:
    # a platform of any kind makes units take the chip's own primitives instead of their simulation models
    return rtlil.convert(design, name="top", platform=device, emit_src=False)
