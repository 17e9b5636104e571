"""Where the kernels of a window network look: windows, the places they stand at, and who shares kernels."""

from collections.abc import Iterator
from dataclasses import dataclass

from bep_ref.config.record import Record, setting

_AXES = ("rows", "columns")


@dataclass(frozen=True)
class Geometry(Record):
    """Windows of an input of R x C positions of b bits, ``shape`` = (R, C, b).

    An image has a position for every pixel. A series has R time steps and C channels. A ``window`` (h, w) covers h x w
    positions; its K = h * w * b bits are laid out row by row, as the input's are.

    Windows stand at ``places`` (P_r, P_c), a grid spread evenly over the input. Each place has ``kernels`` = m kernels.
    A kernel looks at ``pool`` (q_r, q_c) windows of its place, ``spacing`` positions apart, and reports the best match.
    ``regions`` (G_r, G_c) cut the grid of places: all places of a region share its m kernels. As many regions as places
    mean that nothing is shared.

    Everything is numbered row by row: places, regions, the pooled windows of a place. Kernel n of region g is row
    g * m + n of the counters. Software, hardware and the estimator loop over it alike: place, pooled window, kernel.
    """

    shape: tuple[int, int, int] = setting("rows, columns and bits of a position", "3 sizes of 1 to 65536")
    window: tuple[int, int] = setting("rows and columns of a window", "2 sizes from 1 to the input's")
    places: tuple[int, int] = setting(
        "rows and columns of places", "2 counts from 1 to the corners that a place can have along the axis"
    )
    kernels: int = setting("kernels of a place, m", "1 to 4096")
    regions: tuple[int, ...] = setting(
        "rows and columns of regions whose places share kernels; none = a region for each place",
        "2 counts from 1 to the places along the axis",
        (),
    )
    pool: tuple[int, int] = setting(
        "rows and columns of the windows that a kernel takes the best match of",
        "2 counts from 1, at most 256 windows in all",
        (1, 1),
    )
    spacing: int = setting("positions from one pooled window to the next", "1 to 65536", 1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.regions:
            object.__setattr__(self, "regions", self.places)
        self._check("shape", len(self.shape) == 3 and all(1 <= size <= 65536 for size in self.shape))
        self._check("shape", self.inputs <= 1 << 20, f"{self.inputs} bits in all")
        self._check("kernels", 1 <= self.kernels <= 4096)
        self._check("spacing", 1 <= self.spacing <= 65536)
        for name in ("window", "places", "regions", "pool"):
            self._check(name, len(getattr(self, name)) == 2 and min(getattr(self, name)) >= 1)
        self._check("pool", self.pooled <= 256)
        self._check("window", self.fan_in <= 65536, f"{self.window} of {self.shape[2]} bits")
        for axis, name in enumerate(_AXES):
            size, window, places = self.shape[axis], self.window[axis], self.places[axis]
            self._check("window", window <= size, f"{window} of {size} {name}")
            free = self._free(axis)
            reach = f"{self.pool[axis]} windows of {window}, {self.spacing} apart, in {size} {name}"
            self._check("pool", free >= 1, reach)
            self._check("places", places <= free, f"{places} where {free} {name[:-1]} corners are free")
            self._check("regions", self.regions[axis] <= places, f"{self.regions[axis]} of {places} {name}")

    @property
    def inputs(self) -> int:
        """Input bits of a sample, R * C * b."""
        rows, columns, bits = self.shape
        return rows * columns * bits

    @property
    def fan_in(self) -> int:
        """Bits of a window, K."""
        return self.window[0] * self.window[1] * self.shape[2]

    @property
    def place_count(self) -> int:
        """Places in all."""
        return self.places[0] * self.places[1]

    @property
    def pooled(self) -> int:
        """Windows that a kernel looks at in its place."""
        return self.pool[0] * self.pool[1]

    @property
    def kernel_count(self) -> int:
        """Different kernels in all: rows of the counters."""
        return self.regions[0] * self.regions[1] * self.kernels

    @property
    def rows(self) -> int:
        """Comparisons of a kernel with a window per sample: the rows that the array passes."""
        return self.place_count * self.pooled * self.kernels

    def corners(self) -> Iterator[tuple[int, int]]:
        """Upper left position (row, column) of the first window of each place."""
        across = self._along(1)
        return ((row, column) for row in self._along(0) for column in across)

    def windows(self) -> Iterator[tuple[int, int]]:
        """Upper left position of every window: of each place, its pooled windows."""
        for row, column in self.corners():
            for down in range(self.pool[0]):
                for right in range(self.pool[1]):
                    yield row + down * self.spacing, column + right * self.spacing

    def region(self, place: int) -> int:
        """Number of the region whose kernels look at ``place``."""
        (rows, columns), (region_rows, region_columns) = self.places, self.regions
        i, j = divmod(place, columns)
        return region_rows * i // rows * region_columns + region_columns * j // columns

    def _free(self, axis: int) -> int:
        """Corners that a place can have along an axis, N."""
        return self.shape[axis] - self.window[axis] - (self.pool[axis] - 1) * self.spacing + 1

    def _along(self, axis: int) -> list[int]:
        """Corners of the places along an axis: a whole number of positions apart, the rest shared by both ends."""
        last, steps = self._free(axis) - 1, self.places[axis] - 1
        stride = max(1, last // steps) if steps else 0
        return [(last - steps * stride) // 2 + place * stride for place in range(steps + 1)]

    def __str__(self) -> str:
        (rows, columns, bits), pooled = self.shape, ""
        if self.pooled > 1:
            pooled = f", best of {_by(self.pool)} spaced {self.spacing}"
        shared = "" if self.regions == self.places else f" shared in {_by(self.regions)} regions"
        return (
            f"{rows}x{columns}x{bits}: {_by(self.window)} windows at {_by(self.places)} places{pooled}, "
            f"{self.kernels} kernels{shared}"
        )


def _by(sizes: tuple[int, ...]) -> str:
    return "x".join(str(size) for size in sizes)
