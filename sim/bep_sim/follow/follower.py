"""Follows hardware by its trace port beside the golden model's course, up to the first step that differs."""

from collections import Counter, deque

from amaranth.lib import data

from bep_hw.plan.layout import Layout
from bep_hw.trace import trace_layouts
from bep_sim.course import GoldenCourse, queue
from bep_sim.follow.events import (
    Column,
    CounterGroup,
    Decision,
    Event,
    PreActivation,
    Result,
    SampleEnd,
    Target,
    Winner,
)


class Follower:
    """Told every event of the hardware, compares it with the golden model's next of its kind.

    ``compared`` counts events that were equal, by kind.
    """

    def __init__(self, layout: Layout, course: GoldenCourse) -> None:
        self.layout = layout
        self.fields = {kind: _fields(shape) for kind, shape in trace_layouts(layout).items()}
        self.compared: Counter[str] = Counter()
        self._course = course.steps(layout)
        self._queues: dict[str, deque[tuple[str, Event]]] = {}
        self._groups = {
            int(layout.group_address(matrix, chunk, row)): (matrix, row, chunk)
            for matrix, place in enumerate(layout.trainable)
            for row in range(place.rows)
            for chunk in range(place.stored_chunks)
        }

    def take(self, kind: str, bits: int) -> str:
        """Compare an event of ``kind``, as the bits of its port; how it differs, or ''."""
        fields = {name: bits >> start & mask for name, start, mask in self.fields[kind]}
        if kind == "counters" and fields["address"] not in self._groups:
            return f"counters are written at address {fields['address']}, where there are none; {self.missing()}"
        event = self._event(kind, fields)
        name = queue(kind, event)
        while not self._queues.get(name):
            # mini-batches follow each other: the next one begins when all of this one has come
            missing, here = self.missing(), f"{event.what()} of {event.place(self.layout)}"
            if missing:
                return f"{missing}, the hardware goes on with {here}"
            following = next(self._course, None)
            if following is None:
                return f"behind the last mini-batch: {here}"
            self._queues = {key: deque(events) for key, events in following.items()}
        where, right = self._queues[name].popleft()
        if event != right:
            return f"{where}, {event.against(right, self.layout)}"
        self.compared[right.what()] += 1
        return ""

    def missing(self) -> str:
        """What the golden model has and the hardware has not yet, or ''."""
        for events in self._queues.values():
            if events:
                where, event = events[0]
                return f"{where}, {event.place(self.layout)}: {event.what()} is missing"
        return ""

    def _event(self, kind: str, fields: dict[str, int]) -> Event:
        match kind:
            case "pre_activation":
                return PreActivation(**fields, is_logit=fields["layer"] == self.layout.logit_layer)
            case "decision":
                return Decision(**fields)
            case "result":
                return Result(**fields)
            case "target":
                return Target(**fields)
            case "order" if fields["end"]:
                return SampleEnd(fields["target"], fields["last"])
            case "order":
                return Winner(fields["layer"], fields["row"], fields["target"])
            case "counters":
                return self._group(**fields)
            case _:
                return Column(**fields)

    def _group(self, address: int, before: int, after: int) -> CounterGroup:
        lanes, bits = self.layout.machine.update_lanes, self.layout.network.counter_bits
        matrix, row, chunk = self._groups[address]
        used = min(lanes, self.layout.layers[matrix].fan_in - chunk * lanes)
        half = 1 << (bits - 1)

        def counters(group: int) -> tuple[int, ...]:
            return tuple((group >> bits * lane & 2 * half - 1 ^ half) - half for lane in range(used))

        return CounterGroup(matrix, row, chunk * lanes, counters(before), counters(after))


def _fields(shape: data.StructLayout) -> list[tuple[str, int, int]]:
    """Name, lowest bit and mask of each."""
    return [(name, field.offset, (1 << field.width) - 1) for name, field in shape]
