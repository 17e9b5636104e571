"""The host's side of a window network's trainer."""

from typing import Any

from amaranth.hdl import Module, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.host.bank import Bank
from bep_hw.host.port import HostPort, Target
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import address
from bep_hw.windows.layout import WindowLayout
from bep_hw.windows.samples import label_shape
from bep_hw.windows.scores import score_shape
from bep_hw.windows.units import bounds, bounds_layout
from bep_ref.config import WindowNetwork, lead_threshold


class WindowSettings(wiring.Signature):
    """What the host sets before samples are learned; it changes only while no sample is in flight."""

    def __init__(self, layout: WindowLayout) -> None:
        network = layout.network
        super().__init__(
            {
                "margin": Out(score_shape(layout).width - 1),  # the most lead with which a sample learns
                "settled": Out(1),  # kernels rest
                "group_size": Out(range(network.units + 1)),  # of selection ``group``
                "bounds": Out(data.ArrayLayout(bounds_layout(layout), len(network.offsets))),
            }
        )


class ReadoutAccess(wiring.Signature):
    """Reads or writes one counter of the read-out, while no sample is in flight."""

    def __init__(self, layout: WindowLayout) -> None:
        network = layout.network
        super().__init__(
            {
                "read": Out(1),  # in this cycle
                "write": Out(1),  # in this cycle
                "pair": Out(range(layout.pairs)),  # kernel and place
                "number": Out(label_shape(layout)),  # of the class
                "offset": Out(range(len(network.offsets))),
                "data": Out(network.readout),  # to be written; constant until ``done``
                "done": In(1),  # for one cycle: read at ``result``, or written
                "result": In(signed(network.readout)),
            }
        )


class WindowHost(HostPort):
    """`HostPort` with the registers of a window network, and a space for the read-out."""

    layout: WindowLayout

    def _own_ports(self) -> dict[str, Any]:
        return {"settings": Out(WindowSettings(self.layout)), "readout": Out(ReadoutAccess(self.layout))}

    def _settings(self) -> Bank:
        settings = self.settings
        words = {
            address("lead"): settings.margin,
            address("settled"): settings.settled,
            address("group_size"): settings.group_size,
        }
        for offset, limits in enumerate(settings.bounds):
            for number, name in enumerate(("active", "low", "high")):
                words[address("bounds", 3 * offset + number)] = getattr(limits, name)
        return Bank(settings=words)

    def _own_targets(self) -> list[Target]:
        readout = self.readout
        return [
            Target("readout", self._asks(Space.READOUT, write=False), readout.read, readout.done, readout.result),
            Target("counter", self._asks(Space.READOUT, write=True), readout.write, readout.done),
        ]

    def _pass_on_own(self, m: Module) -> None:
        request, readout, network = self.requests.payload, self.readout, self.layout.network
        offsets = (len(network.offsets) - 1).bit_length()
        classes = (network.classes - 1).bit_length()
        m.d.comb += [
            readout.offset.eq(request.address[:offsets]),
            readout.number.eq(request.address[offsets : offsets + classes]),
            readout.pair.eq(request.address[offsets + classes :]),
            readout.data.eq(request.data),
        ]


def window_settings(
    network: WindowNetwork, margin: float, gate: float, group_size: int, settled: bool
) -> dict[int, int]:
    """Register writes (address -> value) of a window ``network``'s settings."""
    writes = {
        address("lead"): lead_threshold(margin, network.units),
        address("settled"): int(settled),
        address("group_size"): group_size,
    }
    limits = bounds(network.geometry.fan_in, network.thresholds, gate)
    for offset, values in enumerate(limits):
        for number, name in enumerate(("active", "low", "high")):
            writes[address("bounds", 3 * offset + number)] = values[name]
    return writes
