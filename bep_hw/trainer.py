"""The trainer: samples in, predictions out, weights learned in between."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from bep_hw.array.front import connect_front
from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.host.port import HostPort
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.order_queue import OrderQueue
from bep_hw.learning.reinforcement import Reinforcement
from bep_hw.learning.unroll import Unroll
from bep_hw.learning.update import UpdateEngine
from bep_hw.parts.share import share_access, share_write
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import edge_signature
from bep_hw.sources.epochs import Epochs
from bep_hw.sources.records import RecordReader
from bep_hw.trace import connect_trace, trace_signature
from bep_hw.winners.backward import Backward
from bep_hw.winners.gated_list import GatedList
from bep_ref.config import AnyNetwork, Machine


class Trainer(wiring.Component):
    """Forward, classify, trigger, backward, winners, update, commit and reinforcement for one network.

    Streams (``sync`` domain, all correct under any stall): ``samples``, one beat a chunk; ``results``, one a sample, in
    order; ``requests``, carried out while no sample is in flight, and their ``replies``. Layouts: `bep_hw.plan.ports`.
    For verification only, ``trace`` adds a port of that name, see `bep_hw.trace`.
    """

    def __init__(self, network: AnyNetwork, machine: Machine, trace: bool = False) -> None:
        self.network, self.machine, self.traced = network, machine, trace
        self.layout = layout = Layout(network, machine)
        optional = {"trace": Out(trace_signature(layout))} if trace else {}
        super().__init__({**edge_signature(network, machine).members, **optional})
        self.inputs = SampleMemory(layout, layout.input_chunks)
        self.stored = SampleMemory(layout, layout.slot_chunks)
        self.loader = Loader(layout)
        self.propagate = Propagate(layout)
        self.backward = Backward(layout, self.propagate.program)
        self.update = UpdateEngine(layout)
        self.visible, self.hidden, self.gated = VisiblePlane(layout), HiddenPlane(layout), GatedList(layout)
        self.reinforcement = Reinforcement(layout)
        self.orders = OrderQueue(layout, self.backward.scan.orders_under_way(layout))
        self.host = HostPort(layout)
        self.beat = StreamRegister(self.samples.payload.shape())

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.inputs = self.inputs
        m.submodules.samples = self.stored
        m.submodules.loader = self.loader
        m.submodules.propagate = self.propagate
        m.submodules.backward = self.backward
        m.submodules.update = self.update
        m.submodules.visible = self.visible
        m.submodules.hidden = self.hidden
        m.submodules.gated = self.gated
        m.submodules.reinforcement = self.reinforcement
        m.submodules.orders = self.orders
        m.submodules.host = self.host
        m.submodules.beat = self.beat
        idle = Signal()
        m.d.comb += idle.eq((self.loader.begun == self.update.freed) & self.update.idle & ~self.beat.holding)
        self._connect_samples(m)
        self._connect_learning(m)
        self._connect_planes(m)
        self._connect_host(m)
        if self.machine.cache_samples:
            self._connect_cache(m, idle)
        else:
            wiring.connect(m, wiring.flipped(self.samples), self.beat.input)
            wiring.connect(m, wiring.flipped(self.results), self.propagate.results)
            wiring.connect(m, self.host.access, self.update.access)
            m.d.comb += self.host.idle.eq(idle)
        if self.traced:
            connect_trace(m, self.trace, self.propagate, self.backward, self.update)
        return m

    def _connect_samples(self, m: Module) -> None:
        """Into the slots: activations first, the loader in the cycles between."""
        loader, propagate = self.loader, self.propagate
        wiring.connect(m, self.beat.output, loader.samples)
        connect_front(m, loader, self.inputs, self.visible, propagate)
        share_write(m, self.stored.write, loader.write, propagate.stored)
        wiring.connect(m, self.update.inputs, self.stored.read)
        m.d.comb += [loader.grant.eq(~propagate.stored.valid), loader.freed.eq(self.update.freed)]

    def _connect_learning(self, m: Module) -> None:
        """From the array to the update engine: decisions, winners, orders."""
        propagate, backward, update, orders = self.propagate, self.backward, self.update, self.orders
        wiring.connect(m, propagate.backward, backward.array)
        wiring.connect(m, propagate.gated, self.gated.read)
        wiring.connect(m, backward.gated, self.gated.write)
        wiring.connect(m, backward.orders, orders.orders)
        wiring.connect(m, update.hits, self.reinforcement.hits)
        wiring.connect(m, self.reinforcement.thresholds, self.gated.thresholds)
        m.d.comb += propagate.committed.eq(update.commit.done)
        if not self.layout.recurrent:
            wiring.connect(m, orders.output, update.orders)
            return
        m.submodules.unroll = unroll = Unroll(self.layout)
        wiring.connect(m, orders.output, unroll.orders)
        wiring.connect(m, unroll.steps, update.orders)
        m.d.comb += [
            unroll.known.eq(backward.target),
            unroll.ended.eq(backward.orders.valid & backward.orders.payload.end),
            unroll.last_step.eq(self.host.settings.last_step),
        ]

    def _connect_planes(self, m: Module) -> None:
        """Weights and counters; the host writes visible weights while the machine is idle."""
        share_write(m, self.visible.write, self.update.visible, self.host.visible)
        wiring.connect(m, self.update.read, self.hidden.read)
        wiring.connect(m, self.update.write, self.hidden.write)

    def _connect_host(self, m: Module) -> None:
        host, update, propagate = self.host, self.update, self.propagate
        wiring.connect(m, wiring.flipped(self.requests), host.requests)
        wiring.connect(m, wiring.flipped(self.replies), host.replies)
        wiring.connect(m, host.settings, propagate.settings, self.backward.settings)
        wiring.connect(m, host.commit, update.commit)
        wiring.connect(m, host.seed, self.reinforcement.seed)
        wiring.connect(m, host.thresholds, self.gated.threshold_write)
        results, order, events = propagate.results, self.orders.output, host.events
        decided = results.valid & results.ready
        m.d.comb += [
            events.samples.eq(decided),
            events.triggers.eq(decided & results.payload.triggered),
            events.winners.eq(order.valid & order.ready & ~order.payload.end),
            events.commits.eq(update.commit.done),
            events.propagate_words.eq(propagate.word_read),
            events.update_words.eq(update.group_read),
            events.sweep_cycles.eq(update.sweeping),
            events.sweep_words.eq(update.sweeping & update.group_read),
        ]

    def _connect_cache(self, m: Module, idle: Any) -> None:
        """Epochs between the host's streams and the trainer's, from records in the hidden plane."""
        m.submodules.epochs = epochs = Epochs(self.layout)
        m.submodules.records = records = RecordReader(self.layout)
        wiring.connect(m, wiring.flipped(self.samples), epochs.host.samples)
        wiring.connect(m, wiring.flipped(self.results), epochs.host.results)
        wiring.connect(m, epochs.trainer.samples, self.beat.input)
        wiring.connect(m, self.propagate.results, epochs.trainer.results)
        wiring.connect(m, self.host.epochs, epochs.controls)
        wiring.connect(m, epochs.source, records.source)
        share_access(m, self.update.access, self.host.access, records.access, epochs.taken)
        m.d.comb += [
            epochs.headers.eq(self.loader.arrivals.headers),
            epochs.waiting.eq(self.requests.valid),
            epochs.idle.eq(idle),
            self.host.idle.eq(idle & ~epochs.taken),
            self.updating.eq(epochs.updating),
        ]
