"""What a network of any kind says about itself."""

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

from bep_ref.config.record import Record


class AnyNetwork(Record):
    """Shape of a network of any kind; a kind is a frozen dataclass that derives from this.

    Layers of neurons, those that choose winners, are numbered from 0, first layer first; -1 stands for the inputs.
    Matrices are the arrays of counters, in the order of ``shapes``, in which they stand wherever there is one for each.
    """

    kind: ClassVar[str]
    """The kind in a word or two, as readers know it."""
    CHOSEN: ClassVar[tuple[str, ...]]
    """Fields that a user chooses, beside ``counter_bits``; the others follow from the data."""
    SEQUENTIAL: ClassVar[bool] = False
    """Whether a sample is a sequence (steps, inputs), zeros after its end, not a row (inputs,)."""
    CLASSIFIED: ClassVar[bool] = True
    """Whether fixed classifiers belong to the network."""

    classes: int
    counter_bits: int
    steps: int = 1
    """Most steps of a sample."""
    readout: int = 0
    """Width of the counters of an integer read-out, which predicts in the classifier's place (0: no read-out)."""

    if TYPE_CHECKING:  # a field of most kinds

        @property
        def inputs(self) -> int:
            """Input bits of a sample, or of a step."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of each layer."""
        raise NotImplementedError

    @property
    def layer_names(self) -> tuple[str, ...]:
        """A name for each layer of neurons."""
        raise NotImplementedError

    @property
    def unrolled(self) -> tuple[int, ...]:
        """The layers of neurons that every step of a sample passes; the others see its last step alone."""
        return ()

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """``(rows, columns)`` of each matrix: neurons, and inputs of a neuron."""
        raise NotImplementedError

    @property
    def matrix_names(self) -> tuple[str, ...]:
        """A name for each matrix."""
        raise NotImplementedError

    @property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """``(neurons, below)`` of each matrix: the layer that its rows are, and the layer that they read."""
        raise NotImplementedError

    @property
    def fan_in(self) -> tuple[int, ...]:
        """Inputs of the pre-activations to which each matrix adds, for reinforcement.

        The stability of a neuron's sign depends on all of them, whichever matrix they come by.
        """
        total = [0] * len(self.widths)
        for (neurons, _), (_, columns) in zip(self.ends, self.shapes, strict=True):
            total[neurons] += columns
        return tuple(total[neurons] for neurons, _ in self.ends)

    @property
    def gate_fan_in(self) -> tuple[int, ...]:
        """The number K of which the gate of each layer of neurons is a fraction."""
        raise NotImplementedError

    @property
    def longest_row(self) -> int:
        """Inputs of the rows that a machine's lanes are cut for."""
        raise NotImplementedError

    @property
    def software_only(self) -> str:
        """One line that says why hardware cannot be this network; empty if it can."""
        return ""

    @property
    def synapses(self) -> int:
        """Trainable synapses, one counter each."""
        return sum(rows * columns for rows, columns in self.shapes)

    @property
    def counter_range(self) -> tuple[int, int]:
        """Smallest and largest counter value."""
        return -(1 << (self.counter_bits - 1)), (1 << (self.counter_bits - 1)) - 1

    def takes(self, sample: tuple[int, ...]) -> bool:
        """Whether a sample is of that shape: (inputs,), or of a sequence (steps, inputs)."""
        if self.SEQUENTIAL:
            return len(sample) == 2 and sample[0] <= self.steps and sample[1] == self.inputs
        return sample == (self.inputs,)

    def chosen(self) -> dict[str, Any]:
        """The fields of ``CHOSEN``: field -> value."""
        return {name: getattr(self, name) for name in self.CHOSEN}

    @classmethod
    def described_by(cls, values: dict[str, Any]) -> bool:
        """Whether ``values``, by field, name a network of this kind, not one of another."""
        # what has a default may be younger than the values
        every = fields(cls)
        needed = {field.name for field in every if field.name in cls.CHOSEN and field.default is MISSING}
        return needed <= values.keys()

    def widened(self, width: int) -> Self:
        """This network with ``width`` neurons in each layer of neurons."""
        raise NotImplementedError

    def of_steps(self, steps: int) -> Self:
        """This network for sequences of at most ``steps`` steps."""
        return self.from_dict(self.to_dict() | {"steps": steps})

    def _check_ends(self) -> None:
        self._check("classes", 2 <= self.classes <= 256)
        self._check("counter_bits", 2 <= self.counter_bits <= 16)
