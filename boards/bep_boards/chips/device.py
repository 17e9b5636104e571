"""FPGAs: what each one has, and how the open tools are told about it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """What the chips of one family share.

    ``luts``, ``flip_flops`` and ``memories`` name cells of a yosys netlist: a LUT cell with the number of 4-input LUTs
    it takes, flip-flops by prefix (they come with and without enable, reset, inverted clock), a memory with what
    nextpnr calls it. ``resources`` names what nextpnr's utilisation lists, in words fit for a user.
    ``pack`` is the packer and its arguments.
    """

    name: str
    synth: str
    without_abc9: tuple[str, ...]  # its steps with abc instead; {synth} is the command with its options
    nextpnr: str
    constraints: str  # suffix of the pin and clock file, and nextpnr's option for it
    routed: str  # nextpnr's option for the routed design
    pack: tuple[str, ...]
    bitstream_suffix: str
    luts: Mapping[str, int]
    flip_flops: tuple[str, ...]
    memories: Mapping[str, str]
    resources: Mapping[str, str]


ICE40 = Family(
    name="ice40",
    synth="synth_ice40",
    without_abc9=(
        "{synth} -run begin:map_luts",
        "techmap -map +/ice40/latches_map.v",
        "abc -lut 4 -dress",
        "ice40_wrapcarry -unwrap",
        "techmap -map +/ice40/ff_map.v",
        "clean",
        "opt_lut -tech ice40",
        "{synth} -run map_cells: -json {json}",
    ),
    nextpnr="nextpnr-ice40",
    constraints="pcf",
    routed="--asc",
    pack=("icepack", "{routed}", "{bitstream}"),
    bitstream_suffix=".bin",
    luts={"SB_LUT4": 1},
    flip_flops=("SB_DFF",),
    memories={"SB_RAM40_4K": "ICESTORM_RAM", "SB_SPRAM256KA": "ICESTORM_SPRAM"},
    resources={
        "ICESTORM_LC": "logic cells",
        "ICESTORM_RAM": "block RAM (SB_RAM40_4K)",
        "ICESTORM_SPRAM": "single-port RAM (SB_SPRAM256KA)",
    },
)

ECP5 = Family(
    name="ecp5",
    synth="synth_ecp5",
    without_abc9=(
        "{synth} -run begin:map_luts",
        "techmap -map +/lattice/latches_map.v",
        "abc -lut 4 -dress",
        "clean",
        "{synth} -run map_cells: -json {json}",
    ),
    nextpnr="nextpnr-ecp5",
    constraints="lpf",
    routed="--textcfg",
    pack=("ecppack", "--compress", "--input", "{routed}", "--bit", "{bitstream}"),
    bitstream_suffix=".bit",
    # a carry cell takes two LUTs, a 16 x 4 distributed RAM four for its bits and two for its write port
    luts={"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6},
    flip_flops=("TRELLIS_FF",),
    memories={"DP16KD": "DP16KD"},
    resources={
        "TRELLIS_COMB": "LUT4",
        "TRELLIS_FF": "flip-flops",
        "DP16KD": "block RAM (DP16KD)",
    },
)


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


def _bank_width(bits: int) -> bytes:
    """The command that tells an iCE40 how wide its banks of configuration bits are (Project IceStorm)."""
    return b"\x62" + (bits - 1).to_bytes(2)


# The placer would leave every tenth cell free, and gives up on a chip that is fuller.
UP5K = Device(
    name="iCE40UP5K-SG48",
    family=ICE40,
    limits={"ICESTORM_LC": 5280, "ICESTORM_RAM": 30, "ICESTORM_SPRAM": 4},
    grid=(26, 32),
    synth_options=("-abc9", "-device", "u"),
    nextpnr_options=("--up5k", "--package", "sg48"),
    signature=_bank_width(692),
    route_options=("--placer-heap-beta", "0.98"),
)
HX8K = Device(
    name="iCE40HX8K-CT256",
    family=ICE40,
    limits={"ICESTORM_LC": 7680, "ICESTORM_RAM": 32},
    grid=(34, 34),
    synth_options=("-abc9", "-device", "hx"),
    nextpnr_options=("--hx8k", "--package", "ct256"),
    signature=_bank_width(872),
)


def _ecp5(name: str, idcode: int, luts: int, block_rams: int, grid: tuple[int, int], *nextpnr_options: str) -> Device:
    """An ECP5, which compares its JTAG ``idcode`` with the bitstream's (command VERIFY_ID, Lattice FPGA-TN-02039).

    Without -nowidelut, popcount trees take 1.6 times the LUTs. The default router takes hours where many block RAMs
    meet.
    """
    return Device(
        name=name,
        family=ECP5,
        limits={"TRELLIS_COMB": luts, "TRELLIS_FF": luts, "DP16KD": block_rams},
        grid=grid,
        synth_options=("-abc9", "-nowidelut"),
        nextpnr_options=nextpnr_options,
        signature=b"\xe2\0\0\0" + idcode.to_bytes(4),
        route_options=("--router", "router2"),
    )


# nextpnr gives a 12F all that is on its die, which is the 25F's; the vendor's tools stop at half
LFE5U_12F = _ecp5(
    "LFE5U-12F-6BG381C", 0x21111043, 24288, 56, (73, 51), "--12k", "--package", "CABGA381", "--speed", "6"
)
LFE5U_85F = _ecp5(
    "LFE5U-85F-6BG381C", 0x41113043, 83640, 208, (127, 96), "--85k", "--package", "CABGA381", "--speed", "6"
)
LFE5UM_45F = _ecp5(
    "LFE5UM-45F-8BG381C", 0x01112043, 43848, 108, (91, 72), "--um-45k", "--package", "CABGA381", "--speed", "8"
)
LFE5UM5G_85F = _ecp5(
    "LFE5UM5G-85F-8BG554C", 0x81113043, 83640, 208, (127, 96), "--um5g-85k", "--package", "CABGA554", "--speed", "8"
)
