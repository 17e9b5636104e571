"""That what is reached is counted as such, and what is not is not."""

import json
from dataclasses import replace

import pytest
from amaranth.back import rtlil
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep.main import main
from bep_ref.config import Machine, Network
from bep_verify.coverage import software
from bep_verify.coverage.counts import read
from bep_verify.coverage.hardware import CoverageCourse, covered, merged
from bep_verify.coverage.holes import reason
from bep_verify.coverage.machines import MACHINES, trial
from bep_verify.coverage.signals import declared
from bep_verify.fuzz import sources
from bep_verify.gates import trial as plain
from tests.cli.commands import complaint


def test_what_a_run_has_no_use_for_is_uncovered(tmp_path):
    run = plain(Network(6, (4, 4), 2, counter_bits=4), Machine(8, 4, hits_ahead=2), samples=60, epochs=2)
    run = replace(run, training=replace(run.training, reinforcement=0.0))
    found = merged([{"machine": "small", **covered(run, tmp_path / "run", quick=tmp_path)}])
    assert (found["machines"][0]["mismatches"], found["machines"][0]["samples"]) == (0, 120)
    units = {row["unit"]: row for row in found["units"]}
    for name in ("propagate.popcount", "update.lane", "hidden.bank"):
        assert units[name]["toggled_share"] > 0.9, name
    assert units["reinforcement.queue"]["toggled_share"] < 0.5, "nothing is reinforced"
    assert units["reinforcement.walker"]["taken_share"] < 0.8
    still = {
        hole["signal"].split(" | ")[1]
        for hole in found["untoggled"]
        if hole["signal"].startswith("reinforcement.walker | ")
    }
    assert "seed__state" in still, "the generator draws nothing"
    assert 0.6 < found["datapath"]["toggled_share"] < 0.95
    assert found["all"]["bits"] > found["datapath"]["bits"] > 1000


class Halves(wiring.Component):
    total: Out(4)
    part: In(2)

    def elaborate(self, platform):
        m = Module()
        held = Signal(3)  # the last bit never changes
        m.d.sync += held.eq(Cat(self.part, held[2]))
        m.d.comb += self.total.eq(Cat(held, held[0] & held[2]))
        return m


def test_bits_that_cannot_change_are_not_counted(tmp_path):
    signals = {signal.wire: signal.bits for signal in declared(rtlil.convert(Halves(), name="netlist"), tmp_path)}
    assert signals == {"part": (0, 1), "held": (0, 1), "total": (0, 1)}


def test_points_of_verilators_file(tmp_path):
    point = "C '\1f\2bench.v\1l\2{}\1n\x025\1t\2{}\1page\2v_{}/netlist.walker\1o\2{}\1h\2bench' {}"
    about = [
        (7, "toggle", "toggle", "a___05Fb[2]:0->1", 3),
        (7, "toggle", "toggle", "a___05Fb[2]:1->0", 0),
        (8, "toggle", "toggle", "memory[2][1]:0->1", 9),
        (9, "branch", "branch", "if", 4),
        (9, "line", "line", "block", 4),
    ]
    (tmp_path / "counts").write_text("\n".join(["# SystemC::Coverage-3", *(point.format(*of) for of in about)]))
    counts = read(tmp_path / "counts")
    assert counts.rises == {("netlist.walker", "a__b", 2): 3}
    assert not counts.toggled("netlist.walker", "a__b", 2)
    assert counts.arms == {("netlist.walker", 9, 5, "if"): 4}


def test_machines_together_cover_what_any_of_them_does():
    row = {"mismatches": 0, "branches": {"host | a | b | if | 1": 1}}
    found = merged(
        [
            {**row, "toggles": {"lane0 | up | f.py:1 | 1 | 0": 1, "lane1 | up | f.py:1 | 1 | 0": 0}},
            {**row, "toggles": {"lane0 | up | f.py:1 | 1 | 0": 0, "lane0 | up | f.py:1 | 1 | 3": 0}},
        ]
    )
    lanes = next(unit for unit in found["units"] if unit["unit"] == "lane")
    assert (lanes["bits"], lanes["toggled"], lanes["toggled_share"]) == (3, 1, 0.3333)
    assert found["untoggled"] == [
        {"signal": "lane1 | up | f.py:1 | 1", "bits": [0], "reason": ""},
        {"signal": "lane0 | up | f.py:1 | 1", "bits": [3], "reason": ""},
    ]
    assert (found["datapath"]["branches"], found["all"]["branches"]) == (0, 1)


def test_holes_are_explained_by_their_names():
    assert "counter of events" in reason("host.statistics | totals__cycles | statistics.py:42 | 1")
    assert reason("propagate.popcount | count | popcount.py:1 | 1") == ""


def test_the_machines_have_every_kind_of_unit():
    trials = [trial(name) for name in MACHINES]
    assert trial("cache") == trial("cache")
    for having in (
        lambda run: run.machine.spram,
        lambda run: run.machine.register_plane,
        lambda run: run.machine.z_buffers == 2,
        lambda run: run.machine.rule == "local",
        lambda run: run.machine.hits_ahead,
        lambda run: run.cache_key,
        lambda run: hasattr(run.network, "state"),
        lambda run: not run.machine.training,
    ):
        assert any(having(run) for run in trials) and not all(having(run) for run in trials)
    assert all(len(run.stalls) == 4 for run in trials)


def test_too_little_is_a_failed_check(tmp_path, capsys):
    for name in MACHINES:
        row = {"machine": name, "mismatches": 0, "branches": {}, "toggles": {"update | a | b:1 | 1 | 0": 0}}
        CoverageCourse(name, sources()).file(tmp_path).write_text(json.dumps({"result": row}))
    assert main(["coverage", "--rtl", "--build", str(tmp_path)]) == 1
    assert "0.0% of the datapath's bits toggle; it must be 95%" in capsys.readouterr().err


def test_branches_of_a_package_that_its_tests_take(tmp_path):
    found = software.measure(tmp_path, 1, ("tests/ref/runs/test_schedule.py",))
    shares = {row["package"]: row["share"] for row in found["packages"]}
    assert 0 < shares["bep_ref"] < 0.5
    assert shares["bep_host"] == 0
    assert "bep_ref/runs/schedule.py" not in found["holes"]
    assert found["holes"]["bep_ref/config/network.py"]
    with pytest.raises(software.TestsError, match="tests/nowhere"):
        software.measure(tmp_path, 1, ("tests/nowhere",))


def test_no_processes_is_refused(capsys):
    assert complaint(capsys, "coverage", "--jobs", 0).startswith("bep: error: jobs: 0 is out of range")
