import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring

from bep_verify.checker import check
from bep_verify.claims import PROOFS
from bep_verify.proof import Proof


@pytest.mark.parametrize("unit", PROOFS)
def test_what_is_claimed_is_proven(unit, tmp_path):
    verdicts = check(PROOFS[unit](), tmp_path)
    assert [verdict.name for verdict in verdicts if not verdict.holds] == []


def test_many_properties_of_many_units_are_claimed():
    claims = {unit: build().claims for unit, build in PROOFS.items()}
    assert len(claims) >= 20
    assert sum(map(len, claims.values())) >= 100


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
