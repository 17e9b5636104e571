"""The memories of a chip, shape by shape, and what they take of its block RAM: exactly what synthesis makes of them."""

from bep_boards.chips.block_ram import Shape
from bep_boards.chips.families import FAMILIES
from bep_boards.chips.family import Device
from bep_boards.flow.synthesis import SPILL_BITS
from bep_hw.interfaces.learning import slice_layout
from bep_hw.learning.hidden_plane import SPRAM_WIDTH, part_width
from bep_hw.learning.hit_queue import HitQueue
from bep_hw.link.opcodes import BUFFER_BYTES
from bep_hw.plan.layout import SPRAM_DEPTH, Layout
from bep_hw.winners.gated_list import gated_list_shape

BLOCKS = {family.name: family.block_ram for family in FAMILIES}
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
        part = part_width(depth)
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
    block = device.family.block_ram
    chosen = sorted((shape for shape in memories(layout) if block.in_block(shape)), key=lambda shape: shape.bits)
    over = sum(map(block.number, chosen)) - device.limits[device.family.memories[block.primitive]]
    if over > 0 and sum(shape.bits for shape in chosen[:over]) <= SPILL_BITS:
        return chosen[over:]
    return chosen


def block_rams(layout: Layout, device: Device) -> dict[str, int]:
    """How many of each memory primitive a board with ``layout``'s trainer takes."""
    block = device.family.block_ram
    found = {block.primitive: sum(map(block.number, in_blocks(layout, device)))}
    found |= {primitive: spram_blocks(layout) for primitive in (device.family.single_port,) if primitive}
    return {primitive: number for primitive, number in found.items() if number}
