"""A second, independent reading of window networks: plain lists and loops, positions instead of indices of bits.

It shares no code with `bep_ref`: the corners, the regions, the generator and every threshold are computed here again,
and each number in the order in which the rule states it.
"""

from math import floor


def axis_corners(size, window, places, pool, spacing):
    free = size - window - (pool - 1) * spacing + 1
    if places == 1:
        return [(free - 1) // 2]
    stride = max(1, (free - 1) // (places - 1))
    first = (free - 1 - (places - 1) * stride) // 2
    return [first + place * stride for place in range(places)]


def clip(value, bits):
    return max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, value))


class SlowWindows:
    """``counters`` and ``readout`` as nested lists; ``shape``, ``window`` and so on are the geometry's fields."""

    def __init__(self, counters, readout, geometry, **options):
        self.counters, self.readout = counters, readout
        self.__dict__.update(geometry)
        self.__dict__.update(options)
        self.state = self.seed
        self.settled = False
        self.sums = [[0] * len(row) for row in readout]
        down, across = (
            axis_corners(*(values[axis] for values in (self.shape, self.window, self.places, self.pool)), self.spacing)
            for axis in (0, 1)
        )
        self.corners = [(row, column) for row in down for column in across]
        self.fan_in = self.window[0] * self.window[1] * self.shape[2]
        self.commit()

    def commit(self):
        self.visible = [[1 if q >= 0 else -1 for q in row] for row in self.counters]

    def word(self):
        x = self.state
        x = (x ^ (x << 13)) % 2**32
        x = x ^ (x >> 17)
        x = (x ^ (x << 5)) % 2**32
        self.state = x
        return x // 2**16

    def seen(self, sample, row, column, shift):
        """Bits of the window whose upper left position is (row, column)."""
        rows, columns, bits = self.shape
        out = []
        for i in range(self.window[0]):
            for j in range(self.window[1]):
                r, c = row + i + shift[0], column + j + shift[1]
                inside = 0 <= r < rows and 0 <= c < columns
                start = (r * columns + c) * bits
                out += sample[start : start + bits] if inside else [-1] * bits
        return out

    def first_kernel(self, place):
        i, j = place // self.places[1], place % self.places[1]
        g = self.regions[0] * i // self.places[0], self.regions[1] * j // self.places[1]
        return (g[0] * self.regions[1] + g[1]) * self.kernels

    def units_of(self, sample, shift):
        """(z, kernel, window) of every unit, in order."""
        out = []
        for place, (row, column) in enumerate(self.corners):
            windows = [
                self.seen(sample, row + i * self.spacing, column + j * self.spacing, shift)
                for i in range(self.pool[0])
                for j in range(self.pool[1])
            ]
            matches = []
            for n in range(self.kernels):
                kernel = self.first_kernel(place) + n
                counts = [sum(a == b for a, b in zip(self.visible[kernel], w, strict=True)) for w in windows]
                matches.append((max(counts), kernel, windows[counts.index(max(counts))]))
            for offset in self.offsets:
                theta = floor(offset * self.fan_in)
                out += [(2 * p - self.fan_in - theta, kernel, window) for p, kernel, window in matches]
        return out

    def train_batch(self, x, y, shifts):
        predictions, owed = [], []
        for sample, label, shift in zip(x, y, shifts, strict=True):
            units = self.units_of(sample, shift)
            scores = self.scores(self.readout, units)
            predictions.append(scores.index(max(scores)))
            rivals = [c for c in range(len(scores)) if c != label]
            rival = max(rivals, key=lambda c: (scores[c], -c))
            own = []
            if scores[label] - scores[rival] <= self.margin * len(units):
                if not self.settled:
                    self.step_kernels(units, self.readout[label], self.readout[rival])
                own = [(units, label, rival)]
            for step in owed if self.readout_delay else own:
                self.step_readout(*step)
            owed = own if self.readout_delay else []
        for step in owed:
            self.step_readout(*step)
        self.sums = [[s + r for s, r in zip(*rows, strict=True)] for rows in zip(self.sums, self.readout, strict=True)]
        self.commit()
        return predictions

    def step_kernels(self, units, right, rival):
        d = [a - b for a, b in zip(right, rival, strict=True)]
        candidates = [u for u, (z, _, _) in enumerate(units) if abs(z) <= floor(self.gate * self.fan_in) and d[u] != 0]
        if self.selection == "draw":
            stepping = [u for u in candidates if self.word() // 2 ** (16 - self.draw_bits) < abs(d[u])]
        else:
            groups = [
                [u for u in candidates if u // self.group_size == group]
                for group in range(len(units) // self.group_size + 1)
            ]
            stepping = [max(group, key=lambda u: (abs(d[u]), -u)) for group in groups if group]
        for u in stepping:
            _, kernel, window = units[u]
            direction = 1 if d[u] > 0 else -1
            for i, bit in enumerate(window):
                self.counters[kernel][i] = clip(self.counters[kernel][i] + direction * bit, self.counter_bits)

    def step_readout(self, units, label, rival):
        for u, (z, _, _) in enumerate(units):
            a = 1 if z >= 0 else -1
            self.readout[label][u] = clip(self.readout[label][u] + a, self.readout_bits)
            self.readout[rival][u] = clip(self.readout[rival][u] - a, self.readout_bits)

    def scores(self, rows, units):
        return [sum(r if z >= 0 else -r for r, (z, _, _) in zip(row, units, strict=True)) for row in rows]

    def predict(self, x, averaged):
        rows = self.sums if averaged else self.readout
        scores = [self.scores(rows, self.units_of(sample, (0, 0))) for sample in x]
        return [row.index(max(row)) for row in scores]
