"""Where everything of a window network lives: addresses shared by gateware, testbench and host.

Words used here, for kernels of K bits on a machine of M lanes and N update lanes:

- *row*: the K weights of a kernel, padded behind the last one to whole slices of the hidden plane;
- *word*: R rows side by side, as many as M lanes hold; the array compares them with one window at once. The m kernels
  of a region fill W = ceil(m / R) words. Rows of the last word that no kernel fills are not read out;
- *beat*: G positions of b bits, the unit in which samples travel and lie in the image memory;
- *pair*: a kernel and a place where it stands, in the order of places, then kernels. Each pair has T units.

The hidden plane stores words as `bep_hw.plan.layout` stores rows: column by column, inside a column word by word.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from bep_ref.config import ConfigError, Geometry, Machine, WindowNetwork

Ints = NDArray[Any]
MOST_POSITIONS = 16
"""Positions of a beat, at most."""


@dataclass(frozen=True)
class PlaneLayout:
    """Words of the visible plane in the hidden plane, by the names of `bep_hw.plan.layout.LayerLayout`."""

    rows: int  # words
    fan_in: int  # lanes
    columns: int
    chunks: int  # that an order steps: those of one of the rows in a word
    first_column: int = 0
    hidden_base: int = 0
    source_base: int = 0


class WindowLayout:
    """The address map of a window ``network`` on ``machine``."""

    def __init__(self, network: WindowNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        self.geometry = geometry = network.geometry
        self.banks = 2 if machine.spram else 1
        self.slice_lanes = self.banks * machine.update_lanes
        self.row_lanes = -(-geometry.fan_in // self.slice_lanes) * self.slice_lanes
        if machine.lanes < self.row_lanes:
            raise ConfigError(
                f"lanes: {machine.lanes} is out of range; a window of {geometry.fan_in} bits needs {self.row_lanes}"
            )
        self.rows_per_word = min(machine.lanes // self.row_lanes, geometry.kernels)
        self.word_lanes = self.rows_per_word * self.row_lanes
        self.region_words = -(-geometry.kernels // self.rows_per_word)
        regions = geometry.regions[0] * geometry.regions[1]
        self.plane_depth = regions * self.region_words
        self.column = self._column_width()
        self.columns_per_word = self.word_lanes // self.column
        self.parts = self.column // self.slice_lanes
        self.bank_depth = self.plane_depth * self.word_lanes // self.slice_lanes
        self.bank_size = self.bank_depth
        self.hidden_groups = self.hidden_depth = self.banks * self.bank_size

    def _column_width(self) -> int:
        """Narrowest whole slices that fill a block RAM's width at this depth (4 kbit blocks) and divide a word."""
        wanted = max(1, 4096 >> max(8, (self.plane_depth - 1).bit_length()))
        step = self.slice_lanes
        widths = [width for width in range(step, self.word_lanes + 1, step) if self.word_lanes % width == 0]
        return next((width for width in widths if width >= wanted), widths[-1])

    recurrent = False
    steps = slot_chunks = 1  # inputs of orders are positions, not chunks of steps

    @property
    def trainable(self) -> tuple[PlaneLayout, ...]:
        """The kernels' words, as the commit sweeps them."""
        return (PlaneLayout(self.plane_depth, self.word_lanes, self.columns_per_word, self.row_chunks),)

    @property
    def pairs(self) -> int:
        """Kernels and places where they stand."""
        return self.geometry.place_count * self.geometry.kernels

    @property
    def place_words(self) -> int:
        """Words of all places: of each, those of its region."""
        return self.geometry.place_count * self.region_words

    @cached_property
    def positions(self) -> int:
        """Positions of a beat, G: a power of two, and enough for a window's row if that is not long."""
        return min(MOST_POSITIONS, 1 << max(1, self.geometry.window[1] - 2).bit_length())

    @property
    def beat_bits(self) -> int:
        return self.positions * self.geometry.shape[2]

    @property
    def sample_beats(self) -> int:
        """Beats of a sample."""
        rows, columns, _ = self.geometry.shape
        return -(-rows * columns // self.positions)

    @property
    def step_beats(self) -> int:
        """Beats of a sample, which has one step."""
        return self.sample_beats

    @property
    def slot_rows(self) -> int:
        """Addresses of a sample in each bank of the image memory: a power of two."""
        return 1 << (-(-self.sample_beats // 2) - 1).bit_length()

    @property
    def lines(self) -> tuple[int, int]:
        """Lines of a window and positions of each: its rows, or one line where rows follow each other without a gap."""
        height, width = self.geometry.window
        return (1, height * width) if width == self.geometry.shape[1] else (height, width)

    @cached_property
    def taken(self) -> int:
        """Positions of one read of the image memory: the most that divide a line and that one read can give."""
        return max(count for count in range(1, self.positions + 2) if self.lines[1] % count == 0)

    @property
    def reads(self) -> int:
        """Reads of the image memory for a window."""
        return self.geometry.window[0] * self.geometry.window[1] // self.taken

    @property
    def leaves(self) -> bool:
        """Whether a window of a sample moved by one position can leave the input."""
        rows, columns, _ = self.geometry.shape
        height, width = self.geometry.window
        inside = [r >= 1 and r + height < rows and c >= 1 and c + width < columns for r, c in self.geometry.windows()]
        return not all(inside)

    @property
    def row_chunks(self) -> int:
        """Groups of N counters of a kernel that hold weights."""
        return -(-self.geometry.fan_in // self.machine.update_lanes)

    def readout_address(self, pair: Any, number: Any, offset: Any) -> Any:
        """Address of the read-out counter of class ``number`` for a ``pair`` and its ``offset``, for the host."""
        classes, offsets = (self.network.classes - 1).bit_length(), (len(self.network.offsets) - 1).bit_length()
        return ((pair << classes | number) << offsets) | offset

    def group_address(self, word: Any, row: Any, chunk: Any) -> Any:
        """Address of a group of N counters: of ``chunk`` in ``row`` (0 to R - 1) of ``word``; integers or arrays.

        That of its slice, and its bank lowest.
        """
        index = row * (self.row_lanes // self.machine.update_lanes) + chunk
        slice_index = index // self.banks
        column, part = slice_index // self.parts, slice_index % self.parts
        return ((column * self.plane_depth + word) * self.parts + part) * self.banks + index % self.banks

    def kernel_place(self, kernel: int) -> tuple[int, int]:
        """Word and row of ``kernel``, a row of the golden model's counters."""
        region, number = divmod(kernel, self.geometry.kernels)
        return region * self.region_words + number // self.rows_per_word, number % self.rows_per_word


def steps_of(geometry: Geometry) -> tuple[int, int]:
    """Positions from one place to the next below it, and to the next right of it (0 where there is none)."""
    corners = list(geometry.corners())
    columns = geometry.places[1]
    down = corners[columns][0] - corners[0][0] if geometry.places[0] > 1 else 0
    right = corners[1][1] - corners[0][1] if columns > 1 else 0
    return down * geometry.shape[1], right
