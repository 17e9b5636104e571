import re
import shutil

import pytest

from bep_boards.registry import find
from bep_ref.config import Machine, Network
from bep_sim.tools.verilator import SimulatorError
from bep_verify import gates
from bep_verify.gates import compare, know

NETWORK = Network(6, (4, 4), 2, counter_bits=4)


@pytest.mark.parametrize(
    ("board", "machine"), [("icebreaker", Machine(8, 4, spram=True)), ("ulx3s_85f", Machine(8, 4))]
)
def test_what_synthesis_makes_of_the_trainer_learns_the_same_bits(board, machine, tmp_path_factory, tmp_path):
    row = compare(find(board), NETWORK, machine, tmp_path, samples=20, epochs=1)
    assert row["first_difference"] == ""
    assert (row["mismatches"], row["counters_compared"], row["predictions_compared"]) == (0, NETWORK.synapses, 20)
    assert row["triggered"] > 5
    assert row["lut4"] > 500


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog, which is no Python package, is not here")
def test_no_output_is_ever_unknown_while_memories_are_at_first(tmp_path, monkeypatch):
    network = Network(9, (6, 4), 3)  # rows are padded
    row = know(network, Machine(lanes=8, update_lanes=4), tmp_path / "whole", samples=20, epochs=1)
    assert row["mismatches"] == 0
    written = gates.uninitialised(network, Machine(lanes=8, update_lanes=4))
    assert "initial begin" not in written
    # state machines that begin unknown, and that nobody resets
    faulty = re.sub(r"^(  reg \[\d+:0\] fsm_state) = [^;]+;", r"\1;", written, flags=re.MULTILINE)
    faulty = faulty.replace("if (rst)", "if (1'h0)")
    assert faulty.count("fsm_state;") > 1
    monkeypatch.setattr(gates, "uninitialised", lambda *_: faulty)
    with pytest.raises(SimulatorError, match="ended early"):
        know(network, Machine(lanes=8, update_lanes=4), tmp_path / "faulty", samples=20, epochs=1)
