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
    proof.assume((unit.address < depth) & (unit.write_address < depth))
    if not spram:
        proof.assume((unit.bank == 0) & (unit.write_bank == 0))
    address, bank = proof.constant(len(unit.address)), proof.constant(1)
    written = unit.write & (unit.write_address == address) & (unit.write_bank == bank)
    last, known = Signal(len(unit.write_data)), Signal()
    with m.If(written):
        m.d.sync += [last.eq(unit.write_data), known.eq(1)]
    asked = unit.read & ~unit.refused & ~unit.both & (unit.address == address) & (unit.bank == bank)
    # one port: a collision is refused; two ports: nobody reads where something is being written
    asked = asked & ~written
    answer = proof.past(asked & known)
    proof.claim("a group read is what was written last", ~answer | (unit.read_data == proof.past(last)))
    signs = Cat(~counter for counter in last[1::2])
    both = unit.read & ~unit.refused & unit.both & (unit.address == address) & known & ~written
    shown = unit.signs.word_select(bank, 2) if spram else unit.signs
    proof.claim("signs are those of what was written last", ~proof.past(both) | (shown == proof.past(signs)))
    if spram:
        clash = unit.read & unit.write & (unit.both | (unit.bank == unit.write_bank))
        proof.claim("exactly a read of a bank being written is refused", unit.refused == clash)
        proof.reachable("a read while the other bank is written", answer & proof.past(unit.write))
    else:
        proof.claim("nothing is refused", ~unit.refused)
        proof.reachable("a read while something is written", answer & proof.past(unit.write))
    return proof


def gated_list() -> Proof:
    proof = Proof()
    m = proof.m
    layout = Layout(Network(4, (4, 4), 2), Machine(lanes=4, update_lanes=2))
    unit = proof.unit(GatedList(layout), held=("read_address", "write_address", "table_address"))
    entry, other = proof.free(len(unit.read_address), "entry"), proof.free(len(unit.write_address), "entry")
    m.d.comb += [unit.read_address.eq(entry), unit.write_address.eq(other)]
    m.d.comb += unit.table_address.eq(proof.free(1, "entry"))
    proof.assume((entry < layout.list_depth) & (other < layout.list_depth))
    proof.assume(~(unit.write & unit.table_write))
    address = proof.constant(len(unit.read_address))
    last, known = Signal(unit.row_bits + 1), Signal()
    writes = unit.write & (unit.write_address == address)
    with m.If(writes):
        m.d.sync += [last.eq(Cat(unit.write_target, unit.write_row)), known.eq(1)]
    asked = unit.read & (unit.read_address == address) & known & ~writes
    seen = Cat(unit.target, unit.row) == proof.past(last)
    proof.claim("an entry read is the one written last", ~proof.past(asked) | seen)
    place = proof.constant(1)
    threshold, there = Signal(16), Signal()
    stores = unit.table_write & (unit.table_address == place)
    with m.If(stores):
        m.d.sync += [threshold.eq(unit.table_write_data), there.eq(1)]
    granted = unit.table_granted & (unit.table_address == place) & there & ~stores
    same = unit.table_data == proof.past(threshold)
    proof.claim("a threshold read when granted is the one written last", ~proof.past(granted) | same)
    proof.claim("the backward pass comes first", ~unit.read | ~unit.table_granted)
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
    m.d.sync += freed.eq(freed + (frees & (freed != unit.complete)))
    m.d.comb += unit.freed.eq(freed)
    used, done = Signal(2), Signal(2)
    m.d.comb += [used.eq(unit.begun - freed), done.eq(unit.complete - freed)]
    proof.claim("no more samples are begun than there are slots", used <= slots)
    proof.claim("no more are complete than were begun", done <= used)
    proof.claim("at most one is half loaded", used - done <= 1)
    beats = layout.layers[0].chunks
    proof.claim("beats go to the slot behind the complete ones", ~unit.write | (unit.write_slot == unit.complete[0]))
    proof.claim("a slot in use is not written", ~unit.write | (done != slots))
    count = Signal(range(beats + 1))
    drop = taken & unit.samples.payload.drop
    with m.If(taken):
        m.d.sync += count.eq(Mux(drop | (count == beats - 1), 0, count + 1))
    proof.claim("beats lie one behind the other", ~unit.write | (unit.write_chunk == count))
    proof.claim("what is dropped is not written", ~drop | ~unit.write)
    proof.claim("nothing is written that was not sent", ~unit.write | taken)
    completes = proof.started & (unit.complete != proof.past(unit.complete))
    proof.claim(
        "a sample is complete with its last beat", ~completes | proof.past(taken & ~drop & (count == beats - 1))
    )
    proof.reachable("all slots are full", (done == slots))
    proof.reachable("a half loaded sample is dropped", drop & (count != 0))
    return proof
