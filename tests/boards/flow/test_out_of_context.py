import pytest

from bep_boards.chips.ecp5 import LFE5U_85F
from bep_boards.chips.ice40 import HX8K, UP5K
from bep_boards.flow.out_of_context import synthesise_component
from tests.boards.designs import Memories


@pytest.mark.parametrize(
    ("device", "block_rams"),
    [(UP5K, {"SB_RAM40_4K": 3}), (LFE5U_85F, {"DP16KD": 3})],
    ids=lambda v: getattr(v, "name", ""),
)
def test_memories_of_a_unit_alone_are_counted_by_primitive(device, block_rams):
    report = synthesise_component(Memories(3), device)
    assert report.resources.block_rams == block_rams
    assert report.fmax_mhz == ()


def test_speed_of_a_unit_alone_is_measured_between_registers():
    report = synthesise_component(Memories(1), HX8K, seeds=(1, 2))
    assert len(report.fmax_mhz) == 2
    # a block RAM's address and output paths; the wrapper's registers are neither counted nor what limits it
    assert 100 < report.fmax_median_mhz < 300
    assert report.resources == synthesise_component(Memories(1), HX8K).resources


def test_the_smallest_memory_becomes_logic_where_block_ram_is_one_short():
    fits = synthesise_component(Memories(30, last=128), UP5K).resources
    spilled = synthesise_component(Memories(31, last=128), UP5K).resources
    assert fits.block_rams == spilled.block_rams == {"SB_RAM40_4K": 30}
    assert spilled.ff >= fits.ff + 128 * 8


def test_a_large_memory_stays_block_ram_however_short_it_is():
    assert synthesise_component(Memories(31), UP5K).resources.block_rams == {"SB_RAM40_4K": 31}
