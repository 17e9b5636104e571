"""A port where something else talks, for ever or now and then, is told in one line; nothing waits for its silence."""

import os
import threading
import tty
from time import monotonic

import pytest

from bep_host import cache, connection, find, torture
from bep_host.cache import Cache
from bep_host.connection import Connection
from bep_host.device import Device
from bep_host.errors import LinkError, SilentError, StrangerError
from bep_host.find import connect
from bep_host.ports import open_port
from bep_hw.line.framing import FLAG, LONGEST, FrameReader, frame
from tests.cli.commands import complaint

GPS = b"$XXGGA,000000,0000.000,N,00000.000,E,1,04*00\r\n"


class Talker:
    """Says ``words`` at the pseudo-terminal ``port``, with ``pause`` seconds in between, as long as this lasts.

    It ends by itself after ``most`` seconds, so that whoever waits for its silence fails instead of hanging.
    """

    def __init__(self, words: bytes, pause: float, most: float = 20.0) -> None:
        self.words, self.pause, self.most = words, pause, most

    def __enter__(self) -> "Talker":
        self._end, self._terminal = os.openpty()
        tty.setraw(self._terminal)
        os.set_blocking(self._end, False)
        self.port = os.ttyname(self._terminal)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()
        return self

    @property
    def talks(self) -> bool:
        return self._thread.is_alive()

    def _talk(self) -> None:
        end = monotonic() + self.most
        while not self._over.wait(self.pause) and monotonic() < end:
            try:
                os.write(self._end, self.words)
            except BlockingIOError:  # nobody listens fast enough
                continue

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._end)
        os.close(self._terminal)


@pytest.fixture
def hurried(monkeypatch):
    """Waits that are a fraction of what boards get."""
    monkeypatch.setattr(connection, "DRAIN_SECONDS", 0.2)
    monkeypatch.setattr(connection, "QUIET_SECONDS", 0.02)
    monkeypatch.setattr(connection, "REPLY_SECONDS", 0.1)
    monkeypatch.setattr(find, "QUICK", (1, 0.05))
    monkeypatch.setattr(find, "PATIENT", (1, 0.1))
    monkeypatch.setattr(torture, "REPLY_SECONDS", 0.1)


@pytest.mark.parametrize(
    ("words", "pause"),
    [
        (GPS, 0.001),
        (GPS, 0.03),
        (b"\x00", 0.001),
        (bytes([FLAG]) * 50, 0.001),
        (frame(b"\x00hello"), 0.001),
        (b"x" * 4000, 0.001),
    ],
    ids=["GPS", "GPS, slower", "zeros", "flags", "frames", "flood"],
)
@pytest.mark.parametrize("baud", [None, 115_200])
def test_whoever_talks_and_is_no_trainer_is_told(hurried, words, pause, baud):
    with Talker(words, pause) as talker:
        with pytest.raises(LinkError, match=rf"^port: something talks at {talker.port}.*, (but|and) it is no trainer$"):
            Device(talker.port, baud)
        assert talker.talks, "the host has waited for silence"


def test_what_never_falls_silent_is_given_up(hurried, monkeypatch):
    monkeypatch.setattr(connection, "QUIET_SECONDS", 5.0)
    with Talker(GPS, 0.01) as talker:
        with pytest.raises(LinkError, match=f"something talks at {talker.port} without end, and it is no trainer"):
            connect(talker.port)
        assert talker.talks, "the host has waited for silence"


def test_now_and_then_a_line(hurried):
    with Talker(GPS, 0.08) as talker:
        with pytest.raises(StrangerError, match=rf"^port: something talks at {talker.port}, but it is no trainer$"):
            connect(talker.port)


def test_the_command_line_names_the_port(hurried, capsys):
    with Talker(GPS, 0.001) as talker:
        line = complaint(capsys, "board", "--port", talker.port)
    assert line.startswith(f"bep: error: port: something talks at {talker.port}")


def test_auto_goes_on_after_a_talker(hurried, monkeypatch, capsys):
    silent, terminal = os.openpty()
    tty.setraw(terminal)
    with Talker(GPS, 0.001) as talker:
        ports = [talker.port, os.ttyname(terminal)]
        monkeypatch.setattr(find, "candidates", lambda: ports)
        line = complaint(capsys, "board", "--port", "auto")
    assert f"something talks at {ports[0]}" in line
    assert f"{ports[1]}: nothing answers" in line
    os.close(silent)
    os.close(terminal)


@pytest.mark.parametrize("words", [b"x", frame(b"\x63junk"), GPS, b"x" * 4000])
def test_commands_end_where_only_noise_comes(hurried, monkeypatch, words):
    monkeypatch.setattr(connection, "ATTEMPTS", 1)
    with Talker(words, 0.0) as talker:
        link = Connection(open_port(talker.port), talker.port)
        with pytest.raises(LinkError, match=r"does not answer any more|talks at"):
            link.exchange([b"\x01"] * 3)
        assert talker.talks, "the host has waited for silence"
        link.port.close()


class Flood:
    """A port at which bytes are always there, for a million reads."""

    timeout, in_waiting, reads = 0.0, 1, 0

    def write(self, data):
        pass

    def read(self, size):
        self.reads += 1
        assert self.reads < 1_000_000, "the host reads for ever"
        return b"x" * size


def test_a_port_that_always_has_something(hurried):
    with pytest.raises(LinkError, match="talks at port without end"):
        Connection(Flood(), "port").exchange([b"\x01"])
    with pytest.raises(LinkError, match="talks at port without end"):
        Connection(Flood(), "port").hello(0)


def test_silence_is_still_silence(hurried):
    with Talker(b"", 10) as talker:
        with pytest.raises(LinkError, match=f"{talker.port}: nothing answers at 3000000, 1000000, 115200 bit/s"):
            connect(talker.port)
        with pytest.raises(SilentError):
            Connection(open_port(talker.port), talker.port).hello(0, 1, 0.05)


def test_what_never_ends_is_not_kept():
    reader = FrameReader()
    for _ in range(40):
        assert list(reader.bodies(b"x" * 4096)) == []
    assert len(reader._received) == LONGEST
    assert list(reader.bodies(bytes([FLAG]) + frame(b"body"))) == [b"body"]


class Standing:
    """A board whose epochs do not end."""

    name, looks = "port", 0

    def write_registers(self, words):
        pass

    def read_register(self, name):
        self.looks += 1
        return {"cache_epochs": 1 if self.looks > 3 else 2, "cache_correct": 0}[name]


def test_an_epoch_that_does_not_end_is_given_up(monkeypatch):
    monkeypatch.setattr(cache, "EPOCH_SECONDS", 0.02)
    monkeypatch.setattr(cache, "SAMPLE_SECONDS", 0.001)
    held = Cache.__new__(Cache)
    held.device, held.size = Standing(), 5
    with pytest.raises(LinkError, match="the board does not finish its epoch"):
        held.learn(batch_size=1, key=1, epochs=2)
    assert held.device.looks > 3
