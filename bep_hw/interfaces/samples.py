"""Samples on their way: into slots, out of slots, and from wherever records are kept."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import label_bits, result_layout, sample_layout


def header_layout(layout: Layout) -> data.StructLayout:
    """What the machine remembers of a sample beside its bits."""
    return data.StructLayout({"label": label_bits(layout.network), "train": 1, "last": 1})


def chunk_layout(layout: Layout) -> data.StructLayout:
    """One chunk of a record's inputs, with the record's label; ``final`` marks the record's last chunk."""
    return data.StructLayout({"chunk": layout.machine.update_lanes, "label": label_bits(layout.network), "final": 1})


class ChunkWrite(wiring.Signature):
    """Writes one chunk of a sample's slot."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # write in this cycle
                "slot": Out(range(layout.machine.slots)),  # of the sample
                "step": Out(range(layout.steps)),  # of a sequence; 0 of a single sample
                "chunk": Out(range(layout.slot_chunks)),  # counted from the beginning of the step
                "data": Out(layout.machine.update_lanes),  # bits, the first input or neuron lowest
            }
        )


class ChunkRead(wiring.Signature):
    """Reads a memory of samples with ``chunks`` chunks per step."""

    def __init__(self, layout: Layout, chunks: int) -> None:
        super().__init__(
            {
                "address": Out(range(layout.machine.slots * layout.steps * chunks)),  # (slot, step, chunk)
                "data": In(layout.machine.update_lanes),  # one cycle after its address
            }
        )


class Arrivals(wiring.Signature):
    """Reports which samples have been loaded, from the loader to everyone who uses them."""

    def __init__(self, layout: Layout) -> None:
        slots = layout.machine.slots
        super().__init__(
            {
                "complete": Out(range(2 * slots)),  # samples loaded to the last beat, modulo twice the slots
                "headers": Out(data.ArrayLayout(header_layout(layout), slots)),  # of the sample in each slot
            }
        )


class SampleStreams(wiring.Signature):
    """Gives samples to the trainer and gets their results, in order: the link does, and so do epochs."""

    def __init__(self, layout: Layout) -> None:
        network, machine = layout.network, layout.machine
        super().__init__(
            {
                "samples": Out(stream.Signature(sample_layout(network, machine))),  # one beat per chunk
                "results": In(stream.Signature(result_layout(network))),  # one per sample
            }
        )


class RecordSource(wiring.Signature):
    """Asks a store of samples for records by their index. The store may be a memory on the chip or beside it."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "indices": Out(stream.Signature(layout.index_bits)),  # taken together with the record's last chunk
                "chunks": In(stream.Signature(chunk_layout(layout))),  # one record after the other, in that order
            }
        )
