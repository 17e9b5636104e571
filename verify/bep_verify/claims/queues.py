"""Queues and registers on streams lose nothing, double nothing and keep the order."""

from bep_hw.learning.hit_queue import HitQueue
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof
from bep_verify.streams import consumer, passes_through, producer


def stream_register() -> Proof:
    proof = Proof()
    unit = proof.unit(StreamRegister(3), held=("input", "output"))
    producer(proof, unit.input)
    consumer(proof, unit.output, "output")
    passes_through(proof, unit.input, unit.output, 2)
    return proof


def shift_queue() -> Proof:
    proof = Proof()
    unit = proof.unit(ShiftQueue(3, 4), held=("input", "output"))
    producer(proof, unit.input)
    consumer(proof, unit.output, "output")
    passes_through(proof, unit.input, unit.output, 4)
    proof.claim("places are taken from the output's on", (unit.held & (unit.held + 1)) == 0)
    return proof


class _InMemory(HitQueue):
    """So few entries that a proof takes seconds, in a memory all the same."""

    SHORT = 1


def hit_queue() -> Proof:
    """With a memory: two entries, one between memory and register, two in the register on either side."""
    layout = Layout(Network(4, (2,), 2), Machine(lanes=2, update_lanes=2, hits_ahead=2))
    proof = Proof()
    unit = proof.unit(_InMemory(layout), held=("input", "output"))
    producer(proof, unit.input)
    consumer(proof, unit.output, "output")
    passes_through(proof, unit.input, unit.output, 7)
    return proof
