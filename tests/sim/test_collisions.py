"""Synthesis takes a memory's output for undefined where it is read and written at once: so does this simulation."""

import re

import pytest
from amaranth.back import rtlil

from bep_boards.flow.synthesis import COLLISIONS_UNDEFINED
from bep_boards.flow.tools import Job
from bep_boards.flow.tools import run as run_tool
from bep_ref import Machine
from bep_sim.bench import TrainerBench
from tests.sim.test_cosim import NETWORK, run


def with_garbage_at_collisions(machine, folder):
    """The bench's Verilog in which a word read while it is being written is 0101…"""
    (folder / "bench.il").write_text(rtlil.convert(TrainerBench(NETWORK, machine), name="bench", emit_src=False))
    steps = ["read_rtlil bench.il", COLLISIONS_UNDEFINED, "proc", "opt_clean", "memory -nomap"]
    run_tool(Job("yosys", ("-q", "-p", "; ".join([*steps, "write_verilog -noattr bench.v"])), folder))
    source, found = re.subn(
        r"(\d+)'hx+;", lambda match: f"{match[1]}'b{'01' * (int(match[1]) // 2)};", (folder / "bench.v").read_text()
    )
    assert found >= 2 * 7, "every memory has its branch"
    return source


@pytest.mark.parametrize(
    "machine",
    [
        Machine(lanes=12, update_lanes=4, backward_lanes=7),
        Machine(lanes=16, update_lanes=4, z_buffers=2, hits_ahead=16, register_plane=True),
    ],
    ids=["one buffer", "two buffers, hits ahead"],
)
def test_no_bit_depends_on_a_word_read_while_it_is_written(tmp_path, machine):
    report = run(tmp_path, machine, edit=lambda _: with_garbage_at_collisions(machine, tmp_path))
    assert report.first_difference == ""
    assert report.mismatches == 0
