"""A trainer on a board, as Python sees it."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bep_host.errors import LinkError
from bep_host.find import connect
from bep_hw.link.codec import Codec, Done, Reply, Result
from bep_hw.link.opcodes import PROTOCOL
from bep_hw.plan.identity import configuration, identification_addresses
from bep_hw.plan.images import last_steps, unpack_counters
from bep_hw.plan.layout import Layout
from bep_hw.plan.load import load
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import IDENTITY, STATISTICS, address
from bep_ref.config import ConfigError, Machine, Network

Ints = NDArray[Any]
Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def silent(done: int, total: int) -> None:
    """The progress that nobody watches."""


class Device:
    """The board at serial port ``name``, for as long as the context lasts; ``"auto"`` takes the first that answers.
    It talks at ``baud`` bits a second, or at whichever of `RATES` it answers at.

    Attributes: ``network`` and ``machine`` as the board tells them, ``build`` the digest of what it was made from,
    ``layout`` its address map.

        with Device("/dev/ttyUSB1") as board:
            board.load(counters, [classifier])
            predictions = board.infer(x)

    Raises `LinkError`.
    """

    def __init__(self, name: str, baud: int | None = None) -> None:
        self.connection, identity = connect(name, baud)
        self._last_step = -1  # as the register has it, if it was written
        self.name, self.port = self.connection.name, self.connection.port
        try:
            self._identify(identity)
        except BaseException:
            self.port.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.port.close()

    def _identify(self, identity: int) -> None:
        if identity >> 16 != IDENTITY >> 16:
            raise LinkError(f"port: {self.name}: something answers, but it is no trainer (identity {identity:#x})")
        # reading needs no sizes but the address's
        codec = Codec(Network(1, (2,), 2), Machine(1, 1))
        places = identification_addresses()
        replies = self.connection.exchange([codec.read(Space.REGISTERS, place) for place in places])
        found = {place: reply.data for place, reply in zip(places, replies, strict=True) if isinstance(reply, Done)}
        protocol = found.get(address("protocol"))
        if (identity, protocol) != (IDENTITY, PROTOCOL):
            raise LinkError(
                f"port: {self.name}: the board has registers {identity:#x} and link {protocol}, this program "
                f"{IDENTITY:#x} and {PROTOCOL}; build its bitstream with this version"
            )
        try:
            self.network, self.machine = configuration(found)
        except ConfigError as error:
            raise LinkError(f"port: {self.name}: the board describes no network known here ({error})") from None
        self.connection.buffered = self.machine.receive_buffer
        self.build = found[address("build")]
        self.layout = Layout(self.network, self.machine)
        self.codec = Codec(self.network, self.machine)

    def reset(self) -> None:
        """Forget samples and statistics; counters and weights stay."""
        self._last_step = -1
        self.connection.exchange([self.codec.reset()])

    # words

    def read(self, space: Space, addresses: Sequence[int], progress: Progress = silent) -> list[int]:
        """The words at ``addresses``."""
        commands = [self.codec.read(space, place) for place in addresses]
        replies = self.connection.exchange(commands, lambda done: progress(done, len(commands)))
        return [reply.data for reply in replies if isinstance(reply, Done)]

    def write(self, space: Space, words: Mapping[int, int], progress: Progress = silent) -> None:
        """Write ``words`` (address -> value), in their order."""
        commands = [self.codec.write(space, place, value) for place, value in words.items()]
        self.connection.exchange(commands, lambda done: progress(done, len(commands)))

    def read_register(self, name: str, index: int = 0) -> int:
        """A register of `REGISTERS`."""
        return self.read(Space.REGISTERS, [address(name, index)])[0]

    def write_registers(self, words: Mapping[int, int]) -> None:
        """Write registers, by address: see `bep_hw.plan.registers.settings` and its neighbours."""
        self.write(Space.REGISTERS, words)

    def statistics(self) -> dict[str, int]:
        """Events since reset; zeros if the machine counts none."""
        return {name: self.read_register(name) for name in STATISTICS}

    # the network

    def load(
        self, counters: Sequence[ArrayLike], classifiers: Sequence[ArrayLike], progress: Progress = silent
    ) -> None:
        """Counters (one (K_l, K_{l-1}) array a layer) and classifiers (C, K_l) of ±1, and the weights they make.

        A board that learns by local errors holds a classifier a layer, any other the last one.
        """
        held = [np.asarray(classifier) for classifier in classifiers[-self.layout.classifiers :]]
        self._check_shapes(counters, held)
        writes = list(load(self.layout, [np.asarray(q) for q in counters], held))
        commands = [self.codec.write(*write) for write in writes]
        self.connection.exchange(commands, lambda done: progress(done, len(commands)))

    def counters(self, progress: Progress = silent) -> list[Ints]:
        """The counters as they are, one (K_l, K_{l-1}) array a layer."""
        places = range(self.layout.hidden_depth)
        return unpack_counters(self.layout, dict(zip(places, self.read(Space.COUNTERS, places, progress), strict=True)))

    def commit(self) -> None:
        """Make all visible weights from the counters."""
        self.write(Space.REGISTERS, {address("commit"): 1})

    def infer(self, x: ArrayLike) -> Ints:
        """Classes (n,) of samples ``x``, see `checked`."""
        samples = np.asarray(x)
        return self._run(samples, np.zeros(len(samples), dtype=np.uint8), train=False)[0]

    def train(self, x: ArrayLike, y: ArrayLike) -> tuple[Ints, Ints]:
        """Learn a mini-batch; predictions (n,), made before, and which samples triggered an update (n,)."""
        return self._run(x, y, train=True)

    def checked(self, x: ArrayLike, y: ArrayLike) -> tuple[Ints, Ints]:
        """Samples (n, inputs) of ±1, or sequences (n, steps, inputs) with zeros behind their end, and classes (n,).

        Raises `ConfigError` if the board does not take them.
        """
        x, y = np.asarray(x), np.asarray(y)
        if not self.network.takes(x.shape[1:]) or y.shape != x.shape[:1]:
            raise ConfigError(f"samples: x has shape {x.shape} and y {y.shape}; the board takes {self.network}")
        if len(y) and not 0 <= y.min() <= y.max() < self.network.classes:
            raise ConfigError(f"labels: {y.min()} to {y.max()}; they must be 0 to {self.network.classes - 1}")
        return x, y

    def _run(self, x: ArrayLike, y: ArrayLike, train: bool) -> tuple[Ints, Ints]:
        x, y = self.checked(x, y)
        commands = self.codec.samples(x, y, train, last=train)
        replies: list[Reply] = []
        # the length of sequences changes only behind those that are on their way
        for length, of_length in itertools.groupby(range(len(x)), last_steps(self.layout, x).__getitem__):
            if self.layout.recurrent and length != self._last_step:
                self.write_registers({address("last_step"): length})
                self._last_step = length
            replies += self.connection.exchange([commands[index] for index in of_length])
        results = [(reply.prediction, reply.triggered) for reply in replies if isinstance(reply, Result)]
        predictions, triggered = np.array(results, dtype=np.int64).reshape(-1, 2).T
        return predictions, triggered.astype(bool)

    def _check_shapes(self, counters: Sequence[ArrayLike], classifiers: Sequence[Ints]) -> None:
        shapes = tuple(np.shape(q) for q in counters)
        found = [np.shape(classifier) for classifier in classifiers]
        wanted = [(self.network.classes, width) for width in self.network.widths][-self.layout.classifiers :]
        if shapes != self.network.shapes or found != wanted:
            raise ConfigError(
                f"model: its layers have shapes {list(shapes)}, its classifiers {found}; "
                f"the board holds {self.network}, {list(self.network.shapes)} and {wanted}"
            )
