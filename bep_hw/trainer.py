"""The trainer: samples in, predictions out, weights learned in between."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from bep_hw.array.front import connect_front
from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.host import HostPort
from bep_hw.learning.gaps import GapWalker
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.hit_queue import HitQueue
from bep_hw.learning.hit_slices import HitSlices
from bep_hw.learning.unroll import Unroll
from bep_hw.learning.update import UpdateEngine
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import edge_signature
from bep_hw.sources.cache import SampleCache
from bep_hw.trace import connect_trace, trace_signature
from bep_hw.winners.backward import Backward
from bep_hw.winners.gated_list import GatedList
from bep_hw.winners.scan import order_layout
from bep_ref.config import AnyNetwork, Machine


class Trainer(wiring.Component):
    """Forward, classify, trigger, backward, winners, update, commit and reinforcement for one network.

    Streams (``sync`` domain, all correct under any stall): ``samples``, one beat a chunk; ``results``, one a sample, in
    order; ``requests``, carried out while no sample is in flight, and their ``replies``. Layouts: `bep_hw.plan.ports`.
    For verification only, ``trace`` adds a port of that name, see `bep_hw.trace`.
    """

    ORDERS = 5
    """Orders that wait for the update engine."""

    def __init__(self, network: AnyNetwork, machine: Machine, trace: bool = False) -> None:
        self.network, self.machine, self.traced = network, machine, trace
        self.layout = Layout(network, machine)
        optional = {"trace": Out(trace_signature(self.layout))} if trace else {}
        super().__init__({**edge_signature(network, machine).members, **optional})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        m.submodules.inputs = inputs = SampleMemory(layout, layout.input_chunks)
        m.submodules.samples = samples = SampleMemory(layout, layout.slot_chunks)
        m.submodules.loader = loader = Loader(layout)
        m.submodules.propagate = propagate = Propagate(layout)
        m.submodules.backward = backward = Backward(layout, propagate.program)
        m.submodules.update = update = UpdateEngine(layout)
        m.submodules.visible = visible = VisiblePlane(layout)
        m.submodules.hidden = hidden = HiddenPlane(layout)
        m.submodules.gated = gated = GatedList(layout)
        m.submodules.walker = walker = GapWalker(layout)
        m.submodules.host = host = HostPort(layout)
        m.submodules.orders = orders = ShiftQueue(order_layout(layout), self.ORDERS + layout.recurrent)

        m.submodules.order = order = StreamRegister(order_layout(layout))
        wiring.connect(m, orders.output, order.input)
        if layout.recurrent:
            m.submodules.unroll = unroll = Unroll(layout)
            wiring.connect(m, order.output, unroll.orders)
            wiring.connect(m, unroll.steps, update.orders)
            m.d.comb += [
                unroll.known.eq(backward.target),
                unroll.ended.eq(backward.push & backward.order.end),
                unroll.last_step.eq(host.last_step),
            ]
        else:
            wiring.connect(m, order.output, update.orders)
        m.submodules.beat = beat = StreamRegister(self.samples.payload.shape())
        cache = self._connect_samples(m, beat, loader, propagate)
        connect_front(m, loader, inputs, visible, propagate)
        wiring.connect(m, wiring.flipped(self.requests), host.requests)
        wiring.connect(m, wiring.flipped(self.replies), host.replies)
        wiring.connect(m, propagate.backward, backward.array)
        self._connect_hits(m, walker, update)

        # sample memories: activations first, the loader in the cycles between
        m.d.comb += [
            loader.grant.eq(~propagate.activation_write),
            loader.freed.eq(update.freed),
            samples.write.eq(loader.write | propagate.activation_write),
            samples.write_slot.eq(loader.write_slot),
            samples.write_step.eq(loader.write_step),
            samples.write_chunk.eq(loader.write_chunk),
            samples.write_data.eq(loader.write_data),
            samples.address.eq(update.sample_address),
            update.sample_data.eq(samples.data),
        ]
        with m.If(propagate.activation_write):
            m.d.comb += [
                samples.write_slot.eq(propagate.activation_slot),
                samples.write_step.eq(propagate.activation_step),
                samples.write_chunk.eq(propagate.activation_chunk),
                samples.write_data.eq(propagate.activation_data),
            ]

        # the planes; the host writes the visible one while the machine is idle
        m.d.comb += [
            visible.write.eq(update.visible_write | host.visible_write),
            visible.write_address.eq(update.visible_address),
            visible.write_column.eq(update.visible_column),
            visible.write_data.eq(update.visible_data),
            hidden.read.eq(update.read),
            hidden.address.eq(update.address),
            hidden.bank.eq(update.bank),
            hidden.both.eq(update.both),
            update.signs.eq(hidden.signs),
            update.read_data.eq(hidden.read_data),
            update.refused.eq(hidden.refused),
            hidden.write.eq(update.write),
            hidden.write_address.eq(update.write_address),
            hidden.write_bank.eq(update.write_bank),
            hidden.write_data.eq(update.write_data),
        ]
        with m.If(host.visible_write):
            m.d.comb += [
                visible.write_address.eq(host.visible_address),
                visible.write_column.eq(host.visible_column),
                visible.write_data.eq(host.data),
            ]

        # orders from the scan to the update engine
        m.d.comb += [
            orders.input.valid.eq(backward.push),
            orders.input.payload.eq(backward.order),
            # where stabilities are summed, one row more is on its way
            backward.room.eq(~orders.held[-5 if layout.recurrent else -4]),
            propagate.committed.eq(update.committed),
        ]

        # gated rows and reinforcement
        m.d.comb += [
            gated.read.eq(propagate.list_read),
            gated.read_address.eq(propagate.list_read_address),
            propagate.list_read_row.eq(gated.row),
            propagate.list_read_target.eq(gated.target),
            gated.write.eq(backward.list_write),
            gated.write_address.eq(backward.list_write_address),
            gated.write_row.eq(backward.list_write_row),
            gated.write_target.eq(backward.list_write_target),
            gated.table_address.eq(walker.table_address),
            walker.table_granted.eq(gated.table_granted & ~host.table_write),
            walker.table_data.eq(gated.table_data),
            gated.table_write.eq(host.table_write),
            gated.table_write_data.eq(host.data),
            walker.start.eq(update.walk),
            walker.load.eq(host.seed_write),
            walker.seed.eq(host.data),
            host.seed.eq(walker.state),
        ]
        with m.If(host.table_write):
            m.d.comb += gated.table_address.eq(host.table_address)

        # the host
        idle = Signal()
        m.d.comb += [
            idle.eq((loader.begun == update.freed) & update.idle & ~beat.holding),
            host.idle.eq(idle if cache is None else idle & ~cache.taken),
            propagate.margin.eq(host.margin),
            backward.group_size.eq(host.group_size),
            backward.gate.eq(host.gate),
            backward.last_step.eq(host.last_step),
            propagate.last_step.eq(host.last_step),
            update.host_commit.eq(host.commit),
            update.host_read.eq(host.counters_read if cache is None else host.counters_read | cache.read),
            update.host_write.eq(host.counters_write),
            update.host_address.eq(
                host.counters_address if cache is None else Mux(cache.taken, cache.address, host.counters_address)
            ),
            update.host_data.eq(host.data),
            host.counters_done.eq(update.host_done),
            host.counters_data.eq(update.host_result),
        ]
        m.d.comb += [
            host.decided.eq(propagate.results.valid & propagate.results.ready),
            host.triggered.eq(propagate.results.payload.triggered),
            host.winner.eq(order.output.valid & order.output.ready & ~order.output.payload.end),
            host.committed.eq(update.committed),
            host.word_read.eq(propagate.word_read),
            host.group_read.eq(update.group_read),
            host.sweeping.eq(update.sweeping),
        ]
        if cache is not None:
            wiring.connect(m, host.cache, cache.controls)
            m.d.comb += [
                cache.idle.eq(idle),
                cache.waiting.eq(self.requests.valid),
                cache.headers.eq(loader.headers),
                cache.done.eq(update.host_done),
                cache.group.eq(update.host_result),
                self.updating.eq(cache.updating),
            ]
        if self.traced:
            connect_trace(m, self.trace, propagate, backward, update)
        return m

    def _connect_samples(
        self, m: Module, beat: StreamRegister, loader: Loader, propagate: Propagate
    ) -> SampleCache | None:
        """Samples to the loader and results back, by way of the cache if there is one."""
        wiring.connect(m, beat.output, loader.samples)
        if not self.machine.cache_samples:
            wiring.connect(m, wiring.flipped(self.samples), beat.input)
            wiring.connect(m, wiring.flipped(self.results), propagate.results)
            return None
        m.submodules.cache = cache = SampleCache(self.layout)
        wiring.connect(m, wiring.flipped(self.samples), cache.samples)
        wiring.connect(m, cache.beats, beat.input)
        wiring.connect(m, propagate.results, cache.decided)
        wiring.connect(m, wiring.flipped(self.results), cache.results)
        return cache

    def _connect_hits(self, m: Module, walker: GapWalker, update: UpdateEngine) -> None:
        """From the walk to the sweep, with a memory between them or not."""
        m.submodules.slices = slices = HitSlices(self.layout)
        wiring.connect(m, walker.hits, slices.hits)
        m.d.comb += slices.walking.eq(walker.busy)
        if self.machine.hits_ahead:
            m.submodules.hits = hits = HitQueue(self.layout)
            wiring.connect(m, slices.slices, hits.input)
            wiring.connect(m, hits.output, update.hits)
            m.d.comb += [
                update.hits_found.eq(hits.output.valid),
                update.walking.eq(walker.busy | slices.found | hits.holding),
            ]
        else:
            wiring.connect(m, slices.slices, update.hits)
            m.d.comb += [update.hits_found.eq(slices.found), update.walking.eq(walker.busy | slices.found)]
