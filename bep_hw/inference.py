"""Inference alone: the propagate engine without its backward half, counters and update engine."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring

from bep_hw.array.front import connect_front
from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.host.port import HostPort
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import edge_signature
from bep_ref.config import AnyNetwork, Machine


class Inference(wiring.Component):
    """Classifies with weights that the host writes into the visible plane (`Space`).

    The ports are the trainer's. ``train`` and ``last`` of a sample mean nothing, ``triggered`` of a result is 0;
    counters read 0, and what is written to them or to a training register goes nowhere.
    """

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        self.layout = Layout(network, machine)
        super().__init__(edge_signature(network, machine))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        m.submodules.inputs = inputs = SampleMemory(layout, layout.input_chunks)
        m.submodules.loader = loader = Loader(layout)
        m.submodules.propagate = propagate = Propagate(layout)
        m.submodules.visible = visible = VisiblePlane(layout)
        m.submodules.host = host = HostPort(layout)
        wiring.connect(m, wiring.flipped(self.results), propagate.results)
        connect_front(m, loader, inputs, visible, propagate)
        wiring.connect(m, wiring.flipped(self.requests), host.requests)
        wiring.connect(m, wiring.flipped(self.replies), host.replies)
        wiring.connect(m, host.settings, propagate.settings)
        wiring.connect(m, host.visible, visible.write)

        m.submodules.beat = beat = StreamRegister(self.samples.payload.shape())
        wiring.connect(m, wiring.flipped(self.samples), beat.input)
        done = propagate.backward.decisions.decided
        freed = Signal.like(loader.freed)
        m.d.sync += freed.eq(freed + done)
        m.d.comb += [
            loader.samples.valid.eq(beat.output.valid),
            beat.output.ready.eq(loader.samples.ready),
            loader.samples.payload.chunk.eq(beat.output.payload.chunk),
            loader.samples.payload.drop.eq(beat.output.payload.drop),
            loader.grant.eq(1),
            loader.freed.eq(freed),
            propagate.backward.progress.ended.eq(done),
            host.idle.eq((loader.begun == freed) & ~beat.holding),
            host.access.done.eq(1),
            host.events.samples.eq(propagate.results.valid & propagate.results.ready),
            host.events.commits.eq(host.commit.done),
            host.events.propagate_words.eq(propagate.word_read),
        ]
        m.d.sync += host.commit.done.eq(host.commit.start)
        return m
