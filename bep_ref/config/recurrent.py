"""Shape of a recurrent network, and how a series becomes its steps."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from bep_ref.config.any_network import AnyNetwork
from bep_ref.config.record import Record, setting


@dataclass(frozen=True)
class RecurrentNetwork(AnyNetwork):
    """Shape of a many-to-one recurrent network: a state fed by each step's bits and by itself, then an output layer.

    A sample is a sequence of at most ``steps`` steps of ``inputs`` bits. Matrices of counters, in this order wherever
    there is one for each: xs (state, inputs), ss (state, state), sy (output, state).
    """

    kind: ClassVar[str] = "recurrent network"
    CHOSEN: ClassVar[tuple[str, ...]] = ("state", "output", "clock")
    SEQUENTIAL: ClassVar[bool] = True

    inputs: int = setting("input bits of a step, K_x", "1 to 65536 bits")
    state: int = setting("neurons of the state, K_s", "2 to 8192 neurons")
    output: int = setting("neurons of the output layer, K_y", "2 to 8192 neurons")
    classes: int = setting("classes", "2 to 256")
    counter_bits: int = setting("width B of the counter behind every trainable weight", "2 to 16 bits", 8)
    steps: int = setting("most steps of a sequence, T", "1 to 65536 steps", 65536)
    clock: int = setting(
        "h: neuron j of the state moves only in steps t (from 0) with t = j mod h; ours, not the paper's",
        "1 (every neuron moves in every step) to 64, and no more than there are steps",
        1,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("inputs", 1 <= self.inputs <= 65536)
        self._check("state", 2 <= self.state <= 8192)
        self._check("output", 2 <= self.output <= 8192)
        self._check("steps", 1 <= self.steps <= 65536)
        self._check("clock", 1 <= self.clock <= min(64, self.steps))
        self._check_ends()

    @property
    def widths(self) -> tuple[int, ...]:
        return self.state, self.output

    @property
    def layer_names(self) -> tuple[str, ...]:
        return "state", "output"

    @property
    def unrolled(self) -> tuple[int, ...]:
        return (0,)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """``(rows, columns)`` of xs, ss and sy."""
        return (self.state, self.inputs), (self.state, self.state), (self.output, self.state)

    @property
    def matrix_names(self) -> tuple[str, ...]:
        return "inputs to state", "state to state", "state to output"

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        return (0, -1), (0, 0), (1, 0)

    @property
    def gate_fan_in(self) -> tuple[int, ...]:
        """K_s of both layers: an error of the state passes by ss, and one of the output layer by sy."""
        return self.state, self.state

    @property
    def longest_row(self) -> int:
        """The longer of the two that meet in the state."""
        return max(self.inputs, self.state)

    @property
    def software_only(self) -> str:
        clocked = f"clock: {self.clock} is out of range; it must be 1 in hardware so far"
        return clocked if self.clock > 1 else ""

    def widened(self, width: int) -> Self:
        return replace(self, state=width, output=width)

    def __str__(self) -> str:
        beat = f"/{self.clock}" if self.clock > 1 else ""
        return f"{self.inputs}-({self.state}{beat})-{self.output}-{self.classes}"


@dataclass(frozen=True)
class SeriesInput(Record):
    """How a series becomes the steps of a `RecurrentNetwork`: its values' bits, cut in windows, expanded."""

    window: int = setting("values of a series that one step sees", "1 to 65536 values", 1)
    stride: int = setting("values from one step's window to the next", "0 (the window's length) to 65536 values", 0)
    expansion: int = setting("bits of a step after the fixed random expansion sign(E x)", "0 (none) to 65536 bits", 255)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("window", 1 <= self.window <= 65536)
        self._check("stride", 0 <= self.stride <= 65536)
        self._check("expansion", 0 <= self.expansion <= 65536)
