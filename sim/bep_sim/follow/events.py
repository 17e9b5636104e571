"""Steps of a trainer's course, the hardware's as its trace port tells them and the golden model's, in the same words.

Samples, neurons, classes and inputs count from 0 here; layers, steps of a sequence and epochs from 1.
"""

from dataclasses import dataclass, field

from bep_hw.plan.layout import Layout


def layer_name(layout: Layout, layer: int) -> str:
    """What a layer of neurons is called."""
    return layout.network.layer_names[layer]


def _sign(bit: int) -> str:
    return "+1" if bit else "-1"


@dataclass(frozen=True)
class Event:
    """One step. Equal where hardware and golden model agree; fields that only the golden model knows do not count."""

    def what(self) -> str:
        """The kind of step, as it is counted."""
        raise NotImplementedError

    def place(self, layout: Layout) -> str:
        """Where it is taken: layer and neuron, or the like."""
        raise NotImplementedError

    def value(self) -> str:
        """What comes of it."""
        raise NotImplementedError

    def against(self, right: "Event", layout: Layout) -> str:
        """How this event, the hardware's, differs from the golden model's."""
        here, there = self.place(layout), right.place(layout)
        if here != there:
            return f"{there}: {right.what()} expected, but the hardware's next is that of {here}"
        return f"{there}: {right.what()} is {self.value()}, the golden model has {right.value()}"


@dataclass(frozen=True)
class PreActivation(Event):
    """Of a neuron at a step of its sequence, or of a class (``layer`` behind all others)."""

    layer: int
    row: int
    step: int
    negative: int
    magnitude: int
    is_logit: bool = field(default=False, compare=False)

    def what(self) -> str:
        return "logit" if self.is_logit else "pre-activation"

    def place(self, layout: Layout) -> str:
        if self.layer == layout.logit_layer:
            return f"class {self.row}"
        return _neuron(layout, self.layer, self.row, self.step)

    def value(self) -> str:
        # a zero with a sign is a difference, too
        return f"{'-' if self.negative else ''}{self.magnitude}"


def _neuron(layout: Layout, layer: int, row: int, step: int) -> str:
    at = f", step {step + 1}" if layer in layout.network.unrolled else ""
    return f"{layer_name(layout, layer)}{at}, neuron {row}"


@dataclass(frozen=True)
class Decision(Event):
    """Of the classifier that ``predicts``, or by local error signals of a layer's before."""

    triggered: int
    predicts: int

    def what(self) -> str:
        return "trigger"

    def place(self, layout: Layout) -> str:
        return "decision"

    def value(self) -> str:
        return f"{self.triggered}{'' if self.predicts else ' of a layer'}"


@dataclass(frozen=True)
class Result(Event):
    """Of a sample."""

    prediction: int
    triggered: int

    def what(self) -> str:
        return "prediction"

    def place(self, layout: Layout) -> str:
        return "result"

    def value(self) -> str:
        return f"class {self.prediction} with{'' if self.triggered else 'out'} an update"


@dataclass(frozen=True)
class Target(Event):
    """What a neuron should be, and whether the gate lets its error through."""

    layer: int
    row: int
    step: int
    target: int
    listed: int

    def what(self) -> str:
        return "desired activation"

    def place(self, layout: Layout) -> str:
        return _neuron(layout, self.layer, self.row, self.step)

    def value(self) -> str:
        return f"{_sign(self.target)} (gate {'open' if self.listed else 'closed'})"


