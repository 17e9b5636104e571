"""The memories that the estimator counts are those of the generated hardware."""

import re

import pytest
from amaranth.back import rtlil

from bep_boards.chips.ecp5 import LFE5U_85F
from bep_boards.chips.ice40 import HX8K, UP5K
from bep_estimate.memories import BLOCKS, Shape, block_rams, in_blocks, memories
from bep_hw.link.linked_trainer import LinkedTrainer
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, Network, RecurrentNetwork

DESIGNS = [
    (Network(100, (24, 12), 5), Machine(24, 4, spram=True), UP5K),
    (Network(60, (16,), 3, counter_bits=5), Machine(20, 10, z_buffers=2, slots=2, receive_buffer=False), HX8K),
    (
        Network(200, (30, 20, 10), 4),
        Machine(128, 64, z_buffers=2, hits_ahead=64, slots=8, register_plane=True, statistics=False),
        LFE5U_85F,
    ),
    (Network(90, (24, 12), 5), Machine(24, 8, training=False), LFE5U_85F),
    (Network(40, (16, 8), 4), Machine(8, 8, rule="local", cache_samples=300), LFE5U_85F),
    (Network(100, (24, 12, 16), 5), Machine(24, 4, spram=True, rule="local"), UP5K),
    (RecurrentNetwork(30, 24, 12, 4, steps=5), Machine(24, 4, spram=True), UP5K),
    (RecurrentNetwork(70, 20, 40, 3, steps=8), Machine(32, 8, slots=8, register_plane=True), LFE5U_85F),
    (RecurrentNetwork(16, 16, 8, 3, steps=1), Machine(16, 8, training=False), HX8K),
]


@pytest.mark.parametrize(("network", "machine", "device"), DESIGNS)
def test_every_memory_of_the_hardware_is_known_by_its_shape(network, machine, device):
    text = rtlil.convert(LinkedTrainer(network, machine), name="top", platform=device, emit_src=False)
    module = re.compile(r"^module (\S+)|^  memory width (\d+) size (\d+)", re.MULTILINE)
    found = [(int(m[2]), int(m[3])) for m in module.finditer(text) if m[2]]
    assert sorted(found) == sorted((shape.width, shape.depth) for shape in memories(Layout(network, machine)))


@pytest.mark.parametrize(
    ("family", "width", "depth", "blocks"),
    [
        ("ice40", 8, 512, 1),
        ("ice40", 24, 180, 2),
        ("ice40", 5, 1025, 2),
        ("ice40", 9, 1120, 3),
        ("ice40", 1, 4096, 1),
        ("ice40", 9, 2048, 5),
        ("ecp5", 36, 512, 1),
        ("ecp5", 40, 600, 3),
    ],
)
def test_memories_are_cut_into_blocks(family, width, depth, blocks):
    assert BLOCKS[family].number(Shape("", width, depth)) == blocks


def test_small_memories_of_an_ecp5_are_luts():
    """16 words of 4 bits in each."""
    block = BLOCKS["ecp5"]
    assert not block.in_block(Shape("", 7, 60))
    assert block.lut_rams(Shape("", 7, 60)) == 8
    assert block.in_block(Shape("", 16, 128))


def test_the_smallest_memories_become_logic_where_blocks_are_short():
    network, machine = Network(784, (96, 96), 10), Machine(200, 4, 48, spram=True, statistics=False)
    layout = Layout(network, machine)
    all_of_them = [shape for shape in memories(layout) if BLOCKS["ice40"].in_block(shape)]
    kept = in_blocks(layout, UP5K)
    assert sum(map(BLOCKS["ice40"].number, all_of_them)) == 31
    assert block_rams(layout, UP5K)["SB_RAM40_4K"] == 30
    assert len(all_of_them) - len(kept) == 1
