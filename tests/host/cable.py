"""A cable between a host and a board that spoils some of the bytes on it."""

import os
import select
import threading
import tty
from collections.abc import Callable
from types import TracebackType
from typing import Self

import serial

Spoil = Callable[[bytes], bytes]


def whole(data: bytes) -> bytes:
    return data


class Cable:
    """Passes bytes on between the pseudo-terminal ``port`` and the board's, by way of ``to_board`` and ``to_host``."""

    def __init__(self, board: str) -> None:
        self.board = board
        self.to_board: Spoil = whole
        self.to_host: Spoil = whole

    def __enter__(self) -> Self:
        self._end, self._terminal = os.openpty()
        tty.setraw(self._terminal)
        self.port = os.ttyname(self._terminal)
        self._serial = serial.Serial(self.board, timeout=0)
        self._over, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._pass_on)
        self._thread.start()
        return self

    def _pass_on(self) -> None:
        while True:
            ready, _, _ = select.select([self._end, self._serial.fd, self._over], [], [])
            if self._over in ready:
                return
            if self._end in ready:
                self._serial.write(self.to_board(os.read(self._end, 64)))
            if self._serial.fd in ready:
                os.write(self._end, self.to_host(self._serial.read(64)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._stop, b".")
        self._thread.join()
        self._serial.close()
        for end in (self._end, self._terminal, self._over, self._stop):
            os.close(end)


class EveryNth:
    """Spoils every ``n``-th byte: loses it, or inverts its lowest bit."""

    def __init__(self, n: int, lose: bool) -> None:
        self.n, self.lose, self.passed = n, lose, 0

    def __call__(self, data: bytes) -> bytes:
        spoilt = bytearray()
        for byte in data:
            self.passed += 1
            if self.passed % self.n:
                spoilt.append(byte)
            elif not self.lose:
                spoilt.append(byte ^ 1)
        return bytes(spoilt)


def cut(data: bytes) -> bytes:
    return b""
