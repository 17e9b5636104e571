"""Commands over a serial port: many on the way at once, each carried out once whatever is lost."""

from collections.abc import Callable, Sequence
from time import monotonic

import serial

from bep_host.errors import LinkError, SilentError, StrangerError
from bep_hw.line.framing import FLAG, FrameReader, frame
from bep_hw.link.codec import Done, Refused, Reply, decode, hello
from bep_hw.link.opcodes import BUFFER_BYTES, HISTORY

REPLY_SECONDS = 1.0
"""Without the next reply for so long, a frame or its reply counts as lost, whatever else comes."""
QUIET_SECONDS = 0.06
"""Silence after which nothing is on the way any more."""
DRAIN_SECONDS = 1.0
"""Within it a trainer falls silent: what is on the way is one window of replies."""
ATTEMPTS = 5


class Connection:
    """The link's protocol over an open ``port`` (see `bep_hw.link.opcodes`); ``name`` is for messages.

    ``sequence`` is the next frame's number; ``repeated`` counts the times that frames had to be sent again.
    ``buffered`` says that the board has a receive buffer: until that is known, one frame is on the way at a time.
    Every wait has an end, even where something else at the port never stops talking.
    """

    def __init__(self, port: serial.Serial, name: str) -> None:
        self.port, self.name = port, name
        self.repeated = 0
        self.buffered = False
        self._reader = FrameReader()
        self.sequence = 0

    def hello(self, address: int, attempts: int = 3, seconds: float = 0.5) -> int:
        """Begin a session; the word of the register at ``address``. Whatever was on the way before is forgotten.

        Each of the ``attempts`` waits ``seconds`` for its answer. Raises `SilentError` if nothing comes, and
        `StrangerError` if something comes that is no answer.
        """
        heard = False
        for _ in range(attempts):
            self._write(bytes([FLAG]))
            heard |= self._drain()
            self._write(frame(bytes([self.sequence]) + hello(address)))
            end = monotonic() + seconds
            while (left := end - monotonic()) > 0 and (received := self._read(left)) is not None:
                heard = True
                for sequence, reply in received:
                    if sequence == self.sequence and isinstance(reply, Done):
                        self.sequence = (self.sequence + 1) % 256
                        return reply.data
        if heard:
            raise StrangerError(f"port: something talks at {self.name}, but it is no trainer")
        raise SilentError(f"port: {self.name}: nothing answers")

    def exchange(self, commands: Sequence[bytes], progress: Callable[[int], None] = lambda _: None) -> list[Reply]:
        """Carry out ``commands`` in their order; their replies. ``progress`` is told how many have theirs."""
        frames = [frame(bytes([(self.sequence + index) % 256]) + command) for index, command in enumerate(commands)]
        replies: list[Reply | None] = [None] * len(frames)
        first = sent = on_the_way = failures = 0
        end = monotonic()
        while first < len(frames):
            batch = []
            room = BUFFER_BYTES if self.buffered else 0
            while sent < len(frames) and (
                sent == first or (sent - first < HISTORY and on_the_way + len(frames[sent]) < room)
            ):
                batch.append(frames[sent])
                on_the_way += len(frames[sent])
                sent += 1
            if batch:
                self._write(b"".join(batch))
                end = monotonic() + REPLY_SECONDS
            before, damaged = first, self._reader.damaged
            received = self._read(max(0, end - monotonic()))
            trouble = received is None or self._reader.damaged != damaged
            for sequence, reply in received or ():
                index = first + (sequence - self.sequence - first) % 256
                if isinstance(reply, Refused):
                    trouble = True
                elif index < sent:
                    replies[index] = reply
            while first < sent and replies[first] is not None:
                on_the_way -= len(frames[first])
                first += 1
            if first != before:
                progress(first)
                failures = 0
                end = monotonic() + REPLY_SECONDS
            late = first < len(frames) and monotonic() >= end
            # replies come in order: before one that is there none is missing
            if trouble or late or any(reply is not None for reply in replies[first:sent]):
                failures += 1
                if failures > ATTEMPTS:
                    raise LinkError(f"port: {self.name}: the board does not answer any more")
                self.repeated += 1
                self._drain()
                replies[first:] = [None] * (len(frames) - first)
                sent, on_the_way = first, 0
        self.sequence = (self.sequence + len(frames)) % 256
        return [reply for reply in replies if reply is not None]

    def _drain(self) -> bool:
        """Wait until nothing is on the way; whether something was. Raises `LinkError` if there is no end to it."""
        end, heard = monotonic() + DRAIN_SECONDS, False
        while self._read(QUIET_SECONDS) is not None:
            heard = True
            if monotonic() >= end:
                raise LinkError(f"port: something talks at {self.name} without end, and it is no trainer")
        return heard

    def _write(self, data: bytes) -> None:
        try:
            self.port.write(data)
        except serial.SerialTimeoutException:
            raise LinkError(f"port: {self.name}: takes no bytes") from None
        except (serial.SerialException, OSError):
            raise self._lost() from None

    def _read(self, seconds: float) -> list[tuple[int, Reply]] | None:
        """Replies among the bytes that have come, waiting for the first of them at most ``seconds``; None if none."""
        try:
            self.port.timeout = seconds
            data = self.port.read(1)
            data += self.port.read(self.port.in_waiting)
        except (serial.SerialException, OSError):
            raise self._lost() from None
        if not data:
            return None
        return [reply for body in self._reader.bodies(data) if (reply := decode(body)) is not None]

    def _lost(self) -> LinkError:
        return LinkError(f"port: {self.name}: the board is gone; was it unplugged?")
