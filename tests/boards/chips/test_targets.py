"""The published designs: their memories must become the chip's memories, all of them."""

import pytest

from bep_boards.flow.out_of_context import synthesise_component
from bep_boards.registry import find
from bep_hw.trainer import Trainer
from bep_studies.bench.designs import DESIGNS

PUBLISHED = {design.name: design for design in DESIGNS if not design.sweep}
# the UP5K's: 25 visible plane, 2 samples, partial sums, pre-activations, gated rows; counters in SPRAM
LIMITS = {
    "icebreaker-200": ({"SB_RAM40_4K": 30, "SB_SPRAM256KA": 4}, 3500),
    "hx8k-96": ({"SB_RAM40_4K": 31}, 3500),
    "ulx3s-448": ({"DP16KD": 88}, 8000),
    "icebreaker-rnn": ({"SB_RAM40_4K": 23, "SB_SPRAM256KA": 4}, 3500),
    "ulx3s-rnn": ({"DP16KD": 78}, 8500),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_memory_lands_in_the_chips_own(name):
    design, (memories, luts) = PUBLISHED[name], LIMITS[name]
    unit = Trainer(design.network, design.machine)
    resources = synthesise_component(unit, find(design.board).device).resources
    assert resources.block_rams == memories
    assert resources.lut4 < luts
