"""The trainer of a window network: samples in, predictions out, kernels and read-out learned in between."""

from amaranth.hdl import Module
from amaranth.lib import wiring

from bep_hw.array.visible_plane import VisiblePlane
from bep_hw.learning.hidden_plane import HiddenPlane
from bep_hw.learning.update import UpdateEngine
from bep_hw.parts.share import share_write
from bep_hw.parts.shift_queue import ShiftQueue
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.ports import edge_signature
from bep_hw.windows.array import WindowArray
from bep_hw.windows.chunks import WindowChunks
from bep_hw.windows.fork import OrderFork
from bep_hw.windows.head import Head
from bep_hw.windows.host import WindowHost
from bep_hw.windows.image import ImageMemory
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout
from bep_hw.windows.samples import ImageLoader
from bep_hw.windows.schedule import WindowSchedule
from bep_ref.config import Machine, WindowNetwork


class WindowTrainer(wiring.Component):
    """Matches, units, scores, decision, steps of kernels and read-out, and commit.

    The streams are those of `bep_hw.trainer.Trainer`, except that a beat carries positions of the input.
    """

    def __init__(self, network: WindowNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        self.layout = layout = WindowLayout(network, machine)
        super().__init__(edge_signature(network, machine))
        self.beat = StreamRegister(self.samples.payload.shape())
        self.loader, self.image = ImageLoader(layout), ImageMemory(layout)
        self.visible, self.hidden = VisiblePlane(layout), HiddenPlane(layout)
        self.array = WindowArray(layout, self.visible.delay)
        self.head = Head(layout, machine.draw_bits)
        self.orders = ShiftQueue(order_layout(layout), Head.IN_FLIGHT + 1)
        self.fork, self.chunks = OrderFork(layout), WindowChunks(layout)
        self.update = UpdateEngine(layout, WindowSchedule)
        self.host = WindowHost(layout)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for name in ("beat", "loader", "image", "visible", "hidden", "array", "head", "orders", "fork", "chunks"):
            m.submodules[name] = getattr(self, name)
        m.submodules.update, m.submodules.host = self.update, self.host
        self._connect_samples(m)
        self._connect_learning(m)
        self._connect_planes(m)
        self._connect_host(m)
        return m

    def _connect_samples(self, m: Module) -> None:
        """From the stream into the image memory, and from there to the array first, then to the update engine."""
        loader, image, array, chunks = self.loader, self.image, self.array, self.chunks
        wiring.connect(m, wiring.flipped(self.samples), self.beat.input)
        wiring.connect(m, self.beat.output, loader.samples)
        m.d.comb += [
            loader.freed.eq(self.update.freed),
            image.write.eq(loader.write),
            image.write_slot.eq(loader.write_slot),
            image.write_beat.eq(loader.write_beat),
            image.write_data.eq(loader.write_data),
            array.complete.eq(loader.complete),
            array.headers.eq(loader.headers),
            self.head.headers.eq(loader.headers),
            array.granted.eq(1),
            chunks.granted.eq(~array.ask),
            image.slot.eq(chunks.slot),
            image.position.eq(chunks.position),
            array.read.eq(image.bits),
            chunks.read.eq(image.bits),
        ]
        with m.If(array.ask):
            m.d.comb += [image.slot.eq(array.slot), image.position.eq(array.position)]

    def _connect_learning(self, m: Module) -> None:
        array, head, update, orders = self.array, self.head, self.update, self.orders
        wiring.connect(m, wiring.flipped(self.results), head.results)
        wiring.connect(m, orders.output, self.fork.orders)
        wiring.connect(m, self.fork.output, update.orders)
        wiring.connect(m, self.fork.windows, self.chunks.requests)
        wiring.connect(m, self.chunks.chunks, update.inputs)
        m.d.comb += [
            array.free.eq(head.free),
            array.committed.eq(update.commit.done),
            head.begins.eq(array.begins),
            head.units_valid.eq(array.units_valid),
            head.units.eq(array.units),
            orders.input.valid.eq(head.push),
            orders.input.payload.eq(head.order),
            head.room.eq(~orders.held[0]),
            self.fork.slot.eq(update.freed),
        ]

    def _connect_planes(self, m: Module) -> None:
        """Weights and counters; the host writes visible weights while the machine is idle."""
        share_write(m, self.visible.write, self.update.visible, self.host.visible)
        wiring.connect(m, self.update.read, self.hidden.read)
        wiring.connect(m, self.update.write, self.hidden.write)
        m.d.comb += [
            self.visible.read.address.eq(self.array.plane_address),
            self.array.plane_data.eq(self.visible.read.data),
        ]

    def _connect_host(self, m: Module) -> None:
        host, update, head = self.host, self.update, self.head
        wiring.connect(m, wiring.flipped(self.requests), host.requests)
        wiring.connect(m, wiring.flipped(self.replies), host.replies)
        wiring.connect(m, host.access, update.access)
        wiring.connect(m, host.commit, update.commit)
        order, events = update.orders, host.events
        decided = head.results.valid & head.results.ready
        m.d.comb += [
            host.idle.eq((self.loader.begun == update.freed) & update.idle & ~self.beat.holding),
            self.array.bounds.eq(host.settings.bounds),
            head.margin.eq(host.settings.margin),
            head.settled.eq(host.settings.settled),
            head.group_size.eq(host.settings.group_size),
            head.seed.eq(host.seed.value),
            head.seed_write.eq(host.seed.load),
            host.seed.state.eq(head.state),
            head.host_read.eq(host.readout.read),
            head.host_write.eq(host.readout.write),
            head.host_address.eq(host.readout.pair),
            head.host_class.eq(host.readout.number),
            head.host_offset.eq(host.readout.offset),
            head.host_data.eq(host.readout.data),
            host.readout.done.eq(head.host_done),
            host.readout.result.eq(head.host_value),
            events.samples.eq(decided),
            events.triggers.eq(decided & head.results.payload.triggered),
            events.winners.eq(order.valid & order.ready & ~order.payload.end),
            events.commits.eq(update.commit.done),
            events.propagate_words.eq(self.array.word_read),
            events.update_words.eq(update.group_read),
            events.sweep_cycles.eq(update.sweeping),
            events.sweep_words.eq(update.sweeping & update.group_read),
        ]
