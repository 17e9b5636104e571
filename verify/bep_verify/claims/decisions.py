"""The classifier's answer, the trigger, and the search for winners and gated rows."""

from amaranth.hdl import Array, Cat, Mux, Signal

from bep_hw.array.decision import Decision
from bep_hw.array.interleave import compile_program
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_hw.winners.scan import WinnerScan
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof


def decision() -> Proof:
    """Three classes of three-bit counts, beside the definition over all of them at once."""
    classes, proof = 3, Proof()
    m = proof.m
    layout = Layout(Network(4, (6,), classes), Machine(lanes=4, update_lanes=2))
    unit = proof.unit(Decision(layout), held=("row", "final", "label", "margin", "agree"))
    row, agree = Signal(range(classes)), proof.free(len(unit.agree), "agree")
    label, margin = proof.constant(range(classes)), proof.constant(len(unit.margin))
    proof.assume((label < classes) & (margin <= 7) & (agree <= 6))
    m.d.comb += [unit.row.eq(row), unit.final.eq(row == classes - 1), unit.label.eq(label)]
    m.d.comb += [unit.margin.eq(margin), unit.agree.eq(agree)]
    counts = [Signal(len(agree), name=f"count_{number}") for number in range(classes)]
    with m.If(unit.valid):
        m.d.sync += row.eq(Mux(unit.final, 0, row + 1))
        for number, count in enumerate(counts):
            with m.If(row == number):
                m.d.sync += count.eq(agree)
    # the next sample's first class comes no sooner than the decision
    proof.assume(~(proof.past(unit.valid & unit.final) & unit.valid))
    largest = Mux((counts[0] >= counts[1]) & (counts[0] >= counts[2]), 0, Mux(counts[1] >= counts[2], 1, 2))
    own = Array(counts)[label]
    lead_small = Cat((label != number) & (own < count + margin) for number, count in enumerate(counts)).any()
    definition, wanted = proof.past(largest), proof.past(unit.train & lead_small)
    proof.claim("the prediction is the first of the largest counts", ~unit.decided | (unit.prediction == definition))
    proof.claim(
        "it triggers if the right class leads by less than the margin", ~unit.decided | (unit.triggered == wanted)
    )
    proof.reachable("a trigger", unit.decided & unit.triggered)
    proof.reachable(
        "none, although the sample is for training", unit.decided & ~unit.triggered & proof.past(unit.train)
    )
    return proof


def winner_scan() -> Proof:
    """Four rows in groups of one, two or four; the memory of pre-activations may hold anything."""
    rows, proof = 4, Proof()
    m = proof.m
    layout = Layout(Network(3, (rows, 3), 2), Machine(lanes=4, update_lanes=2))
    program = compile_program(layout)
    held = (
        "magnitude",
        "negative",
        "settings",
        "index",
        "targets",
        "sums_done",
        "decisions.decided",
        "decisions.triggered",
        "decisions.known",
        "orders.room",
    )
    unit = proof.unit(WinnerScan(layout, program), held=held)
    # the backward pass whose targets are those of the first layer
    index = next(number for number, item in enumerate(program) if item.kind is Kind.BACKWARD and item.layer == 1)
    magnitudes = [proof.constant(len(unit.magnitude)) for _ in range(rows)]
    negative, targets = proof.constant(rows), proof.constant(rows)
    size = proof.constant(3)
    proof.assume((size == 1) | (size == 2) | (size == 4))
    address = Signal(2)
    base = layout.layers[0].row_base
    m.d.sync += address.eq(unit.z_address - base)
    begun, summed = Signal(), Signal()
    m.d.sync += begun.eq(1)
    m.d.sync += summed.eq(begun)
    m.d.comb += [
        unit.magnitude.eq(Array(magnitudes)[address]),
        unit.negative.eq(negative.bit_select(address, 1)),
        unit.targets.eq(targets),
        unit.index.eq(index),
        unit.decisions.decided.eq(~begun),
        unit.decisions.triggered.eq(1),
        unit.decisions.known.eq(begun),
        unit.sums_done.eq(begun & ~summed),
        unit.orders.room.eq(proof.free(1, "room")),
    ]
    m.d.comb += [group.eq(size) for group in unit.settings.group_size]
    wrong = Signal(rows)
    m.d.comb += wrong.eq(Cat(targets[row] == negative[row] for row in range(rows)))

    order, winner = unit.orders.payload, Signal(2)
    m.d.comb += winner.eq(order.row)
    pushed = unit.orders.valid & ~order.end
    own = Array(magnitudes)[winner]
    proof.claim("a winner is wrong", ~pushed | wrong.bit_select(winner, 1))
    proof.claim("a winner goes towards its target", ~pushed | (order.target == targets.bit_select(winner, 1)))
    for row in range(rows):
        same = Mux(size == 4, 1, Mux(size == 2, winner[1] == row >> 1, winner == row))
        smaller = wrong[row] & ((magnitudes[row] < own) | ((magnitudes[row] == own) & (row < winner)))
        proof.claim(f"no wrong row of its group comes before the winner: row {row}", ~(pushed & same & smaller))
    # every group with a wrong row has its winner before the end
    sent = Signal(rows)
    with m.If(pushed):
        m.d.sync += sent.eq(sent | (1 << winner))
    ended = unit.orders.valid & order.end
    proof.claim("a group of four with a wrong row has a winner", ~(ended & (size == 4) & wrong.any()) | sent.any())
    proof.claim("of groups of one, all that are wrong win", ~(ended & (size == 1)) | (sent == wrong))
    twice = pushed & sent.bit_select(winner, 1)
    proof.claim("nobody wins twice", ~twice)
    proof.reachable("the end", ended)
    proof.reachable("a winner that is not its group's first", pushed & (size == 4) & (winner == 2))
    return proof
