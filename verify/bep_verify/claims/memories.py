"""Memories that share a port give everybody what was written last, and never two accesses of one port at once."""

from amaranth.hdl import Cat, Mux, Signal

from bep_hw.array.samples import Loader
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.plan.layout import Layout
from bep_hw.winners.gated_list import GatedList
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof
from bep_verify.streams import producer


def hidden_plane(spram: bool) -> Proof:
    """Any one group is followed: a read that is not refused gives what was written last."""
    proof = Proof()
    m = proof.m
    machine = Machine(lanes=4, update_lanes=2, spram=spram)
    layout = Layout(Network(4, (2,), 2, counter_bits=2), machine)
    unit = proof.unit(HiddenPlane(layout))
    depth = layout.bank_depth
    proof.assume((unit.read.address < depth) & (unit.write.address < depth))
    if not spram:
        proof.assume((unit.read.bank == 0) & (unit.write.bank == 0))
    address, bank = proof.constant(len(unit.read.address)), proof.constant(1)
    written = unit.write.valid & (unit.write.address == address) & (unit.write.bank == bank)
    last, known = Signal(len(unit.write.data)), Signal()
    with m.If(written):
        m.d.sync += [last.eq(unit.write.data), known.eq(1)]
    asked = (
        unit.read.valid
        & ~unit.read.refused
        & ~unit.read.both
        & (unit.read.address == address)
        & (unit.read.bank == bank)
    )
    # one port: a collision is refused; two ports: nobody reads where something is being written
    asked = asked & ~written
    answer = proof.past(asked & known)
    proof.claim("a group read is what was written last", ~answer | (unit.read.data == proof.past(last)))
    signs = Cat(~counter for counter in last[1::2])
    both = unit.read.valid & ~unit.read.refused & unit.read.both & (unit.read.address == address) & known & ~written
    shown = unit.read.signs.word_select(bank, 2) if spram else unit.read.signs
    proof.claim("signs are those of what was written last", ~proof.past(both) | (shown == proof.past(signs)))
    if spram:
        clash = unit.read.valid & unit.write.valid & (unit.read.both | (unit.read.bank == unit.write.bank))
        proof.claim("exactly a read of a bank being written is refused", unit.read.refused == clash)
        proof.reachable("a read while the other bank is written", answer & proof.past(unit.write.valid))
    else:
        proof.claim("nothing is refused", ~unit.read.refused)
        proof.reachable("a read while something is written", answer & proof.past(unit.write.valid))
    return proof


def gated_list() -> Proof:
    proof = Proof()
    m = proof.m
    layout = Layout(Network(4, (4, 4), 2), Machine(lanes=4, update_lanes=2))
    unit = proof.unit(
        GatedList(layout), held=("read.address", "write.address", "thresholds.address", "threshold_write.address")
    )
    entry, other = proof.free(len(unit.read.address), "entry"), proof.free(len(unit.write.address), "entry")
    m.d.comb += [unit.read.address.eq(entry), unit.write.address.eq(other)]
    m.d.comb += [port.address.eq(proof.free(1, "entry")) for port in (unit.thresholds, unit.threshold_write)]
    proof.assume((entry < layout.list_depth) & (other < layout.list_depth))
    proof.assume(~(unit.write.valid & unit.threshold_write.valid))
    address = proof.constant(len(unit.read.address))
    last, known = Signal(unit.row_bits + 1), Signal()
    writes = unit.write.valid & (unit.write.address == address)
    with m.If(writes):
        m.d.sync += [last.eq(Cat(unit.write.target, unit.write.row)), known.eq(1)]
    asked = unit.read.valid & (unit.read.address == address) & known & ~writes
    seen = Cat(unit.read.target, unit.read.row) == proof.past(last)
    proof.claim("an entry read is the one written last", ~proof.past(asked) | seen)
    place = proof.constant(1)
    threshold, there = Signal(16), Signal()
    stores = unit.threshold_write.valid & (unit.threshold_write.address == place)
    with m.If(stores):
        m.d.sync += [threshold.eq(unit.threshold_write.data), there.eq(1)]
    granted = unit.thresholds.granted & (unit.thresholds.address == place) & there & ~stores
    same = unit.thresholds.data == proof.past(threshold)
    proof.claim("a threshold read when granted is the one written last", ~proof.past(granted) | same)
    proof.claim("the backward pass comes first", ~unit.read.valid | ~unit.thresholds.granted)
    proof.reachable("both are read in turn", proof.past(asked) & proof.past(granted, 2))
    return proof


def loader() -> Proof:
    """Samples of three beats in two slots; slots are freed in order, each after it was complete."""
    proof, slots = Proof(), 2
    m = proof.m
    layout = Layout(Network(6, (2,), 2), Machine(lanes=4, update_lanes=2, slots=slots))
    unit = proof.unit(Loader(layout), held=("samples", "freed"))
    producer(proof, unit.samples)
    taken = unit.samples.valid & unit.samples.ready
    freed, frees = Signal(range(2 * slots)), proof.free(1, "frees")
    m.d.sync += freed.eq(freed + (frees & (freed != unit.arrivals.complete)))
    m.d.comb += unit.freed.eq(freed)
    used, done = Signal(2), Signal(2)
    m.d.comb += [used.eq(unit.begun - freed), done.eq(unit.arrivals.complete - freed)]
    proof.claim("no more samples are begun than there are slots", used <= slots)
    proof.claim("no more are complete than were begun", done <= used)
    proof.claim("at most one is half loaded", used - done <= 1)
    beats = layout.layers[0].chunks
    proof.claim(
        "beats go to the slot behind the complete ones",
        ~unit.write.valid | (unit.write.slot == unit.arrivals.complete[0]),
    )
    proof.claim("a slot in use is not written", ~unit.write.valid | (done != slots))
    count = Signal(range(beats + 1))
    drop = taken & unit.samples.payload.drop
    with m.If(taken):
        m.d.sync += count.eq(Mux(drop | (count == beats - 1), 0, count + 1))
    proof.claim("beats lie one behind the other", ~unit.write.valid | (unit.write.chunk == count))
    proof.claim("what is dropped is not written", ~drop | ~unit.write.valid)
    proof.claim("nothing is written that was not sent", ~unit.write.valid | taken)
    completes = proof.started & (unit.arrivals.complete != proof.past(unit.arrivals.complete))
    proof.claim(
        "a sample is complete with its last beat", ~completes | proof.past(taken & ~drop & (count == beats - 1))
    )
    proof.reachable("all slots are full", (done == slots))
    proof.reachable("a half loaded sample is dropped", drop & (count != 0))
    return proof
