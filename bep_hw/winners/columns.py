"""Column accumulators: the sums of a backward pass, one lane an input of the rows read."""

from typing import Any

from amaranth.hdl import Cat, Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray


class ColumnSums(wiring.Component):
    """Counts, in every lane, the rows whose weight agrees with the row's error signal.

    The sign of ``2p - n`` over n rows is wanted; the counter starts at ``-ceil(n / 2)``, so that it is the counter's
    own sign (n = 0 and a tie give +1). The start value is added with the first row, to a counter cleared before.

    Parameters: ``lanes``; ``most_rows``, the largest n. Ports: ``weights`` (lanes) with ``error`` on ``valid``, a bit
    for every ``TOGETHER`` lanes, all alike; ``start``, -ceil(n / 2) with the first row and 0 with all others;
    ``clear``, which is needed behind a reset too; ``targets`` (lanes), +1 as 1, one cycle after a row.
    """

    TOGETHER = 64
    """Lanes that a register of the error signal feeds; its wires end in a LUT in front of each lane's carry chain."""

    def __init__(self, lanes: int, most_rows: int) -> None:
        self.lanes = lanes
        self.bits = self.width(most_rows)
        super().__init__(
            {
                "valid": In(1),
                "start": In(signed(self.bits)),
                "clear": In(1),
                "error": In(-(-lanes // self.TOGETHER)),
                "weights": In(lanes),
                "targets": Out(lanes),
            }
        )

    @staticmethod
    def width(most_rows: int) -> int:
        """Bits of a counter, its sign included."""
        return (-(-most_rows // 2)).bit_length() + 1

    def model(self, weights: NDArray[Any], error: NDArray[Any]) -> NDArray[Any]:
        """Targets (lanes,) of a pass over n rows: ``weights`` (n, lanes) and ``error`` (n,), all bits."""
        agree = (weights == error[:, None]).sum(axis=0)
        return (2 * agree >= len(weights)).astype(int)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for lane in range(self.lanes):
            # cleared by ``clear`` alone, so that its wire, which goes to every lane, comes right out of a flip-flop
            total = Signal(self.bits, name=f"total{lane}", reset_less=True)
            agree = ~(self.weights[lane] ^ self.error.bit_select(lane // self.TOGETHER, 1))
            # the lowest position makes the agreeing bit the adder's carry-in
            added = (Cat(1, total) + Cat(agree, self.start)) >> 1
            with m.If(self.clear):
                m.d.sync += total.eq(0)
            with m.Elif(self.valid):
                m.d.sync += total.eq(added)
            m.d.comb += self.targets[lane].eq(~total[-1])
        return m
