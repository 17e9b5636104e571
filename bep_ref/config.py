"""The frozen configuration: what learns (`Network`, `RecurrentNetwork`), how (`Training`), on which `Machine`.

The golden model, the hardware generator, the testbench, the estimator and the host all read these
objects; nothing they hold is written down a second time. Every field validates itself, and a bad value
raises :class:`ConfigError` with one line that names the field, the value and the limit.
"""

import math
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Self

from bep_ref.patches import Patches

RULES = ("bep", "local")
"""Learning rules: Binary Error Propagation, and local error signals."""


class ConfigError(ValueError):
    """A configuration value outside its limits. ``str(error)`` is one line, fit to show a user."""


def _require(ok: bool, name: str, value: object, limit: str) -> None:
    if not ok:
        raise ConfigError(f"{name}: {value} is out of range; it must be {limit}")


def setting(meaning: str, limit: str, default: Any = MISSING) -> Any:
    """A field of a configuration: its meaning and limit serve error messages and the command line's help alike."""
    return field(default=default, metadata={"meaning": meaning, "limit": limit})


class _Record:
    """Reading and writing a frozen configuration as plain JSON types."""

    def _check(self, name: str, ok: bool, value: object = None) -> None:
        """Refuse ``value`` (by default the field's own) by the limit the field declares."""
        limit = next(f.metadata["limit"] for f in fields(self) if f.name == name)  # type: ignore[arg-type]
        _require(ok, name, getattr(self, name) if value is None else value, limit)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        unknown = sorted(set(values) - known)
        if unknown:
            raise ConfigError(f"{cls.__name__}: unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
        try:
            return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
        except TypeError as error:
            raise ConfigError(f"{cls.__name__}: {error}") from None


class _Shape(_Record):
    """What follows from the matrices of counters, whatever network they belong to."""

    classes: int
    counter_bits: int

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        raise NotImplementedError

    def _check_ends(self) -> None:
        self._check("classes", 2 <= self.classes <= 256)
        self._check("counter_bits", 2 <= self.counter_bits <= 16)

    @property
    def synapses(self) -> int:
        """Trainable synapses, one counter each."""
        return sum(rows * columns for rows, columns in self.shapes)

    @property
    def counter_range(self) -> tuple[int, int]:
        """Smallest and largest counter value."""
        return -(1 << (self.counter_bits - 1)), (1 << (self.counter_bits - 1)) - 1


@dataclass(frozen=True)
class Network(_Shape):
    """Shape of a multilayer perceptron: ``inputs`` bits, hidden layers, a fixed classifier of ``classes`` rows.

    ``counter_bits`` is the width B of the saturating counters behind every trainable weight. With a ``patch``, inputs
    are the pixels of an ``image`` (:mod:`bep_ref.patches`); a ``readout`` is that of :mod:`bep_ref.readout`.
    """

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
        object.__setattr__(self, "hidden", tuple(int(width) for width in self.hidden))
        object.__setattr__(self, "image", tuple(int(size) for size in self.image))
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
        """Neurons of each layer that chooses winners."""
        return self.hidden

    @property
    def fan_in(self) -> tuple[int, ...]:
        """Fan-in K of each trainable layer, first layer first."""
        return (self.patches.fan_in if self.patches else self.inputs, *self.hidden[:-1])

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """``(neurons, fan-in)`` of each trainable layer."""
        return tuple(zip(self.hidden, self.fan_in, strict=True))

    def __str__(self) -> str:
        first, *others = self.hidden
        seen = f"{first}@{self.patch}x{self.patch}" if self.patch else first
        read = f" with a {self.readout}-bit read-out" if self.readout else ""
        return "-".join(str(n) for n in (self.inputs, seen, *others, self.classes)) + read


@dataclass(frozen=True)
class RecurrentNetwork(_Shape):
    """Shape of a many-to-one recurrent network: a state fed by each step's bits and by itself, then an output layer.

    A sample is a sequence of at most ``steps`` steps of ``inputs`` bits. Matrices of counters, in this order wherever
    there is one for each: xs (state, inputs), ss (state, state), sy (output, state).
    """

    inputs: int = setting("input bits of a step, K_x", "1 to 65536 bits")
    state: int = setting("neurons of the state, K_s", "2 to 8192 neurons")
    output: int = setting("neurons of the output layer, K_y", "2 to 8192 neurons")
    classes: int = setting("classes", "2 to 256")
    counter_bits: int = setting("width B of the counter behind every trainable weight", "2 to 16 bits", 8)
    steps: int = setting("most steps of a sequence, T", "1 to 65536 steps", 65536)

    def __post_init__(self) -> None:
        self._check("inputs", 1 <= self.inputs <= 65536)
        self._check("state", 2 <= self.state <= 8192)
        self._check("output", 2 <= self.output <= 8192)
        self._check("steps", 1 <= self.steps <= 65536)
        self._check_ends()

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of each layer that chooses winners: state, output."""
        return self.state, self.output

    @property
    def fan_in(self) -> tuple[int, ...]:
        """Fan-in of the neurons that each matrix feeds, for reinforcement.

        xs and ss meet in one pre-activation of K_x + K_s inputs, which is what its sign's stability depends on.
        """
        return self.inputs + self.state, self.inputs + self.state, self.state

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """``(rows, columns)`` of xs, ss and sy."""
        return (self.state, self.inputs), (self.state, self.state), (self.output, self.state)

    def __str__(self) -> str:
        return f"{self.inputs}-({self.state})-{self.output}-{self.classes}"


AnyNetwork = Network | RecurrentNetwork
"""Whatever learns: samples, or sequences."""


def perceptron(network: AnyNetwork, name: str) -> Network:
    """``network`` where only a plain multilayer perceptron will do; else :class:`ConfigError`, naming ``name``."""
    if not isinstance(network, Network):
        raise ConfigError(f"{name}: {network} is a recurrent network; only multilayer perceptrons will do here so far")
    for field_name in ("patch", "readout"):
        if value := getattr(network, field_name):
            raise ConfigError(f"{field_name}: {value} is out of range; it must be 0 here so far")
    return network


def on_chip(network: AnyNetwork, name: str) -> AnyNetwork:
    """``network`` where hardware can be it; else :class:`ConfigError`, naming ``name``."""
    return network if isinstance(network, RecurrentNetwork) else perceptron(network, name)


def network_from_dict(values: dict[str, Any]) -> AnyNetwork:
    """The network, of whichever kind, whose ``to_dict`` made ``values``."""
    return RecurrentNetwork.from_dict(values) if "state" in values else Network.from_dict(values)


@dataclass(frozen=True)
class SeriesInput(_Record):
    """How a series becomes the steps of a :class:`RecurrentNetwork`: its values' bits, cut in windows, expanded."""

    window: int = setting("values of a series that one step sees", "1 to 65536 values", 1)
    stride: int = setting("values from one step's window to the next", "0 (the window's length) to 65536 values", 0)
    expansion: int = setting("bits of a step after the fixed random expansion sign(E x)", "0 (none) to 65536 bits", 255)

    def __post_init__(self) -> None:
        self._check("window", 1 <= self.window <= 65536)
        self._check("stride", 0 <= self.stride <= 65536)
        self._check("expansion", 0 <= self.expansion <= 65536)


@dataclass(frozen=True)
class Training(_Record):
    """Hyperparameters of a run; each field's meaning begins with the paper's letter where it has one.

    ``margin`` and ``gate`` are fractions of the layer width; see :func:`margin_threshold` and
    :func:`gate_threshold` for the integers the machine compares with.
    """

    rule: str = setting(
        "learning rule: bep passes errors backward, local gives each layer a classifier and errors of its own",
        " or ".join(RULES),
        "bep",
    )
    margin: float = setting(
        "r: a sample causes an update while its lead is below r * K_L",
        "0 to 2 (fraction of the last layer's width)",
        0.5,
    )
    gate: float = setting("nu: an error passes a neuron with |z| <= nu * K", "0 to 1 (fraction of the fan-in)", 0.2)
    group_size: tuple[int, ...] = setting(
        "gamma_0: neurons that share one update, for each layer; none = the divisor of its width nearest to 15",
        "at least 1 neuron and a divisor of the layer's width",
        (),
    )
    reinforcement: float = setting("p_r: strength of reinforcement", "0 to 1", 0.5)
    settle_after: int = setting(
        "epochs after which weights rest and only the read-out learns", "at least 0 epochs (0: never)", 0
    )
    batch_size: int = setting("samples between two refreshes of the visible weights", "at least 1 sample", 50)
    epochs: int = setting("passes over the training data", "at least 1 epoch", 40)
    patience: int = setting(
        "epochs without a better validation accuracy before group sizes grow",
        "at least 0 epochs (0 keeps the group sizes)",
        10,
    )
    group_limit: float = setting(
        "group sizes never grow past this", "above 0 and at most 1 (fraction of the layer's width)", 0.25
    )
    shuffle_bits: int = setting(
        "bits of the indices that samples are shuffled by as a chip does that holds them",
        "0 (an order that needs memory: software's) or 9 to 16 bits, enough for the training samples",
        0,
    )
    validation: float = setting("training samples held out", "between 0 and 1, exclusive (fraction)", 0.1)
    sigma: float = setting("spread of the initial counters", "above 0 and at most 32768 (counts)", 32.0)
    seed: int = setting("seed of every random choice", "0 to 4294967295", 1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group_size", tuple(int(g) for g in self.group_size))
        self._check("rule", self.rule in RULES)
        self._check("margin", 0 <= self.margin <= 2)
        self._check("gate", 0 <= self.gate <= 1)
        for size in self.group_size:
            self._check("group_size", size >= 1, size)
        self._check("reinforcement", 0 <= self.reinforcement <= 1)
        self._check("settle_after", self.settle_after >= 0)
        self._check("batch_size", self.batch_size >= 1)
        self._check("epochs", self.epochs >= 1)
        self._check("patience", self.patience >= 0)
        self._check("group_limit", 0 < self.group_limit <= 1)
        self._check("shuffle_bits", self.shuffle_bits == 0 or 9 <= self.shuffle_bits <= 16)
        self._check("validation", 0 < self.validation < 1)
        self._check("sigma", 0 < self.sigma <= 32768)
        self._check("seed", 0 <= self.seed < 2**32)


@dataclass(frozen=True)
class Machine(_Record):
    """Widths of the hardware: synapses handled a cycle by each unit, any numbers that divide as stated.

    ``lanes`` is the visible plane's word. ``update_lanes`` counters are read, changed and written a cycle; it divides
    ``lanes``, and is also the chunk, the unit in which samples travel. ``backward_lanes`` column accumulators
    (0 = as many as the widest hidden layer can use). ``z_buffers`` = 2 keeps the first layer's pre-activations of two
    samples, so that a sample's forward pass never waits for the winners of the one before. ``hits_ahead`` reinforcement
    hits are drawn while a batch is learned, into a memory of their own. ``spram`` puts the counters
    into the UP5K's single-port memories. ``register_plane`` adds a register behind the visible plane's memories (worth
    it on ECP5), ``statistics`` the registers that count cycles and events. Without ``training`` there is no hidden
    plane and no update engine: weights are loaded, samples classified. With a ``receive_buffer``, one block RAM,
    several of the host's commands may be on their way to a board. ``rule`` is the learning rule it carries out.
    ``cache_samples`` samples, behind the counters in the hidden plane's memory, are learned epoch after epoch without
    the host (:mod:`bep_hw.cache`).
    """

    lanes: int = setting("visible weights read a cycle, M", "1 to 4096")
    update_lanes: int = setting(
        "counters stepped a cycle, N, and bits of a chunk", "a divisor of lanes, with SPRAM of half the lanes", 4
    )
    backward_lanes: int = setting("column accumulators, at most", "0 (as many as are of use) to 4096", 0)
    z_buffers: int = setting("samples whose first layer's pre-activations are kept", "1 or 2", 1)
    slots: int = setting("samples in flight between loader, propagate and update engine", "2, 4 or 8", 4)
    hits_ahead: int = setting("reinforcement hits drawn ahead", "0, or a power of two from 2 to 8192", 0)
    spram: bool = setting("counters in single-port SPRAM", "true or false", False)
    register_plane: bool = setting("a register behind the visible plane", "true or false", False)
    statistics: bool = setting("event counters", "true or false", True)
    receive_buffer: bool = setting("a buffer for what the host sends", "true or false", True)
    training: bool = setting("learning; without it, inference only", "true or false", True)
    rule: str = setting("learning rule that the hardware carries out", " or ".join(RULES), "bep")
    cache_samples: int = setting(
        "training samples that the chip holds and learns without the host",
        "0 (none, as without learning) or 257 to 65535",
        0,
    )

    def __post_init__(self) -> None:
        self._check("lanes", 1 <= self.lanes <= 4096)
        banks = 2 if self.spram else 1
        self._check("update_lanes", self.update_lanes >= 1 and self.lanes % (banks * self.update_lanes) == 0)
        self._check("backward_lanes", 0 <= self.backward_lanes <= 4096)
        self._check("z_buffers", self.z_buffers in (1, 2))
        self._check("hits_ahead", self.hits_ahead in (0, *(1 << bit for bit in range(1, 14))))
        self._check("slots", self.slots in (2, 4, 8))
        self._check("rule", self.rule in RULES)
        self._check("cache_samples", self.cache_samples == 0 or (self.training and 257 <= self.cache_samples <= 65535))


@dataclass(frozen=True)
class Workload(_Record):
    """How learning goes, as far as it decides a machine's cycles; the defaults are a first epoch's, the slowest."""

    batch_size: int = setting("samples between two commits", "at least 1 sample", 100)
    group_size: int = setting("gamma: neurons that share one update", "at least 1 neuron", 32)
    triggered: float = setting("share of samples that cause an update", "0 to 1", 1.0)
    gated: float = setting("share of a layer's rows that pass errors on", "0 to 1", 0.88)
    reinforcement: float = setting("p_r: strength of reinforcement", "0 to 1", 0.5)

    def __post_init__(self) -> None:
        self._check("batch_size", self.batch_size >= 1)
        self._check("group_size", self.group_size >= 1)
        for name in ("triggered", "gated", "reinforcement"):
            self._check(name, 0 <= getattr(self, name) <= 1)


def gate_threshold(gate: float, fan_in: int) -> int:
    """``floor(nu * K)``: an error passes a neuron whose ``|z|`` is at most this (algorithm: Eq. 7)."""
    return math.floor(gate * fan_in)


def margin_threshold(margin: float, width: int) -> int:
    """``ceil(r * K_L)``: a sample triggers when its logit lead is below this (Eq. 1)."""
    return math.ceil(margin * width)


def divisors(width: int) -> tuple[int, ...]:
    """All divisors of ``width`` in rising order: the legal group sizes of a layer."""
    return tuple(d for d in range(1, width + 1) if width % d == 0)


def check_group_sizes(sizes: tuple[int, ...], widths: tuple[int, ...]) -> None:
    """Raise :class:`ConfigError` unless there is one group size a layer and each divides its layer's width."""
    if len(sizes) != len(widths):
        raise ConfigError(f"group_size: {len(sizes)} values for {len(widths)} layers; give one per hidden layer")
    for index, (size, width) in enumerate(zip(sizes, widths, strict=True), start=1):
        if size < 1 or width % size:
            near = ", ".join(str(d) for d in divisors(width) if d > 1)
            raise ConfigError(
                f"group_size: {size} does not divide layer {index}'s {width} neurons; it must be one of {near}"
            )


def default_group_sizes(widths: tuple[int, ...], target: int = 15) -> tuple[int, ...]:
    """For each width the divisor nearest to ``target`` (the larger of two equally near)."""
    return tuple(min(divisors(width), key=lambda d: (abs(d - target), -d)) for width in widths)
