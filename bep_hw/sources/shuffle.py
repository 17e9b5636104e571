"""The numbers of the cache's samples in the order of one epoch after the other (`bep_ref.runs.shuffle`)."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_ref.runs.shuffle import KEY_BITS, ROUNDS, TAPS, next_key, order


class Shuffle(wiring.Component):
    """``indices`` of ``bits`` bits below ``count``: epoch after epoch without an end, each of them shuffled anew.

    ``key`` is loaded on ``load``, and its epoch begins. An index takes 33 cycles, and one that is not below ``count``
    as many for nothing: with ``count`` above half of ``2**bits`` a sample takes 66 at most, in the mean of an epoch.
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits
        super().__init__(
            {
                "load": In(1),
                "key": In(KEY_BITS),
                "count": In(range((1 << bits) + 1)),
                "indices": Out(stream.Signature(range(1 << bits))),
            }
        )

    def model(self, key: int, count: int, epochs: int) -> NDArray[Any]:
        """Indices (epochs * count,) from ``key`` on."""
        orders = []
        for _ in range(epochs):
            orders.append(order(key, self.bits, count))
            key = next_key(key)
        return np.concatenate(orders)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        half, upper = self.bits // 2, self.bits - self.bits // 2
        key, index, position = Signal(KEY_BITS), Signal(self.bits), Signal(self.bits)
        number, turning = Signal(range(ROUNDS + 1)), Signal()  # rounds done, or steps to the next epoch's key
        following = Signal.like(position)
        x, y = index[:half], index[half:]
        inverted = [
            (x[(bit + 1) % half] & x[(bit + 3) % half]) ^ x[(bit + 2) % half] ^ key[bit] for bit in range(upper)
        ]
        turned = [key[(bit + 1) % KEY_BITS] ^ (turning & key[0] if bit in TAPS else 0) for bit in range(KEY_BITS)]
        done = number == ROUNDS
        m.d.comb += [
            following.eq(position + 1),
            self.indices.valid.eq(done & ~turning & (index < self.count)),
            self.indices.payload.eq(index),
        ]
        with m.If(~done):
            m.d.sync += [key.eq(Cat(turned)), number.eq(number + 1)]
            with m.If(~turning):
                m.d.sync += index.eq(Cat(y ^ Cat(inverted), x))
        with m.Elif(turning):
            m.d.sync += [turning.eq(0), number.eq(0)]
        with m.Elif(~self.indices.valid | self.indices.ready):
            m.d.sync += [position.eq(following), index.eq(following), turning.eq(following == 0), number.eq(0)]
        with m.If(self.load):
            m.d.sync += [key.eq(self.key), position.eq(0), index.eq(0), turning.eq(0), number.eq(0)]
        return m
