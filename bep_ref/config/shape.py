"""What every network's configuration has: its matrices of counters and what follows from them."""

from bep_ref.config.record import Record


class Shape(Record):
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