@dataclass(frozen=True)
class Winner(Event):
    """A neuron to learn; ``group`` is -1 where nobody knows it."""

    layer: int
    row: int
    target: int
    group: int = field(default=-1, compare=False)

    def what(self) -> str:
        return "winner"

    def place(self, layout: Layout) -> str:
        return f"{layer_name(layout, self.layer)}, neuron {self.row}"

    def value(self) -> str:
        return f"neuron {self.row} towards {_sign(self.target)}"

    def contest(self, layout: Layout) -> str:
        """The group that it wins."""
        return f"{layer_name(layout, self.layer)}, group {self.group}"

    def against(self, right: Event, layout: Layout) -> str:
        if isinstance(right, Winner):
            other = "" if self.layer == right.layer else f" of {layer_name(layout, self.layer)}"
            return f"{right.contest(layout)}: winner is {self.value()}{other}, the golden model has {right.value()}"
        return f"{self.place(layout)}: it wins, in the golden model the sample has no further winner"


@dataclass(frozen=True)
class SampleEnd(Event):
    """Behind a sample's winners; ``last`` of its mini-batch or not."""

    triggered: int
    last: int

    def what(self) -> str:
        return "end of a sample"

    def place(self, layout: Layout) -> str:
        return "end"

    def value(self) -> str:
        return f"with{'' if self.triggered else 'out'} an update{', the last one' if self.last else ''}"

    def against(self, right: Event, layout: Layout) -> str:
        if isinstance(right, Winner):
            return f"{right.contest(layout)}: winner is none, the golden model has {right.value()}"
        return super().against(right, layout)


@dataclass(frozen=True)
class CounterGroup(Event):
    """A group of counters of a row, ``before`` and ``after`` a step: those that stand for inputs, from ``first`` on."""

    matrix: int
    row: int
    first: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    reinforced: bool = field(default=False, compare=False)

    def what(self) -> str:
        return "reinforcement" if self.reinforced else "step of counters"

    def place(self, layout: Layout) -> str:
        return _inputs(layout, self.matrix, self.row, self.first, len(self.before))

    def against(self, right: Event, layout: Layout) -> str:
        if not isinstance(right, CounterGroup) or self.place(layout) != right.place(layout):
            return super().against(right, layout)
        ours, theirs = (zip(event.before, event.after, strict=True) for event in (self, right))
        pairs = enumerate(zip(ours, theirs, strict=True))
        lane, ((was, becomes), (should, should_become)) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
        counter = _inputs(layout, self.matrix, self.row, self.first + lane)
        kind = f"{right.what()}: counter"
        return f"{counter}: {kind} goes from {was} to {becomes}, the golden model's from {should} to {should_become}"


@dataclass(frozen=True)
class Column(Event):
    """Visible weights that a commit writes: those of one column of a row, as bits, behind the address of its word."""

    address: int
    column: int
    data: int

    def what(self) -> str:
        return "commit"

    def place(self, layout: Layout) -> str:
        matrix, row, first = self._weights(layout)
        return _inputs(layout, matrix, row, first, min(layout.column, layout.layers[matrix].fan_in - first))

    def _weights(self, layout: Layout) -> tuple[int, int, int]:
        """Matrix, row and first input."""
        matrix = max(index for index, place in enumerate(layout.trainable) if place.plane_base <= self.address)
        place = layout.layers[matrix]
        word, row = divmod(self.address - place.plane_base, place.rows)
        return matrix, row, word * layout.machine.lanes + (self.column - place.first_column) * layout.column

    def against(self, right: Event, layout: Layout) -> str:
        if not isinstance(right, Column) or self.place(layout) != right.place(layout):
            return super().against(right, layout)
        matrix, row, first = self._weights(layout)
        differing = self.data ^ right.data
        lane = (differing & -differing).bit_length() - 1
        weights = [_sign(event.data >> lane & 1) for event in (self, right)]
        weight = _inputs(layout, matrix, row, first + lane)
        return f"{weight}: visible weight is {weights[0]}, the golden model has {weights[1]}"


def _inputs(layout: Layout, matrix: int, row: int, first: int, count: int = 1) -> str:
    """Synapses of a row; there may be none, for its padding is swept, too."""
    inputs = f"input {first}" if count == 1 else f"inputs {first} to {first + count - 1}"
    return f"{layout.network.matrix_names[matrix]}, neuron {row}, {inputs if count else 'behind its inputs'}"
