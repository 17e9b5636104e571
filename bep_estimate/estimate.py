"""Everything that is told about a trainer before it is built."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bep_boards.board import Board
from bep_boards.chips.family import Device
from bep_estimate.cycles import cycles_per_sample
from bep_estimate.footprint import cells, coefficients
from bep_estimate.memories import block_rams
from bep_hw.plan.layout import SPRAM_DEPTH, Layout
from bep_ref.config import AnyNetwork, Machine, Workload


@dataclass(frozen=True)
class Size:
    """What one trainer takes of one chip: ``used`` and ``available`` by the names of `Device`."""

    lut4: int
    ff: int
    used: dict[str, int]
    available: dict[str, int]
    obstacle: str | None
    """What there is too little of, if anything."""

    @property
    def fits(self) -> bool:
        return self.obstacle is None


@dataclass(frozen=True)
class Estimate:
    """Figures of one trainer on one board; ``fmax_mhz`` is None where no board with this chip was measured."""

    network: AnyNetwork
    machine: Machine
    size: Size
    cycles_per_sample: float
    fmax_mhz: float | None

    @property
    def samples_per_second(self) -> float | None:
        return None if self.fmax_mhz is None else self.fmax_mhz * 1e6 / self.cycles_per_sample

    def report(self) -> dict[str, Any]:
        """As plain JSON types."""
        rate, size = self.samples_per_second, self.size
        return {
            "network": str(self.network),
            "machine": self.machine.to_dict(),
            "fits": size.fits,
            "obstacle": size.obstacle,
            "lut4": size.lut4,
            "ff": size.ff,
            "utilisation": {n: {"used": size.used[n], "available": size.available[n]} for n in size.used},
            "cycles_per_sample": round(self.cycles_per_sample, 1),
            "fmax_mhz": self.fmax_mhz,
            "samples_per_second": None if rate is None else round(rate),
        }


def size_of(network: AnyNetwork, machine: Machine, board: Board, found: Mapping[str, Any] | None = None) -> Size:
    """What ``network``'s trainer on ``machine`` takes of ``board``'s chip, by the coefficients ``found`` or ours."""
    layout, device = Layout(network, machine), board.device
    count = cells(layout, device, found or coefficients())
    logic, *others = device.limits
    used = {logic: count.logic} | {name: count.ff if name.endswith("_FF") else 0 for name in others}
    for primitive, number in block_rams(layout, device).items():
        used[device.family.memories[primitive]] = number
    available = {name: device.limits.get(name, 0) for name in used}
    # memories, which are known, before logic, which is told
    over = [name for name in reversed(used) if used[name] > available[name] * (device.fill if name == logic else 1)]
    if machine.spram and machine.training and layout.bank_size > SPRAM_DEPTH:
        over.insert(0, device.family.memories[device.family.single_port])
    return Size(count.lut4, count.ff, used, available, over[0] if over else None)


def estimate(network: AnyNetwork, machine: Machine, board: Board, workload: Workload) -> Estimate:
    """Figures of ``network``'s trainer on ``machine`` for ``board`` while it learns as ``workload`` says."""
    return Estimate(
        network=network,
        machine=machine,
        size=size_of(network, machine, board),
        cycles_per_sample=cycles_per_sample(Layout(network, machine), workload),
        fmax_mhz=clock_of(board.device),
    )


def clock_of(device: Device) -> float | None:
    """The clock in MHz that trainers reach on ``device``; None where no board with it was measured."""
    found: float | None = coefficients()["clocks"].get(device.name, {}).get("fmax_mhz")
    return found
