"""The memories of a chip, shape by shape, and what they take of its block RAM: exactly what synthesis makes of them."""

from dataclasses import dataclass

from bep_boards.chips.device import Device
from bep_boards.flow.synthesis import SPILL_BITS
from bep_hw.interfaces.learning import slice_layout
from bep_hw.learning.hidden_plane import PART_BLOCKS, SPRAM_WIDTH
from bep_hw.learning.hit_queue import HitQueue
from bep_hw.link.opcodes import BUFFER_BYTES
from bep_hw.plan.layout import SPRAM_DEPTH, Layout
from bep_hw.winners.gated_list import gated_list_shape

SPRAM = "SB_SPRAM256KA"


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


BLOCKS = {
    "ice40": Block("SB_RAM40_4K", ((16, 256, 1), (8, 512, 8), (4, 1024, 4), (2, 2048, 2)), 64),
    "ecp5": Block(
        "DP16KD",
        ((36, 512, 9), (18, 1024, 9), (9, 2048, 9), (4, 4096, 4), (2, 8192, 2), (1, 16384, 1)),
        cost=128,
        lut_cost=4,
    ),
}
"""By family."""


def memories(layout: Layout) -> tuple[Shape, ...]:
    """Every memory of a board but SPRAM, by its place in the hardware."""
    network, machine = layout.network, layout.machine
    chunk, slots = machine.update_lanes, machine.slots
    steps, most = layout.steps, max(place.total for place in layout.layers).bit_length()
    shapes = [Shape(f"visible.column{i}", layout.column, layout.plane_depth) for i in range(layout.columns_per_word)]
    shapes.append(Shape("inputs.block", chunk, slots * steps * layout.input_chunks))
    if layout.recurrent or any(place.words > 1 for place in layout.layers):  # else nothing is ever added to
        shapes.append(Shape("propagate.preactivation.sums", most, layout.rows_depth))
    if machine.training:
        magnitude = max(network.fan_in).bit_length()
        shapes += [
            Shape("samples.block", chunk, slots * steps * layout.slot_chunks),
            Shape("backward.pre_activations", magnitude + 1, layout.z_depth),
            Shape("gated.entries", *gated_list_shape(layout)),
        ]
        if layout.recurrent:
            stability = (steps * max(network.fan_in)).bit_length() + 1
            shapes += [
                Shape("scan.stability.sums", stability, network.widths[0]),
                Shape("unroll.targets", 1, slots * steps * layout.step_rows),
            ]
        if not machine.spram:
            shapes += _hidden(layout)
        if machine.hits_ahead > HitQueue.SHORT:
            shapes.append(Shape("hits.entries", slice_layout(layout).size, machine.hits_ahead))
    if machine.receive_buffer:
        shapes.append(Shape("bridge.ring.memory", 8, BUFFER_BYTES))
    return tuple(shapes)


def _hidden(layout: Layout) -> list[Shape]:
    """The block RAM of counters and cache, in parts behind registers."""
    width, depth = layout.machine.update_lanes * layout.network.counter_bits, layout.bank_size
    part = width
    if layout.machine.register_plane:
        part = PART_BLOCKS * max(1, (18 << 10) >> max(9, (depth - 1).bit_length()))
    return [
        Shape(f"hidden.bank0.counters{number}", min(part, width - start), depth)
        for number, start in enumerate(range(0, width, part))
    ]


def spram_blocks(layout: Layout) -> int:
    """SPRAMs of the two banks of counters and cache."""
    if not (layout.machine.spram and layout.machine.training):
        return 0
    width = layout.machine.update_lanes * layout.network.counter_bits
    return layout.banks * -(-width // SPRAM_WIDTH) * -(-layout.bank_size // SPRAM_DEPTH)


def in_blocks(layout: Layout, device: Device) -> list[Shape]:
    """The memories that become block RAM; where it is short, small ones become logic (`bep_boards.flow.synthesis`)."""
    block = BLOCKS[device.family.name]
    chosen = sorted((shape for shape in memories(layout) if block.in_block(shape)), key=lambda shape: shape.bits)
    over = sum(map(block.number, chosen)) - device.limits[device.family.memories[block.primitive]]
    if over > 0 and sum(shape.bits for shape in chosen[:over]) <= SPILL_BITS:
        return chosen[over:]
    return chosen


def block_rams(layout: Layout, device: Device) -> dict[str, int]:
    """How many of each memory primitive a board with ``layout``'s trainer takes."""
    block = BLOCKS[device.family.name]
    found = {block.primitive: sum(map(block.number, in_blocks(layout, device))), SPRAM: spram_blocks(layout)}
    return {primitive: number for primitive, number in found.items() if number}
