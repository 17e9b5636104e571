"""The iCE40's PLL: ``f = input * (DIVF + 1) / (DIVR + 1) / 2**DIVQ`` in simple feedback (Lattice TN1251)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from amaranth.hdl import Const, Instance, Module, Signal
from amaranth.lib import io

from bep_boards.chips.family import Device
from bep_boards.chips.pll import Setting
from bep_boards.flow.place import netlist_name, rewrite, routed_name
from bep_ref.files.atomic import write_atomically

PHASE_DETECTOR_MHZ = (10, 133)
OSCILLATOR_MHZ = (533, 1066)
OUTPUT_MHZ = (16, 275)
FILTER_LIMITS_MHZ = (17, 26, 44, 66, 101)
"""FILTER_RANGE is one more than the number of these that the phase detector's frequency reaches."""

WIDTHS = {"DIVR": 4, "DIVF": 7, "DIVQ": 3, "FILTER_RANGE": 3}


def settings(input_mhz: float) -> Iterator[Setting]:
    """Every legal setting, those with the fastest phase detector (least jitter) first."""
    for divr in range(16):
        detector = input_mhz / (divr + 1)
        if not PHASE_DETECTOR_MHZ[0] <= detector <= PHASE_DETECTOR_MHZ[1]:
            continue
        filter_range = 1 + sum(detector >= limit for limit in FILTER_LIMITS_MHZ)
        for divf in range(128):
            oscillator = detector * (divf + 1)
            if not OSCILLATOR_MHZ[0] <= oscillator <= OSCILLATOR_MHZ[1]:
                continue
            for divq in range(1, 7):
                output = oscillator / 2**divq
                if OUTPUT_MHZ[0] <= output <= OUTPUT_MHZ[1]:
                    dividers = {"DIVR": divr, "DIVF": divf, "DIVQ": divq, "FILTER_RANGE": filter_range}
                    yield Setting(output, dividers)


def instantiate(m: Module, pin: io.SingleEndedPort, pad: bool, setting: Setting) -> tuple[Signal, Signal, Signal]:
    """Add the PLL behind clock ``pin``: the board's clock, the made clock, and whether it is steady.

    ``pad`` tells that the pin is the PLL's own, which then cannot serve anything else.
    """
    reference, made, locked = Signal(), Signal(), Signal()
    common = {
        **{f"p_{name}": Const(value, WIDTHS[name]) for name, value in setting.parameters.items()},
        "p_FEEDBACK_PATH": "SIMPLE",
        "i_RESETB": Const(1),
        "i_BYPASS": Const(0),
        "o_LOCK": locked,
    }
    if pad:
        m.submodules.pll = Instance(
            "SB_PLL40_2_PAD", io_PACKAGEPIN=pin.io, o_PLLOUTGLOBALA=reference, o_PLLOUTGLOBALB=made, **common
        )
    else:
        m.submodules.clock_buffer = buffer = io.Buffer("i", pin)
        m.d.comb += reference.eq(buffer.i)
        m.submodules.pll = Instance("SB_PLL40_CORE", i_REFERENCECLK=reference, o_PLLOUTGLOBAL=made, **common)
    return reference, made, locked


def retune(device: Device, seed: int, cwd: Path, setting: Setting) -> None:
    """Set the PLL of one seed's routed design in folder ``cwd``; everything else stays as it was placed and routed."""
    before = _tiles((cwd / routed_name(seed)).read_text())
    netlist = cwd / netlist_name(seed)
    design = json.loads(netlist.read_text())
    cells = (cell for module in design["modules"].values() for cell in module["cells"].values())
    (loop,) = [cell for cell in cells if cell["type"] == "ICESTORM_PLL"]
    loop["parameters"] |= {name: f"{value:0{WIDTHS[name]}b}" for name, value in setting.parameters.items()}
    write_atomically(netlist, json.dumps(design).encode())
    rewrite(device, seed, cwd)
    after = _tiles((cwd / routed_name(seed)).read_text())
    changed = [tile for tile in before.keys() | after.keys() if before.get(tile) != after.get(tile)]
    # the PLL's dividers lie in the configuration of the pads around it
    if not all(tile.startswith(".io_tile") for tile in changed):
        raise RuntimeError(f"setting the PLL changed {', '.join(sorted(changed))}")


def _tiles(routed: str) -> dict[str, str]:
    """The parts of a routed design that configure the chip, by headline; lines without a body by themselves."""
    parts = re.split(r"^(?=\.)", routed, flags=re.MULTILINE)
    return dict(part.partition("\n")[::2] for part in parts if not part.startswith((".comment", ".sym")))
