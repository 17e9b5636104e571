import pytest
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring

import bep_hw.link.deframer
from bep_hw.columns import ColumnSums
from bep_hw.counters import CounterStep
from bep_hw.decision import Decision
from bep_hw.popcount import XnorPopcount
from bep_hw.shift_queue import ShiftQueue
from verify.checker import check
from verify.claims import PROOFS
from verify.proof import Proof


@pytest.mark.parametrize("unit", PROOFS)
def test_what_is_claimed_is_proven(unit, tmp_path):
    verdicts = check(PROOFS[unit](), tmp_path)
    assert [verdict.name for verdict in verdicts if not verdict.holds] == []


def test_many_properties_of_many_units_are_claimed():
    claims = {unit: build().claims for unit, build in PROOFS.items()}
    assert len(claims) >= 20
    assert sum(map(len, claims.values())) >= 100


def failures(unit, folder):
    return [verdict.name for verdict in check(PROOFS[unit](), folder) if verdict.decided and not verdict.holds]


def wrong(component, change):
    """``elaborate`` of ``component`` with ``change`` (a function of module and unit) behind it."""
    right = component.elaborate

    def elaborate(self, platform):
        m = right(self, platform)
        change(m, self)
        return m

    return elaborate


def test_a_counter_that_wraps_is_seen(monkeypatch, tmp_path):
    def wraps(m, unit):
        m.d.comb += unit.stepped.eq(unit.counter + Cat(1, (~unit.up).replicate(unit.bits - 1)))

    monkeypatch.setattr(CounterStep, "elaborate", wrong(CounterStep, wraps))
    assert failures("CounterStep", tmp_path) == [
        "without enable it stays",
        "the largest stays on the way up",
        "the smallest stays on the way down",
    ]


def test_a_popcount_that_forgets_a_lane_is_seen(monkeypatch, tmp_path):
    class Forgetful(XnorPopcount):
        def elaborate(self, platform):
            m = Module()
            m.submodules.all = unit = XnorPopcount(self.lanes)
            m.d.comb += [unit.weight.eq(Cat(self.weight[:-1], ~self.input[-1])), unit.input.eq(self.input)]
            m.d.comb += self.count.eq(unit.count)
            return m

    monkeypatch.setattr("verify.claims.arithmetic.XnorPopcount", Forgetful)
    assert "5 lanes: the count is the number of bits that agree" in failures("XnorPopcount, 5 lanes", tmp_path)


def test_a_tie_taken_for_a_minus_is_seen(monkeypatch, tmp_path):
    """The sign of 0 is +1: a sum of one less is not."""

    class Shifted(ColumnSums):
        def elaborate(self, platform):
            m = Module()
            m.submodules.all = unit = ColumnSums(self.lanes, 4)
            for name in ("valid", "clear", "error", "weights"):
                m.d.comb += getattr(unit, name).eq(getattr(self, name))
            first = Signal()
            m.d.comb += [first.eq(self.start != 0), unit.start.eq(self.start - first), self.targets.eq(unit.targets)]
            return m

    monkeypatch.setattr("verify.claims.arithmetic.ColumnSums", Shifted)
    assert failures("ColumnSums", tmp_path)[0] == "the target is the sign of 2p - n, +1 for a tie"


def test_a_tie_won_by_the_later_class_is_seen(monkeypatch, tmp_path):
    def later(m, unit):
        best = Signal.like(unit.agree)
        with m.If(unit.valid & ((unit.row == 0) | (unit.agree >= best))):
            m.d.sync += [best.eq(unit.agree), unit.prediction.eq(unit.row)]

    monkeypatch.setattr(Decision, "elaborate", wrong(Decision, later))
    assert failures("Decision", tmp_path) == ["the prediction is the first of the largest counts"]


def test_another_check_sum_is_seen(monkeypatch, tmp_path):
    from amaranth.lib.crc.catalog import CRC16_KERMIT

    monkeypatch.setattr(bep_hw.link.deframer, "CRC", CRC16_KERMIT)
    assert "a good frame's check sum is right, by its definition" in failures("Deframer", tmp_path)


def test_a_queue_that_takes_one_too_many_is_seen(monkeypatch, tmp_path):
    def greedy(m, unit):
        m.d.comb += unit.input.ready.eq(1)

    monkeypatch.setattr(ShiftQueue, "elaborate", wrong(ShiftQueue, greedy))
    assert "the n-th one in is the n-th one out" in failures("ShiftQueue", tmp_path)


class Silent(wiring.Component):
    def __init__(self):
        super().__init__({"high": wiring.Out(1)})

    def elaborate(self, platform):
        return Module()


def test_an_event_that_never_happens_does_not_hold_and_an_assumption_can_forbid_all(tmp_path):
    proof = Proof()
    unit = proof.unit(Silent())
    proof.claim("it stays low", ~unit.high)
    proof.reachable("it is high", unit.high)
    low, high = check(proof, tmp_path / "a")
    assert (low.holds, high.holds, high.decided) == (True, False, True)

    proof = Proof()
    free = proof.free(1)
    proof.assume(free)
    proof.assume(~free)
    proof.claim("nothing is claimed of nothing", 0)
    proof.reachable("but nothing happens either", 1)
    never, event = check(proof, tmp_path / "b")
    assert never.holds and not event.holds
