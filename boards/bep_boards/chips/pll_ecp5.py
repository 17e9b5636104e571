"""The ECP5's PLL with feedback from its output: ``f = input * CLKFB_DIV / CLKI_DIV`` (Lattice FPGA-TN-02200)."""

import re
from collections.abc import Iterator
from pathlib import Path

from amaranth.hdl import Const, Instance, Module, Signal
from amaranth.lib import io

from bep_boards.chips.family import Device
from bep_boards.chips.pll import Setting
from bep_boards.flow.place import routed_name
from bep_ref.files.atomic import write_atomically

PHASE_DETECTOR_MHZ = (3.125, 400)
OSCILLATOR_MHZ = (400, 800)
OUTPUT_MHZ = (3.125, 400)
DIVIDERS = range(1, 129)


def settings(input_mhz: float) -> Iterator[Setting]:
    """Every legal setting, those with the fastest phase detector (least jitter) first.

    The output divider only places the oscillator; the one nearest to the middle of its range is taken.
    """
    middle = sum(OSCILLATOR_MHZ) / 2
    for input_divider in DIVIDERS:
        detector = input_mhz / input_divider
        if not PHASE_DETECTOR_MHZ[0] <= detector <= PHASE_DETECTOR_MHZ[1]:
            continue
        for feedback_divider in DIVIDERS:
            output = detector * feedback_divider
            if not OUTPUT_MHZ[0] <= output <= OUTPUT_MHZ[1]:
                continue
            output_divider = min(max(1, round(middle / output)), DIVIDERS[-1])
            if OSCILLATOR_MHZ[0] <= output * output_divider <= OSCILLATOR_MHZ[1]:
                dividers = {
                    "CLKI_DIV": input_divider,
                    "CLKFB_DIV": feedback_divider,
                    "CLKOP_DIV": output_divider,
                    "CLKOP_CPHASE": output_divider - 1,  # no phase shift
                }
                yield Setting(output, dividers)


def instantiate(m: Module, pin: io.PortLike, pad: bool, setting: Setting) -> tuple[Signal, Signal, Signal]:
    """Add the PLL behind clock ``pin``: the board's clock, the made clock, and whether it is steady.

    Any pin reaches the PLL here, so ``pad`` makes no difference.
    """
    made, locked = Signal(), Signal()
    m.submodules.clock_buffer = buffer = io.Buffer("i", pin)
    m.submodules.pll = Instance(
        "EHXPLLL",
        **{f"p_{name}": value for name, value in setting.parameters.items()},
        p_FEEDBK_PATH="CLKOP",
        p_CLKOP_ENABLE="ENABLED",
        p_CLKOP_FPHASE=0,
        p_OUTDIVIDER_MUXA="DIVA",
        a_ICP_CURRENT="12",
        a_LPF_RESISTOR="8",
        a_MFG_ENABLE_FILTEROPAMP="1",
        a_MFG_GMCREF_SEL="2",
        i_CLKI=buffer.i,
        i_CLKFB=made,
        i_RST=Const(0),
        i_STDBY=Const(0),
        i_PHASESEL0=Const(0),
        i_PHASESEL1=Const(0),
        i_PHASEDIR=Const(0),
        i_PHASESTEP=Const(0),
        i_PHASELOADREG=Const(0),
        i_PLLWAKESYNC=Const(0),
        i_ENCLKOP=Const(0),
        o_CLKOP=made,
        o_LOCK=locked,
    )
    return buffer.i, made, locked


def retune(device: Device, seed: int, cwd: Path, setting: Setting) -> None:
    """Set the PLL of one seed's routed design in folder ``cwd``, whose text names each divider (stored less one)."""
    routed = cwd / routed_name(seed)
    text = routed.read_text()
    for name, value in setting.parameters.items():
        stored = value - 1 if name.endswith("_DIV") else value
        text, found = re.subn(rf"^(word: {name}) [01]{{7}}$", rf"\1 {stored:07b}", text, flags=re.MULTILINE)
        if found != 1:
            raise RuntimeError(f"{name} is set {found} times in the routed design")
    write_atomically(routed, text.encode())
