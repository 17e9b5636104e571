"""The window that the array compares with, and the next one behind it, fetched meanwhile."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.parts.lookup import lookup
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.places import Places
from bep_hw.windows.reader import WindowReader, corner_layout
from bep_hw.windows.samples import header_layout, moved_by


class WindowFront(wiring.Component):
    """Walks the windows of one sample after the other, as soon as samples are ``complete`` (counted by the loader).

    ``full`` says that a window taken from now on is there in time; ``take`` promises that it will be used, and
    ``swap`` moves it into ``window``. ``swap`` follows ``take`` after at least one cycle, and before the next ``take``.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        machine = layout.machine
        self.reader = WindowReader(layout)
        super().__init__(
            {
                "complete": In(range(2 * machine.slots)),
                "headers": In(data.ArrayLayout(header_layout(layout), machine.slots)),
                # the image memory's port
                "ask": Out(1),
                "granted": In(1),
                "slot": Out(range(machine.slots)),
                "position": Out(self.reader.position.shape()),
                "read": In(self.reader.read.shape()),
                # windows
                "full": Out(1),
                "take": In(1),
                "swap": In(1),
                "window": Out(layout.geometry.fan_in),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout, slots = self.layout, self.layout.machine.slots
        m.submodules.reader = reader = self.reader
        m.submodules.places = places = Places(layout)
        offsets = pool_offsets(layout)

        # the window to request: one of those pooled in a place, of a sample that is there
        sample, pooled = Signal(range(2 * slots)), Signal(range(len(offsets)))
        header = Signal(header_layout(layout))
        request = Signal(corner_layout(layout))
        ready, made = Signal(), Signal()
        m.d.comb += [
            header.eq(self.headers[sample[: (slots - 1).bit_length()]]),
            request.slot.eq(sample),
            request.position.eq(places.corner + lookup(m, offsets, pooled) + moved_by(layout, header)),
            ready.eq(sample != self.complete),
            made.eq(ready & (reader.requests.ready | ~reader.requests.valid)),
            places.step.eq(made & (pooled == len(offsets) - 1)),
        ]
        if layout.leaves:
            m.d.comb += request.edges.eq(edges(m, layout, places, pooled, header))
        held, waiting = Signal.like(request), Signal()
        m.d.comb += [reader.requests.valid.eq(waiting), reader.requests.payload.eq(held)]
        with m.If(reader.requests.ready):
            m.d.sync += waiting.eq(0)
        with m.If(made):
            m.d.sync += [waiting.eq(1), held.eq(request), pooled.eq(pooled + 1)]
            with m.If(places.step):
                m.d.sync += pooled.eq(0)
                with m.If(places.last):
                    m.d.sync += sample.eq(sample + 1)

        # all reads of the next window are made; what is read enters from the top
        fetched = Signal()
        following = Signal.like(self.window, reset_less=True)
        m.d.comb += [
            reader.wanted.eq(~fetched | self.take),
            reader.granted.eq(self.granted),
            reader.read.eq(self.read),
            self.ask.eq(reader.ask),
            self.slot.eq(reader.slot),
            self.position.eq(reader.position),
        ]
        m.d.sync += self.full.eq(fetched & ~self.take)
        with m.If(self.take):
            m.d.sync += fetched.eq(0)
        with m.If(reader.requests.valid & reader.requests.ready):
            m.d.sync += fetched.eq(1)
        with m.If(reader.valid):
            m.d.sync += following.eq(Cat(following, reader.bits)[len(reader.bits) :])
        with m.If(self.swap):
            m.d.sync += self.window.eq(following)
        return m


def pool_offsets(layout: WindowLayout) -> list[int]:
    """Positions from a place's first window to each of its pooled windows."""
    geometry = layout.geometry
    columns = geometry.shape[1]
    (rows, across), spacing = geometry.pool, geometry.spacing
    return [(down * columns + right) * spacing for down in range(rows) for right in range(across)]


def edges(m: Module, layout: WindowLayout, places: Places, pooled: Signal, header: Signal) -> Cat:
    """Where a window of a moved sample leaves the input: above, below, left, right."""
    geometry = layout.geometry
    corners, count = list(geometry.corners()), geometry.places[1]

    def touches(axis: int, place: Signal) -> tuple[Signal, Signal]:
        starts = [corner[axis] for corner in (corners[::count] if axis == 0 else corners[:count])]
        size, window, pool = geometry.shape[axis], geometry.window[axis], geometry.pool
        steps = [
            geometry.spacing * (number // pool[1] if axis == 0 else number % pool[1])
            for number in range(geometry.pooled)
        ]
        first = [sum(1 << number for number, step in enumerate(steps) if start + step == 0) for start in starts]
        last = [
            sum(1 << number for number, step in enumerate(steps) if start + step + window == size) for start in starts
        ]
        return tuple(lookup(m, table, place).bit_select(pooled, 1) for table in (first, last))

    above, below = touches(0, places.row)
    left, right = touches(1, places.column)
    up, down = header.down == 3, header.down == 1
    return Cat(above & up, below & down, left & (header.right == 3), right & (header.right == 1))
