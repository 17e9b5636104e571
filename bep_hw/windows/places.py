"""Steps from place to place: where each stands, and which words its kernels fill."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.parts.lookup import lookup
from bep_hw.windows.layout import WindowLayout, steps_of


class Places(wiring.Component):
    """The place that comes next after every ``step``, row by row; after the ``last`` one the first again."""

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        rows, columns, _ = layout.geometry.shape
        self.first = next(row * columns + column for row, column in layout.geometry.corners())
        super().__init__(
            {
                "step": In(1),
                "row": Out(range(layout.geometry.places[0])),
                "column": Out(range(layout.geometry.places[1])),
                # position of the upper left corner of the place's first window
                "corner": Out(range(rows * columns), init=self.first),
                # first word of the place's region
                "word": Out(range(layout.plane_depth)),
                "last": Out(1),
            }
        )

    def model(self) -> list[tuple[int, int]]:
        """``corner`` and ``word`` of every place, in order."""
        geometry, columns = self.layout.geometry, self.layout.geometry.shape[1]
        return [
            (row * columns + column, geometry.region(place) * self.layout.region_words)
            for place, (row, column) in enumerate(geometry.corners())
        ]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        geometry = self.layout.geometry
        (rows, columns), (region_rows, region_columns) = geometry.places, geometry.regions
        down, right = steps_of(geometry)
        ends_row = Signal()
        words = self.layout.region_words
        above = [region_rows * row // rows * region_columns * words for row in range(rows)]
        beside = [region_columns * column // columns * words for column in range(columns)]
        m.d.comb += [
            ends_row.eq(self.column == columns - 1),
            self.last.eq(ends_row & (self.row == rows - 1)),
            self.word.eq(lookup(m, above, self.row) + lookup(m, beside, self.column)),
        ]
        with m.If(self.step):
            m.d.sync += [
                self.column.eq(Mux(ends_row, 0, self.column + 1)),
                self.corner.eq(self.corner + Mux(ends_row, down - (columns - 1) * right, right)),
            ]
            with m.If(ends_row):
                m.d.sync += self.row.eq(self.row + 1)
            with m.If(self.last):
                m.d.sync += [self.row.eq(0), self.corner.eq(self.first)]
        return m
