"""The rule of a stream, once: what is offered stays offered and unchanged until it is taken."""

from typing import Any

from amaranth.hdl import Mux, Signal, Value

from bep_verify.proof import Proof


def producer(proof: Proof, stream: Any) -> None:
    """Offer anything at any time on the input ``stream`` of a unit, by the rule."""
    valid, payload = proof.free(1, "offered"), proof.free(len(Value.cast(stream.payload)), "payload")
    proof.m.d.comb += [stream.valid.eq(valid), Value.cast(stream.payload).eq(payload)]
    waiting = proof.past(valid & ~stream.ready)
    proof.assume(~waiting | (valid & (payload == proof.past(payload))))


def consumer(proof: Proof, stream: Any, name: str) -> None:
    """Take from the output ``stream`` of a unit at any time, and claim that it keeps the rule."""
    proof.m.d.comb += stream.ready.eq(proof.free(1, "wanted"))
    payload = Value.cast(stream.payload)
    waiting = proof.past(stream.valid & ~stream.ready)
    proof.claim(f"{name}: what is offered stays offered", ~waiting | stream.valid)
    proof.claim(f"{name}: what is offered stays unchanged", ~waiting | (payload == proof.past(payload)))
    proof.reachable(f"{name}: something is taken", stream.valid & stream.ready)


def passes_through(proof: Proof, source: Any, target: Any, capacity: int) -> None:
    """Claim that what goes into ``source`` comes out of ``target``, in order and once, at most ``capacity`` inside.

    Any one item is followed: the n-th one in has to be the n-th one out, for every n.
    """
    m, payload_in, payload_out = proof.m, Value.cast(source.payload), Value.cast(target.payload)
    entered, left = source.valid & source.ready, target.valid & target.ready
    inside = Signal(range(-1, capacity + 2))
    m.d.sync += inside.eq(inside + entered - left)
    proof.claim("nothing comes out that did not go in", ~left | (inside > 0) | entered)
    proof.claim(f"at most {capacity} are inside", (inside >= 0) & (inside <= capacity))
    proof.reachable("it is full", inside == capacity)

    # one item is marked as it enters; ``ahead`` are in front of it
    mark, marked, ahead, item = proof.free(1, "mark"), Signal(), Signal(range(capacity + 2)), Signal(len(payload_in))
    waited = Signal()
    m.d.sync += ahead.eq(ahead - (left & (ahead != 0)))
    begins = entered & mark & ~marked
    with m.If(begins):
        m.d.sync += [marked.eq(1), item.eq(payload_in), ahead.eq(Mux(left & (inside == 0), 0, inside - left))]
        m.d.sync += waited.eq(inside != 0)
    comes_out = left & Mux(marked, ahead == 0, begins & (inside == 0))
    with m.If(comes_out):
        m.d.sync += marked.eq(0)
    proof.claim("the n-th one in is the n-th one out", ~comes_out | (payload_out == Mux(marked, item, payload_in)))
    proof.reachable("an item that waited behind another comes out", comes_out & marked & waited)
