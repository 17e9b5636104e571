"""The networks that each board was chosen for: their memories must become the chip's memories, all of them."""

import pytest

from bep_hw.choose import choose_machine
from bep_hw.trainer import Trainer
from bep_ref.config import Network
from boards.out_of_context import synthesise_component
from boards.registry import find

TARGETS = [
    # 25 visible plane, 2 samples, partial sums, pre-activations, gated rows; counters in SPRAM
    ("icebreaker", Network(784, (96, 96), 10), {"SB_RAM40_4K": 30, "SB_SPRAM256KA": 4}, 4500),
    # 24 counters, 4 visible plane, 4 others; one copy of the sample memory in logic
    ("ice40_hx8k_b_evn", Network(64, (96, 64), 10), {"SB_RAM40_4K": 32}, 6500),
    ("ulx3s_85f", Network(784, (256, 256), 10), {"DP16KD": 166}, 12000),
]


@pytest.mark.parametrize(("name", "network", "memories", "luts"), TARGETS, ids=[name for name, *_ in TARGETS])
def test_every_memory_lands_in_the_chips_own(name, network, memories, luts):
    board = find(name)
    resources = synthesise_component(
        Trainer(network, choose_machine(network, board.lanes, **board.machine)), board.device
    ).resources
    assert resources.block_rams == memories
    assert resources.lut4 < luts
