"""What a trainer and hardware that only infers share: samples and weights on their way to the array."""

from amaranth.hdl import Module
from amaranth.lib import wiring

from bep_hw.array.propagate import Propagate
from bep_hw.array.samples import Loader, SampleMemory
from bep_hw.array.visible_plane import VisiblePlane


def connect_front(m: Module, loader: Loader, inputs: SampleMemory, visible: VisiblePlane, propagate: Propagate) -> None:
    """The loader writes ``inputs``; ``propagate`` reads them and the ``visible`` plane."""
    wiring.connect(m, loader.write, inputs.write)
    wiring.connect(m, loader.arrivals, propagate.arrivals)
    wiring.connect(m, propagate.inputs, inputs.read)
    wiring.connect(m, propagate.visible, visible.read)
