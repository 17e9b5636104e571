"""Block RAM: the shapes it can take, and what synthesis makes of a memory."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A memory of ``depth`` words of ``width`` bits, a port to read and one to write; ``name`` is the hardware's."""

    name: str
    width: int
    depth: int

    @property
    def bits(self) -> int:
        return self.width * self.depth


@dataclass(frozen=True)
class Block:
    """A block RAM: its ``primitive`` and the ``shapes`` that it can take: width, depth, bits written together.

    ``cost`` is what yosys counts for one, beside 1 for a bit in logic and ``lut_cost`` for 16 words of 4 bits in LUTs
    (0: the chip has none).
    """

    primitive: str
    shapes: tuple[tuple[int, int, int], ...]
    cost: int
    lut_cost: int = 0

    def number(self, shape: Shape) -> int:
        """Blocks that ``shape`` takes, side by side and on top of each other, as yosys cuts it.

        What lies on top may share a block, word beside word, as far as words are made of bits written together; half a
        unit is a bit of the multiplexer behind it.
        """
        cuts = []
        for width, depth, together in self.shapes:
            on_top = -(-shape.depth // depth)
            blocks = -(-on_top * together * -(-shape.width // together) // width)
            cuts.append((self.cost * blocks + (on_top - 1) * shape.width / 2, blocks))
        return min(cuts)[1]

    def lut_rams(self, shape: Shape) -> int:
        """16 x 4 bit LUT memories that ``shape`` takes."""
        return -(-shape.width // 4) * -(-shape.depth // 16) if self.lut_cost else 0

    def in_block(self, shape: Shape) -> bool:
        """Whether yosys prefers block RAM. Half a unit is a bit of the multiplexer behind LUT memories."""
        if self.lut_cost:
            banks = -(-shape.depth // 16)
            elsewhere = self.lut_cost * self.lut_rams(shape) + (banks - 1) * (shape.width + 1) / 2
        else:
            elsewhere = shape.bits
        return self.cost * self.number(shape) <= elsewhere
