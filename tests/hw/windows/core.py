"""A window network's hardware without an update engine: its weights rest, its orders are collected."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from bep_hw.plan.ports import result_layout, sample_layout
from bep_hw.windows.array import WindowArray
from bep_hw.windows.head import Head
from bep_hw.windows.image import ImageMemory
from bep_hw.windows.images import pack_visible
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.orders import order_layout
from bep_hw.windows.samples import ImageLoader
from bep_hw.windows.units import bounds


class Core(wiring.Component):
    """Samples in, results and orders out; ``freed`` counts as the update engine would."""

    def __init__(self, layout: WindowLayout, words: dict[int, int], limits: Any, draw_bits: int = 5) -> None:
        self.layout, self.words, self.limits = layout, words, limits
        self.loader, self.image = ImageLoader(layout), ImageMemory(layout)
        self.array, self.head = WindowArray(layout), Head(layout, draw_bits)
        super().__init__(
            {
                "samples": In(stream.Signature(sample_layout(layout.network, layout.machine))),
                "results": Out(stream.Signature(result_layout(layout.network))),
                "push": Out(1),
                "order": Out(order_layout(layout)),
                "room": In(1),
                "free": In(1),
                "committed": In(1),
                "down": In(2),
                "right": In(2),
                "begins": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        loader, image, array, head = self.loader, self.image, self.array, self.head
        m.submodules.loader, m.submodules.image, m.submodules.array, m.submodules.head = loader, image, array, head
        m.submodules.plane = plane = Memory(
            shape=self.layout.word_lanes,
            depth=self.layout.plane_depth,
            init=[self.words.get(word, 0) for word in range(self.layout.plane_depth)],
        )
        read = plane.read_port()
        wiring.connect(m, wiring.flipped(self.samples), loader.samples)
        wiring.connect(m, wiring.flipped(self.results), head.results)
        freed = Signal.like(loader.freed)
        m.d.sync += freed.eq(freed + self.free)
        m.d.comb += [
            loader.freed.eq(freed),
            loader.down.eq(self.down),
            loader.right.eq(self.right),
            self.begins.eq(loader.begins),
            image.write.eq(loader.write),
            image.write_slot.eq(loader.write_slot),
            image.write_beat.eq(loader.write_beat),
            image.write_data.eq(loader.write_data),
            image.slot.eq(array.slot),
            image.position.eq(array.position),
            array.read.eq(image.bits),
            array.granted.eq(1),
            array.complete.eq(loader.complete),
            array.headers.eq(loader.headers),
            head.headers.eq(loader.headers),
            read.addr.eq(array.plane_address),
            read.en.eq(1),
            array.plane_data.eq(read.data),
            array.free.eq(head.free),
            head.begins.eq(array.begins),
            head.units_valid.eq(array.units_valid),
            head.units.eq(array.units),
            array.committed.eq(self.committed),
            self.push.eq(head.push),
            self.order.eq(head.order),
            head.room.eq(self.room),
        ]
        for port, limit in zip(array.bounds, self.limits, strict=True):
            m.d.comb += [getattr(port, name).eq(value) for name, value in limit.items()]
        return m


def words_of(layout: WindowLayout, weights: Any) -> dict[int, int]:
    """The visible plane's words."""
    words: dict[int, int] = {}
    for (word, column), value in pack_visible(layout, weights).items():
        words[word] = words.get(word, 0) | value << column * layout.column
    return words


def limits_of(net: Any) -> Any:
    return bounds(net.network.geometry.fan_in, net.network.thresholds, net.training.gate)
