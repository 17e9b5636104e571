"""The hardware as the testbench sees it: samples are handed over whole, so that Python runs once a sample."""

from collections.abc import Mapping
from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.hardware import hardware
from bep_hw.plan.ports import data_bits, label_bits, request_layout
from bep_ref.config import AnyNetwork, Machine
from bep_sim.stalls import Pace, Stall


class TrainerBench(wiring.Component):
    """The `hardware` behind a parallel-to-serial converter for samples.

    A sample on ``bits`` (with ``label``, ``train``, ``last``) is offered by inverting ``offered``; ``taken`` follows
    when the next one may be set. ``decided`` inverts with every result, then ``prediction`` and ``triggered`` are
    valid. The hardware's streams named in ``stalls`` stall. A ``trainer`` given takes
    the place of the generated one; if it has a trace port, so has the bench.
    """

    def __init__(
        self,
        network: AnyNetwork,
        machine: Machine,
        stalls: Mapping[str, Pace] | None = None,
        trainer: Any = None,
    ) -> None:
        self.trainer = trainer or hardware(network, machine)
        self.stalls = stalls or {}
        self.beats = self.trainer.layout.sample_beats
        self.traced = {name: port for name, port in self.trainer.signature.members.items() if name == "trace"}
        super().__init__(
            {
                "bits": In(self.beats * self.trainer.layout.beat_bits),
                "label": In(label_bits(network)),
                "train": In(1),
                "last": In(1),
                "offered": In(1),
                "taken": Out(1),
                "decided": Out(1),
                "prediction": Out(label_bits(network)),
                "triggered": Out(1),
                "requests": In(stream.Signature(request_layout(network, machine))),
                "replies": Out(stream.Signature(data_bits(network, machine))),
                **self.traced,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.trainer = trainer = self.trainer
        samples, results, requests, replies = (
            self._stalled(m, name) for name in ("samples", "results", "requests", "replies")
        )
        wiring.connect(m, wiring.flipped(self.requests), requests)
        wiring.connect(m, wiring.flipped(self.replies), replies)
        if self.traced:
            wiring.connect(m, trainer.trace, wiring.flipped(self.trace))
        chunk = trainer.layout.beat_bits
        waiting = Signal.like(self.bits)
        left = Signal(range(self.beats + 1))
        header = Signal(samples.payload.shape())
        m.d.comb += [
            samples.valid.eq(left != 0),
            samples.payload.eq(header),
            samples.payload.chunk.eq(waiting),
            results.ready.eq(1),
        ]
        with m.If(samples.valid & samples.ready):
            m.d.sync += [left.eq(left - 1), waiting.eq(waiting >> chunk)]
        with m.If((left == 0) | ((left == 1) & samples.ready)):
            with m.If(self.offered != self.taken):
                m.d.sync += [
                    self.taken.eq(self.offered),
                    left.eq(self.beats),
                    waiting.eq(self.bits),
                    header.label.eq(self.label),
                    header.train.eq(self.train),
                    header.last.eq(self.last),
                ]
        with m.If(results.valid):
            m.d.sync += [
                self.decided.eq(~self.decided),
                self.prediction.eq(results.payload.prediction),
                self.triggered.eq(results.payload.triggered),
            ]
        return m

    def _stalled(self, m: Module, name: str) -> Any:
        """The trainer's stream ``name`` as the rest of the bench sees it."""
        port: Any = getattr(self.trainer, name)
        if name not in self.stalls:
            return port
        m.submodules[f"stall_{name}"] = stall = Stall(port.payload.shape(), self.stalls[name])
        if self.trainer.signature.members[name].flow == In:
            wiring.connect(m, stall.output, port)
            return stall.input
        wiring.connect(m, port, stall.input)
        return stall.output
