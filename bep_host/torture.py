"""Everything that can happen to a frame on its way, and what must come of it: nothing."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_host.device import Device
from bep_host.device_learner import DeviceLearner
from bep_hw.line.framing import FLAG, FrameReader, frame
from bep_hw.link.codec import Done, Refused, Reply, Result, decode
from bep_hw.plan.images import pack_counters
from bep_hw.plan.ports import Space
from bep_ref.config import perceptron
from bep_ref.networks.initial import initial_net
from bep_ref.runs.task import Task
from bep_ref.runs.train import batches, reinforcement

KINDS = ("flipped", "replaced", "dropped", "inserted", "truncated", "noise")
DISCONNECT_EVERY = 501
"""Frames between two disconnections in the middle of one."""
REPEAT_EVERY = 7
"""Good frames between two that are sent again."""
REPLY_SECONDS = 1.0


@dataclass
class Outcome:
    """What ``frames`` met, by ``kinds``, and what came of it; all from ``undetected`` on must be 0.

    ``harmless`` ones were whole all the same (a flag too many, say). ``undetected`` passed the check sum with another
    content. ``wrong_replies`` counts frames that were not answered as they should: a bad one by an error, the good one
    right behind it by its result. ``mismatches``: counters that differ from the golden model's at the end.
    """

    frames: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    harmless: int = 0
    repeated: int = 0
    disconnections: int = 0
    samples: int = 0
    counters_compared: int = 0
    undetected: int = 0
    wrong_replies: int = 0
    mismatches: int = 0


def damaged(whole: bytes, kind: str, position: int, numbers: random.Random) -> bytes:
    """``whole`` after an accident of ``kind`` (`KINDS`) at ``position``; noise comes before it."""
    before, after, noise = whole[:position], whole[position + 1 :], numbers.randbytes(1 + numbers.randrange(8))
    return {
        "flipped": before + bytes([whole[position] ^ 1 << numbers.randrange(8)]) + after,
        "replaced": before + noise[:1] + after,
        "dropped": before + after,
        "inserted": before + noise[:1] + whole[position:],
        "truncated": before,
        "noise": noise + whole,
    }[kind]


class Torture:
    """Trains ``device`` on ``task`` while every frame meets an accident first, beside the golden model."""

    def __init__(self, device: Device, task: Task, seed: int) -> None:
        self.device, self.task, self.numbers = device, task, random.Random(seed)
        self.golden = initial_net(perceptron(task.network, "data"), task.training)
        self.golden.walk_block = device.layout.column
        self.learner = DeviceLearner(device, task, self.golden)
        self.outcome = Outcome()
        self._begin()

    def run(self, frames: int, progress: Callable[[int, int], Any] = lambda done, total: None) -> dict[str, Any]:
        """Until ``frames`` have met an accident; the outcome as plain JSON types."""
        train, codec, layout = self.task.train, self.device.codec, self.device.layout
        chances = reinforcement(self.task.network, self.task.training.reinforcement, 1.0)
        self.learner.configure(chances)
        self._begin()
        for index in self._batches():
            x, y = train.x[index], train.y[index]
            batch = self.golden.step(x, y, chances)
            for body, prediction, triggered in zip(
                codec.samples(x, y, last=True), batch.predictions, batch.triggered, strict=True
            ):
                self._command(body, Result(int(prediction), bool(triggered)))
            place, value = self.numbers.choice(list(pack_counters(layout, self.golden.counters).items()))
            self._command(codec.read(Space.COUNTERS, place), Done(value))
            self._command(codec.write(Space.COUNTERS, place, value), Done())
            self.outcome.samples += len(y)
            progress(min(self.outcome.frames, frames), frames)
            if self.outcome.frames >= frames:
                break
        self._compare()
        return asdict(self.outcome)

    def _batches(self) -> Iterator[NDArray[np.int64]]:
        epoch = 0
        while True:
            yield from batches(self.task, epoch := epoch + 1)

    def _begin(self) -> None:
        """A session of our own: what is sent is not what a connection would send."""
        self.device.connection.hello(0)
        self.sequence = self.device.connection.sequence
        self.reader = FrameReader()

    def _command(self, body: bytes, expected: Reply) -> None:
        """Send a command damaged and, right behind it, whole; every position of a frame has its turn."""
        outcome = self.outcome
        if outcome.frames % DISCONNECT_EVERY == DISCONNECT_EVERY - 1:
            self._disconnect(body)
        intended = bytes([self.sequence]) + body
        whole = frame(intended)
        kind, position = KINDS[outcome.frames % len(KINDS)], outcome.frames // len(KINDS) % len(whole)
        bad = damaged(whole, kind, position, self.numbers) + bytes([FLAG])
        outcome.frames += 1
        outcome.kinds[kind] += 1
        reader = FrameReader()
        arrived = list(reader.bodies(bad))
        outcome.harmless += intended in arrived
        outcome.undetected += sum(found != intended for found in arrived)
        again = outcome.frames % REPEAT_EVERY == 0
        outcome.repeated += again
        good = arrived.count(intended) + 1 + again
        outcome.wrong_replies += self._send(bad + whole * (1 + again), [None] * reader.damaged + [expected] * good)
        self.sequence = (self.sequence + 1) % 256

    def _send(self, line: bytes, expected: Sequence[Reply | None]) -> bool:
        """Whether ``line`` is answered otherwise than by ``expected``, in any order; None is an error."""
        port, wanted = self.device.port, Counter((self.sequence, reply) if reply else None for reply in expected)
        port.write(line)
        port.timeout = REPLY_SECONDS
        got: list[Any] = []
        end = monotonic() + REPLY_SECONDS * (1 + len(expected))
        while len(got) < len(expected) and monotonic() < end and (data := port.read(1)):
            bodies = self.reader.bodies(data + port.read(port.in_waiting))
            replies = [reply for body in bodies if (reply := decode(body)) is not None]
            got += [None if isinstance(reply, Refused) else (sequence, reply) for sequence, reply in replies]
        return Counter(got) != wanted

    def _disconnect(self, body: bytes) -> None:
        """The program goes in the middle of a frame, and another one comes."""
        whole, port = frame(bytes([self.sequence]) + body), self.device.port
        port.write(whole[: self.numbers.randrange(1, len(whole))])
        port.close()
        port.open()
        self._begin()
        self.outcome.disconnections += 1

    def _compare(self) -> None:
        self._begin()
        for want, got in zip(self.golden.counters, self.device.counters(), strict=True):
            self.outcome.counters_compared += want.size
            self.outcome.mismatches += int(np.sum(want != got))
