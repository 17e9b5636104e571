"""FPGAs: what each one has, and how the open tools are called for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bep_boards.chips.block_ram import Block

if TYPE_CHECKING:
    from amaranth.hdl import Module, Signal

    from bep_boards.chips.pll import Setting


class Pll(Protocol):
    """The phase-locked loop of a family: a module with these functions."""

    def settings(self, input_mhz: float) -> "Iterator[Setting]":
        """Every legal setting."""

    def instantiate(self, m: "Module", pin: Any, pad: bool, setting: "Setting") -> "tuple[Signal, Signal, Signal]":
        """Add the PLL behind clock ``pin``: the board's clock, the made clock, and whether it is steady."""

    def retune(self, device: "Device", seed: int, cwd: Path, setting: "Setting") -> None:
        """Set the PLL of one seed's routed design in folder ``cwd``."""


@dataclass(frozen=True)
class Family:
    """What the chips of one family share: all that the flow, the estimator and the simulators know of it.

    ``luts``, ``flip_flops`` and ``memories`` name cells of a yosys netlist: a LUT cell with the number of 4-input LUTs
    it takes, flip-flops by prefix (they come with and without enable, reset, inverted clock), a memory with what
    nextpnr calls it. ``resources`` names what nextpnr's utilisation lists, in words fit for a user.
    ``pack`` is the packer and its arguments; ``tools`` has the Python function that runs each tool, its module first.
    ``constraint_mhz`` is the clock that place and route aims at. ``rows_rise``: row 0 of the chip is the lowest one.
    ``cell_models`` are files of yosys with the family's cells, without those of pins; ``own_models`` are modules of
    `bep_sim.models`, each with a function of its name that writes one more cell. ``single_port`` is the primitive of
    single-port RAM, empty where there is none.
    """

    name: str
    synth: str
    without_abc9: tuple[str, ...]  # its steps with abc instead; {synth} is the command with its options
    nextpnr: str
    constraints: str  # suffix of the pin and clock file, and nextpnr's option for it
    constraint_mhz: float
    routed: str  # nextpnr's option for the routed design
    pack: tuple[str, ...]
    tools: Mapping[str, tuple[str, str]]
    bitstream_suffix: str
    luts: Mapping[str, int]
    flip_flops: tuple[str, ...]
    memories: Mapping[str, str]
    resources: Mapping[str, str]
    block_ram: Block
    pll: Pll
    cell_models: tuple[str, ...]
    own_models: tuple[str, ...] = ()
    single_port: str = ""
    rows_rise: bool = False


@dataclass(frozen=True)
class Device:
    """One chip in one package.

    ``limits`` holds what there is of each of the family's ``resources``; ``grid`` are the tiles of a row and of a
    column, those of pads included. ``synth_options`` go to yosys, ``nextpnr_options`` select the part,
    ``route_options`` tell how to place and route on it.
    ``signature`` is in the head of its bitstreams and in no other chip's.
    """

    name: str
    family: Family
    limits: Mapping[str, int]
    grid: tuple[int, int]
    synth_options: tuple[str, ...]
    nextpnr_options: tuple[str, ...]
    signature: bytes
    route_options: tuple[str, ...] = ()

    @property
    def fill(self) -> float:
        """Share of the logic cells up to which the placer finds a place for everything, about."""
        options = dict(zip(self.route_options, self.route_options[1:], strict=False))
        return float(options.get("--placer-heap-beta", 0.9))
