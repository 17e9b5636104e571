"""What a trainer and hardware that only infers share: samples and weights on their way to the array."""

from amaranth.hdl import Module

from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.array.visible_plane import VisiblePlane


def connect_front(m: Module, loader: Loader, inputs: SampleMemory, visible: VisiblePlane, propagate: Propagate) -> None:
    """The loader writes ``inputs``; ``propagate`` reads them and the ``visible`` plane."""
    m.d.comb += [
        inputs.write.eq(loader.write),
        inputs.write_slot.eq(loader.write_slot),
        inputs.write_step.eq(loader.write_step),
        inputs.write_chunk.eq(loader.write_chunk),
        inputs.write_data.eq(loader.write_data),
        inputs.address.eq(propagate.fetch_address),
        propagate.fetch_data.eq(inputs.data),
        propagate.complete.eq(loader.complete),
        propagate.headers.eq(loader.headers),
        visible.address.eq(propagate.plane_address),
        propagate.plane_data.eq(visible.data),
    ]
