"""Shape of a multilayer perceptron."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.record import setting


@dataclass(frozen=True)
class Network(AnyNetwork):
    """Shape of a multilayer perceptron: ``inputs`` bits, hidden layers, a fixed classifier of ``classes`` rows.

    ``counter_bits`` is the width B of the saturating counters behind every trainable weight. A ``readout`` is
    that of `bep_ref.networks.readout`.
    """

    kind: ClassVar[str] = "perceptron"
    CHOSEN: ClassVar[tuple[str, ...]] = ("hidden", "readout")
    REMOVED: ClassVar[Mapping[str, Any]] = {"patch": 0, "image": []}

    inputs: int = setting("input bits of a sample", "1 to 65536 bits")
    hidden: tuple[int, ...] = setting("neurons of each hidden layer", "2 to 8192 neurons in each of 1 to 8 layers")
    classes: int = setting("classes", "2 to 256")
    counter_bits: int = setting("width B of the counter behind every trainable weight", "2 to 16 bits", 8)
    readout: int = setting(
        "width of the counters of an integer read-out, which predicts in the classifier's place",
        "0 (no read-out) or 2 to 16 bits",
        0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("inputs", 1 <= self.inputs <= 65536)
        self._check("hidden", 1 <= len(self.hidden) <= 8, list(self.hidden))
        for width in self.hidden:
            self._check("hidden", 2 <= width <= 8192, width)
        self._check_ends()
        self._check("readout", self.readout == 0 or 2 <= self.readout <= 16)

    @property
    def widths(self) -> tuple[int, ...]:
        return self.hidden

    @property
    def layer_names(self) -> tuple[str, ...]:
        return tuple(f"layer {number}" for number in range(1, len(self.hidden) + 1))

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        return tuple(zip(self.hidden, (self.inputs, *self.hidden[:-1]), strict=True))

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
        return f"readout: {self.readout} is out of range; it must be 0 here so far" if self.readout else ""

    def widened(self, width: int) -> Self:
        return replace(self, hidden=(width,) * len(self.hidden))

    def __str__(self) -> str:
        read = f" with a {self.readout}-bit read-out" if self.readout else ""
        return "-".join(str(n) for n in (self.inputs, *self.hidden, self.classes)) + read
