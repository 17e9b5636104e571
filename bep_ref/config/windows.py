"""Shape of a window network."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.geometry import Geometry
from bep_ref.config.record import setting


@dataclass(frozen=True)
class WindowNetwork(AnyNetwork):
    """Kernels that look through windows, and a read-out of integers.

    Kernel and place meet in T units, one for each of ``offsets``: unit (place * T + t) * m + n is +1 where the best
    match of kernel n reaches offset t. A read-out counter of ``readout`` bits stands for every class and unit.
    """

    kind: ClassVar[str] = "window network"
    CLASSIFIED: ClassVar[bool] = False
    CHOSEN: ClassVar[tuple[str, ...]] = ("geometry", "offsets", "readout")

    geometry: Geometry = setting("where kernels look", "a Geometry")
    classes: int = setting("classes", "2 to 256")
    offsets: tuple[float, ...] = setting(
        "thresholds of a kernel's match, each a unit of the read-out (fractions of the fan-in)",
        "1 to 16 different numbers of -1 to 1, rising",
        (0.2,),
    )
    counter_bits: int = setting("width B of the counter behind every trainable weight", "2 to 16 bits", 8)
    readout: int = setting("width of the read-out's counters", "2 to 16 bits", 10)

    def __post_init__(self) -> None:
        super().__post_init__()
        inside = all(-1 <= offset <= 1 for offset in self.offsets)
        rising = list(self.offsets) == sorted(set(self.offsets))
        self._check("offsets", 1 <= len(self.offsets) <= 16 and inside and rising, list(self.offsets))
        self._check_ends()
        self._check("readout", 2 <= self.readout <= 16)
        # so that a score is within 32 bits
        self._check("geometry", self.units < 65536, f"{self.units} units in all")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        geometry = values.get("geometry")
        known = {"geometry": Geometry.from_dict(geometry)} if isinstance(geometry, dict) else {}
        return super().from_dict(values | known)

    def chosen(self) -> dict[str, Any]:
        return super().chosen() | {"geometry": self.geometry.to_dict()}

    @property
    def inputs(self) -> int:
        """Input bits of a sample."""
        return self.geometry.inputs

    @property
    def units(self) -> int:
        """Units that the read-out reads, U."""
        return self.geometry.place_count * len(self.offsets) * self.geometry.kernels

    @property
    def thresholds(self) -> tuple[int, ...]:
        """``theta_t = floor(o_t * K)``: a unit is +1 where 2p - K is at least this, p the agreeing bits."""
        return tuple(math.floor(offset * self.geometry.fan_in) for offset in self.offsets)

    @property
    def readout_range(self) -> tuple[int, int]:
        """Smallest and largest counter of the read-out."""
        return -(1 << (self.readout - 1)), (1 << (self.readout - 1)) - 1

    @property
    def readout_counters(self) -> int:
        """Counters of the read-out."""
        return self.classes * self.units

    @property
    def widths(self) -> tuple[int, ...]:
        """Units, in the one layer that chooses which of them learn."""
        return (self.units,)

    @property
    def layer_names(self) -> tuple[str, ...]:
        return ("units",)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """``(kernels, K)`` of the kernels' counters."""
        return ((self.geometry.kernel_count, self.geometry.fan_in),)

    @property
    def matrix_names(self) -> tuple[str, ...]:
        return ("kernels",)

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        return ((0, -1),)

    @property
    def gate_fan_in(self) -> tuple[int, ...]:
        """Bits of a window."""
        return self.fan_in

    @property
    def longest_row(self) -> int:
        """Bits of a window."""
        return self.geometry.fan_in

    @property
    def software_only(self) -> str:
        if len(self.offsets) > 1 and self.geometry.kernels < 2:
            return f"kernels: {self.geometry.kernels} with several offsets; hardware needs at least 2 kernels per place"
        return ""

    def __str__(self) -> str:
        offsets = f", {len(self.offsets)} offsets" if len(self.offsets) > 1 else ""
        return f"{self.geometry}{offsets}, {self.readout}-bit read-out of {self.classes} classes"
