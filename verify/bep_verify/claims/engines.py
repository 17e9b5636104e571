"""Reinforcement walks forward, the host gets one reply a request, hits meet their slices."""

from amaranth.hdl import Cat, Mux, Signal

from bep_hw.host.port import HostPort
from bep_hw.learning.gaps import GapWalker, xorshift
from bep_hw.learning.hit_slices import HitSlices
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import Space
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof
from bep_verify.streams import consumer, producer

LAYOUT = Layout(Network(4, (2,), 2, counter_bits=2), Machine(lanes=4, update_lanes=2, statistics=False))


def generator() -> Proof:
    proof = Proof()
    state, other = proof.free(32, "state"), proof.free(32, "state")
    following = Signal(32)
    proof.m.d.comb += following.eq(xorshift(state))
    proof.claim("the generator never gets stuck at zero", (state == 0) | (following != 0))
    both = following ^ xorshift(other)
    proof.claim("two states never become one", (state == other) | (both != 0))
    return proof


def gap_walker() -> Proof:
    proof = Proof()
    m = proof.m
    unit = proof.unit(GapWalker(LAYOUT), held=("hits",))
    consumer(proof, unit.hits, "hits")
    hit = unit.hits.payload
    taken = unit.hits.valid & unit.hits.ready
    here, before, any_before = Signal(8), Signal(8), Signal()
    m.d.comb += here.eq(Cat(hit.lane, hit.address))
    with m.If(unit.start & ~unit.busy):
        m.d.sync += any_before.eq(0)
    with m.Elif(taken):
        m.d.sync += [any_before.eq(1), before.eq(here)]
    proof.assume(~unit.start | ~unit.busy)
    proof.claim("hits come in the order of the sweep, each once", ~(taken & any_before) | (here > before))
    proof.claim("a hit is in the hidden plane", ~unit.hits.valid | (hit.address < LAYOUT.bank_depth))
    proof.claim("a hit is in a lane of its slice", ~unit.hits.valid | (hit.lane < LAYOUT.slice_lanes))
    proof.claim("hits come while it is busy", ~unit.hits.valid | unit.busy)
    proof.reachable("two hits of one walk", taken & any_before)
    return proof


def hit_slices() -> Proof:
    """Hits that rise, as the walk's do; any one of them is followed."""
    proof = Proof()
    m = proof.m
    unit = proof.unit(HitSlices(LAYOUT), held=("hits", "slices"))
    producer(proof, unit.hits)
    proof.assume(~unit.hits.valid | unit.walking)
    ended = proof.past(~unit.walking) & proof.started
    proof.assume(~ended | ~unit.walking)
    hit, found = unit.hits.payload, unit.slices.payload
    m.d.comb += unit.slices.ready.eq(proof.free(1, "ready"))
    taken, given = unit.hits.valid & unit.hits.ready, unit.slices.valid & unit.slices.ready
    here, before, begun = Signal(8), Signal(8), Signal()
    m.d.comb += here.eq(Cat(hit.lane, hit.address))
    with m.If(taken):
        m.d.sync += [before.eq(here), begun.eq(1)]
    proof.assume(~(unit.hits.valid & begun) | (here > before))
    # the slice with hits being gathered: one bit a hit
    mask = Signal(len(found.mask))
    with m.If(given):
        m.d.sync += mask.eq(Mux(taken, 1 << hit.lane, 0))
    with m.Elif(taken):
        m.d.sync += mask.eq(mask | (1 << hit.lane))
    proof.claim("a slice has the lanes that were hit, and no others", ~given | (found.mask == mask))
    last, some = Signal.like(found.address), Signal()
    with m.If(given):
        m.d.sync += [last.eq(found.address), some.eq(1)]
    proof.claim("a slice comes once", ~(given & some) | (found.address > last))
    proof.claim("no slice is empty", ~given | (found.mask != 0))
    proof.reachable("two hits in a slice", given & (found.mask == 3))
    return proof


def host_port() -> Proof:
    proof = Proof()
    m = proof.m
    unit = proof.unit(HostPort(LAYOUT), held=("requests", "replies"))
    producer(proof, unit.requests)
    consumer(proof, unit.replies, "replies")
    request = unit.requests.payload
    taken, replied = unit.requests.valid & unit.requests.ready, unit.replies.valid & unit.replies.ready
    proof.claim("a request is over exactly when its reply is taken", taken == replied)
    writes = Signal()
    m.d.comb += writes.eq(unit.access.write | unit.visible.valid | unit.thresholds.valid | unit.seed.load)
    proof.claim("only a write request writes", ~writes | (unit.requests.valid & request.write))
    proof.claim("counters are written by requests for counters", ~unit.access.write | (request.space == Space.COUNTERS))
    proof.claim("weights are written by requests for weights", ~unit.visible.valid | (request.space == Space.VISIBLE))
    once = Signal()
    m.d.sync += once.eq(Mux(taken, 0, once | writes))
    proof.claim("a request writes once", ~(once & writes))
    waiting = Signal()
    m.d.sync += waiting.eq(Mux(taken, 0, waiting | (unit.requests.valid & unit.idle)))
    proof.claim(
        "nothing happens before the machine was idle", ~(unit.commit.start | writes | unit.access.read) | waiting
    )
    proof.reachable("a commit", unit.commit.start)
    proof.reachable("a counter is written", unit.access.write)
    return proof
