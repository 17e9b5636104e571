import pytest

from bep_boards.chips.ecp5 import LFE5U_85F
from bep_boards.chips.ice40 import UP5K
from bep_boards.flow import synthesis
from bep_boards.flow.out_of_context import synthesise_component
from bep_boards.flow.tools import ToolError, run
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network
from tests.boards.designs import Memories


@pytest.mark.parametrize(("device", "primitive"), [(UP5K, "SB_RAM40_4K"), (LFE5U_85F, "DP16KD")])
def test_where_abc9_dies_synthesis_goes_on_without_it(device, primitive, monkeypatch):
    usual, logs = synthesise_component(Memories(2), device).resources, []

    def dying(job):
        run(job)
        logs.append((job.cwd / "unit.yosys.log").read_text())
        if "Executing ABC9" in logs[-1]:
            raise ToolError("yosys", "")

    monkeypatch.setattr(synthesis, "run", dying)
    resources = synthesise_component(Memories(2), device).resources
    assert ["Executing ABC9" in log for log in logs] == [True, False]
    assert resources.block_rams == usual.block_rams == {primitive: 2}
    assert resources.ff == usual.ff
    assert 0 < resources.lut4 < 2 * usual.lut4


def test_copies_of_a_register_stay_apart_and_no_memory_keeps_old_words():
    layout = Layout(Network(64, (128,), 2, counter_bits=16), Machine(lanes=64, update_lanes=32, register_plane=True))
    address = (layout.bank_depth - 1).bit_length()
    resources = synthesise_component(HiddenPlane(layout), LFE5U_85F).resources
    parts = 2  # of 8 blocks, 36 bits each
    assert resources.ff == 32 * 16 + parts * (2 * address + 1)
    assert resources.lut4 < 64  # old words would take one a bit


def test_two_flip_flops_on_one_wire_are_no_netlist(tmp_path):
    flip_flop = "cell $dff \\{}\n parameter \\WIDTH 1\n parameter \\CLK_POLARITY 1'1\n connect \\CLK \\clk\n"
    source = "module \\top\n wire input 1 \\clk\n wire width 2 input 2 \\d\n wire output 3 \\q\n"
    for number in range(2):
        source += flip_flop.format(f"ff{number}") + f" connect \\D \\d [{number}]\n connect \\Q \\q\nend\n"
    with pytest.raises(ToolError, match="problems in 'check -assert'"):
        synthesis.synthesise(source + "end\n", LFE5U_85F, "top", tmp_path)
