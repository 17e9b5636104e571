"""One wrong expression in each unit, and the check that must not pass with it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from amaranth.lib.crc.catalog import CRC16_KERMIT

import bep_hw.learning.gaps
from bep_hw.array.decision import Decision
from bep_hw.array.popcount import XnorPopcount
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.sequencer import Sequencer
from bep_hw.learning.counters import CounterStep
from bep_hw.learning.schedule import Schedule
from bep_hw.learning.sweep import Sweep
from bep_hw.line.deframer import Deframer
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.plan.layout import Layout
from bep_hw.winners.columns import ColumnSums
from bep_hw.winners.scan import WinnerScan
from bep_ref import Machine, Network
from bep_verify.checker import check
from bep_verify.claims import PROOFS
from tests.hw import test_trainer
from tests.hw.array import test_preactivation
from tests.hw.learning import test_gaps, test_update
from tests.hw.winners import test_scan
from tests.line import test_framing

EVEN = Layout(Network(8, (6, 5), 3), Machine(lanes=4))
"""Even fan-ins: z may be 0."""


def proof(unit: str, claim: str) -> Callable[[Path], None]:
    """The check that ``claim`` of ``bep prove`` holds."""

    def holds(folder: Path) -> None:
        [verdict] = [verdict for verdict in check(PROOFS[unit](), folder) if verdict.name == claim]
        assert verdict.holds or not verdict.decided

    return holds


def test(function: Any, *arguments: Any) -> Callable[[Path], None]:
    """The check that a unit's test passes; of a property, with one example."""
    property_of = getattr(function, "hypothesis", None)
    return lambda folder: (property_of.inner_test if property_of else function)(*arguments)


test.__test__ = False  # type: ignore[attr-defined]  # it makes checks, and is none


@dataclass(frozen=True)
class Bug:
    """``right`` becomes ``wrong`` in the source of a function or method ``name`` of ``owner``; ``check`` must fail."""

    owner: Any
    right: str
    wrong: str
    check: Callable[[Path], None]
    name: str = "elaborate"


BUGS = {
    "popcount forgets a bit": Bug(
        XnorPopcount,
        "count(rest[full:], depth - 1)",
        "count(rest[full + 1 :], depth - 1)",
        proof("XnorPopcount, 5 lanes", "5 lanes: the count is the number of bits that agree"),
    ),
    "sign(0) of a pre-activation is minus": Bug(
        PreActivation,
        "self.negative.eq(z[-1])",
        "self.negative.eq(z[-1] | (z == 0))",
        test(test_preactivation.test_rows_complete_in_order_with_the_sum_over_their_words, EVEN, False, 1),
    ),
    "sign(0) of a backward sum is minus": Bug(
        ColumnSums,
        "~total[-1]",
        "~total[-1] & (total != 0)",
        proof("ColumnSums", "the target is the sign of 2p - n, +1 for a tie"),
    ),
    "gate: |z| at the threshold is kept out": Bug(
        WinnerScan,
        "magnitude <= threshold",
        "magnitude < threshold",
        test(test_scan.test_rows_with_z_at_most_the_gate_are_listed),
        name="_list",
    ),
    "winner: the last of equals": Bug(
        WinnerScan,
        "size < best",
        "size <= best",
        proof("WinnerScan", "no wrong row of its group comes before the winner: row 0"),
        name="_judge",
    ),
    "prediction: the last of equals": Bug(
        Decision,
        "self.agree > best",
        "self.agree >= best",
        proof("Decision", "the prediction is the first of the largest counts"),
    ),
    "saturation: a counter wraps": Bug(
        CounterStep,
        "over | ~self.enable",
        "~self.enable",
        proof("CounterStep", "the largest stays on the way up"),
    ),
    "sequencer: a pass without its last row": Bug(
        Sequencer,
        "ends.eq(step & (self.number == length))",
        "ends.eq(step & (self.number + 1 == length))",
        proof("Sequencer", "a pass is issued whole, row by row"),
    ),
    "sequencer: a round that does not end": Bug(
        Sequencer,
        "pending.eq(0), deciding.eq(1)",
        "pending.eq(0), deciding.eq(new)",
        proof("Sequencer", "at rest it takes a sample at once"),
    ),
    "commit behind every sample": Bug(
        Schedule,
        "with m.If(order.last):",
        "with m.If(1):",
        test(test_trainer.test_every_counter_prediction_and_trigger, "one hidden layer, two classes", 0.0),
        name="_idle",
    ),
    "commit is told before its last sign is written": Bug(
        Schedule,
        "with m.If(self.drained):\n                    m.d.comb += engine.commit.done.eq(1)",
        "with m.If(1):\n                    m.d.comb += engine.commit.done.eq(1)",
        test(test_update.test_a_commit_right_behind_an_order_sees_its_step, 5, False),
        name="drive",
    ),
    "commit leaves the last slice out": Bug(
        Sweep,
        "address == self.layout.bank_depth - 1",
        "address == self.layout.bank_depth - 2",
        proof("UpdateEngine's commit", "a commit writes every column once"),
        name="drive",
    ),
    "random generator: another shift": Bug(
        bep_hw.learning.gaps,
        "state << 13",
        "state << 12",
        test(test_gaps.test_a_draw_that_no_plane_decides_ends_with_the_last),
        name="xorshift",
    ),
    "CRC: another check sum": Bug(
        Deframer,
        "CRC(data_width=1)",
        "CRC16_KERMIT(data_width=1)",
        test(test_framing.test_the_deframer_reads_the_models_frames_under_any_stall, [b"bep", b"!"], 0),
    ),
    "queue takes one too many": Bug(
        ShiftQueue,
        "self.input.ready.eq(~self.held[-1])",
        "self.input.ready.eq(1)",
        proof("ShiftQueue", "the n-th one in is the n-th one out"),
    ),
}


def plant(monkeypatch: pytest.MonkeyPatch, bug: Bug) -> None:
    function = getattr(bug.owner, bug.name)
    source = inspect.getsource(function)
    assert source.count(bug.right) == 1, "the source has changed: plant the bug anew"
    names = {**function.__globals__, "CRC16_KERMIT": CRC16_KERMIT}
    block = "if True:\n" if source.startswith(" ") else ""  # a method is indented
    exec(block + source.replace(bug.right, bug.wrong), names)
    monkeypatch.setattr(bug.owner, bug.name, names[bug.name])


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug, monkeypatch, tmp_path):
    plant(monkeypatch, BUGS[bug])
    with pytest.raises(AssertionError):
        BUGS[bug].check(tmp_path)
