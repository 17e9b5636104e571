"""Shape of a multilayer perceptron."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.patches import Patches
from bep_ref.config.record import setting


@dataclass(frozen=True)
class Network(AnyNetwork):
    """Shape of a multilayer perceptron: ``inputs`` bits, hidden layers, a fixed classifier of ``classes`` rows.

    ``counter_bits`` is the width B of the saturating counters behind every trainable weight. With a ``patch``, inputs
    are the pixels of an ``image`` (`bep_ref.config.patches`); a ``readout`` is that of `bep_ref.networks.readout`.
    """

    kind: ClassVar[str] = "perceptron"
    CHOSEN: ClassVar[tuple[str, ...]] = ("hidden", "patch", "readout")

    inputs: int = setting("input bits of a sample", "1 to 65536 bits")
    hidden: tuple[int, ...] = setting("neurons of each hidden layer", "2 to 8192 neurons in each of 1 to 8 layers")
    classes: int = setting("classes", "2 to 256")
    counter_bits: int = setting("width B of the counter behind every trainable weight", "2 to 16 bits", 8)
    patch: int = setting(
        "side of the patch of the image that each neuron of the first layer sees",
        "0 (it sees all inputs) or 1 pixel to the shorter side of the image",
        0,
    )
    readout: int = setting(
        "width of the counters of an integer read-out, which predicts in the classifier's place",
        "0 (no read-out) or 2 to 16 bits",
        0,
    )
    image: tuple[int, ...] = setting("rows and columns of the image that patches are of", "2 sizes of 1 to 4096", ())

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("inputs", 1 <= self.inputs <= 65536)
        self._check("hidden", 1 <= len(self.hidden) <= 8, list(self.hidden))
        for width in self.hidden:
            self._check("hidden", 2 <= width <= 8192, width)
        self._check_ends()
        self._check("readout", self.readout == 0 or 2 <= self.readout <= 16)
        if self.patch:
            rows_columns = len(self.image) == 2 and all(1 <= size <= 4096 for size in self.image)
            self._check("image", rows_columns and self.inputs % math.prod(self.image) == 0, list(self.image))
            self._check("patch", 1 <= self.patch <= min(self.image))

    @property
    def patches(self) -> Patches | None:
        """What the first layer's neurons see, where that is not everything."""
        if not self.patch:
            return None
        rows, columns = self.image
        return Patches(rows, columns, self.patch, self.inputs // (rows * columns))

    @property
    def widths(self) -> tuple[int, ...]:
        return self.hidden

    @property
    def layer_names(self) -> tuple[str, ...]:
        return tuple(f"layer {number}" for number in range(1, len(self.hidden) + 1))

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        return tuple(zip(self.hidden, (self._seen, *self.hidden[:-1]), strict=True))

    @property
    def matrix_names(self) -> tuple[str, ...]:
        return self.layer_names

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        return tuple((layer, layer - 1) for layer in range(len(self.hidden)))

    @property
    def gate_fan_in(self) -> tuple[int, ...]:
        return self.fan_in

    @property
    def longest_row(self) -> int:
        """The first layer's: it is the longest by far in most networks."""
        return self.inputs

    @property
    def software_only(self) -> str:
        for name in ("patch", "readout"):
            if value := getattr(self, name):
                return f"{name}: {value} is out of range; it must be 0 here so far"
        return ""

    def widened(self, width: int) -> Self:
        return replace(self, hidden=(width,) * len(self.hidden))

    @property
    def _seen(self) -> int:
        """Inputs that a neuron of the first layer sees."""
        return self.patches.fan_in if self.patches else self.inputs

    def __str__(self) -> str:
        first, *others = self.hidden
        seen = f"{first}@{self.patch}x{self.patch}" if self.patch else first
        read = f" with a {self.readout}-bit read-out" if self.readout else ""
        return "-".join(str(n) for n in (self.inputs, seen, *others, self.classes)) + read
