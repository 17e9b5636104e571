import json
import re
from dataclasses import replace

import pytest

from bep_boards.flow.tools import run
from bep_ref.config import ConfigError
from bep_sim.tools.verilator import SimulatorError
from bep_verify.mutation.campaign import BATCH, Campaign, fate, tally
from bep_verify.mutation.equivalence import Miter
from bep_verify.mutation.netlist import Mutant, choose
from bep_verify.mutation.place import described
from bep_verify.mutation.promises import Promises
from bep_verify.mutation.survivors import REASONS, reason
from bep_verify.mutation.units import UNITS, Unit
from bep_verify.mutation.watch import watch


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """Some thirty mutants, two or three a unit."""
    return Campaign(tmp_path_factory.mktemp("mutants"), seed=2, share=0.03)


def test_nearly_all_mutants_are_killed_and_none_that_is_killed_is_equivalent(campaign):
    rows = campaign.run(campaign.chosen(), jobs=1, seconds=5, progress=lambda *stage: None)
    *units, whole = tally(rows)
    assert [unit["unit"] for unit in units] == list(UNITS)
    assert whole["mutants"] == len(campaign.netlist.mutants) == sum(unit["mutants"] for unit in units) > BATCH
    assert whole["killed"] >= 0.8 * whole["mutants"]
    assert all(row["equivalent"] is None for row in rows if row["seen"] != "equal")
    assert not any(row["reason"] for row in rows if row["seen"] != "equal" or row["equivalent"])

    counters = [mutant for mutant in campaign.netlist.mutants if mutant.module.endswith("lane0")]
    killed = [mutant for mutant in counters if rows[mutant.number - 1]["seen"] != "equal"]
    itself = replace(killed[0], number=0)  # chooses no fault
    miter = Miter(campaign.netlist, [*killed, itself], UNITS["saturating counter"])
    run(miter.task(seconds=5))
    assert miter.equivalent() == {**{mutant.number: False for mutant in killed}, 0: True}


def test_a_broken_promise_is_told_with_its_unit(campaign, tmp_path):
    never_decides = {"decision": Unit(("propagate.decision",), 1, Promises(["1'b1", "~decided"]))}
    with pytest.raises(SimulatorError, match=r"propagate\.decision\.watch 101"):
        watch(tmp_path, campaign.course[:600], never_decides)


def test_mutants_are_chosen_by_unit_or_number(campaign):
    [first, *_] = campaign.chosen(["decision"])
    assert {mutant.unit for mutant in campaign.chosen(["decision"])} == {"decision"}
    assert campaign.chosen(numbers=[first.number]) == [first]
    assert campaign.chosen() == campaign.netlist.mutants
    with pytest.raises(ConfigError, match="unit: 'gate' is unknown; it must be popcount, "):
        campaign.chosen(["gate"])
    total = len(campaign.netlist.mutants)
    with pytest.raises(ConfigError, match=f"mutant: 0 is out of range; it must be 1 to {total}"):
        campaign.chosen(numbers=[0])


def test_a_place_is_told_by_the_signals_driven(campaign):
    module = "mutants.propagate.decision"
    cells = campaign.netlist.modules[module]["cells"]
    decided = campaign.netlist.modules[module]["ports"]["decided"]["bits"]
    [cell] = [name for name, found in cells.items() if found["connections"].get("Q") == decided]
    mutant = Mutant(1, "decision", module, cell, "$sdff", "D", 0, "const1")
    assert described(campaign.netlist.modules, mutant) == "sdff D[0] stuck at 1, driving decided"


def test_every_reason_is_one_mutants_and_excuses_nothing(campaign):
    modules = campaign.netlist.modules
    mutants = {(m.unit, described(modules, m)): m for m in choose(modules, UNITS, seed=1)}
    for pattern, why in REASONS.items():
        [(unit, place)] = [of for of in mutants if re.search(pattern, " | ".join(of))]
        assert reason(unit, place) == why
        assert reason("hits of a slice", place) == ""
        row = {"unit": unit, "seen": "equal", "equivalent": None, "reason": why}
        assert (fate(row), tally([row])[-1]["survived"]) == ("survived", 1)


def test_who_asks_a_memory_for_another_word_is_told_apart_and_one_taken_out_hides_nothing(campaign):
    """The walker's memory is a neighbour's; partial sums are inside of their unit, and looked at from outside."""
    for unit, port in (("random walk", "thresholds__address"), ("pre-activation", "write__addr")):
        kept = UNITS[unit].kept
        assert port in {**kept.reads, **dict.fromkeys(kept.writes)}
        mutants = campaign.chosen([unit])
        verdicts = campaign.verdicts(mutants, 1, lambda *stage: None)
        killed = [mutant for mutant in mutants if verdicts[mutant.number].seen != "equal"]
        miter = Miter(campaign.netlist, [*killed, replace(mutants[0], number=0)], UNITS[unit])
        run(miter.task(seconds=20))
        found = miter.equivalent()
        assert found.pop(0)
        assert killed and not any(found.values()) and False in found.values()


def test_an_interrupted_run_plays_only_what_is_left(campaign, monkeypatch):
    def silent(*stage):
        pass

    mutants = campaign.chosen()
    verdicts = campaign.verdicts(mutants, 1, silent)
    kept, total = campaign.kept, len(verdicts)
    whole = kept.read_text()
    kept.write_text(json.dumps({number: value for number, value in json.loads(whole).items() if int(number) <= BATCH}))
    played, play = [], campaign.play
    monkeypatch.setattr(campaign, "play", lambda numbers: (played.append(numbers), play(numbers))[1])
    assert campaign.verdicts(mutants, 1, silent) == verdicts
    assert played == [list(range(BATCH + 1, total + 1))]
    assert json.loads(kept.read_text()) == json.loads(whole)


def test_a_seed_draws_the_same_mutants_again_all_different_and_none_of_them_of_the_clock(campaign):
    modules = campaign.netlist.modules
    mutants = choose(modules, UNITS, seed=5, share=0.5)
    assert mutants == choose(modules, UNITS, seed=5, share=0.5) != choose(modules, UNITS, seed=6, share=0.5)
    faults = {(m.module, m.cell, m.port, m.bit, m.mode, m.control) for m in mutants}
    assert len(faults) == len(mutants)
    assert all(mutant.port != "CLK" for mutant in mutants)
    assert [mutant.number for mutant in mutants] == list(range(1, len(mutants) + 1))
