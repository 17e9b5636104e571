"""What a run, a checkpoint, a model file and a board need of a network, of whatever kind."""

from typing import Any, Protocol, cast

from numpy.typing import ArrayLike, NDArray

from bep_ref.config import AnyNetwork
from bep_ref.networks.readout import Readout
from bep_ref.networks.reinforce import Xorshift32
from bep_ref.networks.rules import Batch


class Learner(Protocol):
    """A network that learns, here or on a board.

    ``matrices`` are its counters in the order of ``network.shapes``, ``classifiers`` its fixed classifiers, the one
    that predicts last, ``scores`` (n, C) of integers whose largest, the first of equals, ``predict`` names,
    ``group_size`` that of each of ``network.widths``, ``walk_block`` the inputs whose counters
    reinforcement walks together. A network with a read-out is a `ReadoutLearner`.
    """

    group_size: list[int]
    walk_block: int

    @property
    def generator(self) -> Xorshift32: ...

    @property
    def classifiers(self) -> list[NDArray[Any]]: ...

    @property
    def network(self) -> AnyNetwork: ...

    @property
    def matrices(self) -> list[NDArray[Any]]: ...

    def load(self, x: Any) -> Any: ...

    def scores(self, x: Any) -> NDArray[Any]: ...

    def predict(self, x: Any) -> NDArray[Any]: ...

    def step(self, x: Any, y: NDArray[Any], reinforcement: list[float] | None = None) -> Batch: ...


class ReadoutLearner(Learner, Protocol):
    """A network whose read-out ``head`` predicts in the classifiers' place; once ``settled``, it alone learns."""

    head: Readout | None
    settled: bool


class WindowLearner(ReadoutLearner, Protocol):
    """A window network, whose samples may be shifted."""

    def scores(self, x: Any, shifts: ArrayLike | None = None) -> NDArray[Any]: ...

    def step(
        self,
        x: Any,
        y: NDArray[Any],
        reinforcement: list[float] | None = None,
        shifts: ArrayLike | None = None,
    ) -> Batch: ...


def with_readout(net: Learner) -> ReadoutLearner | None:
    """``net``, if its network has a read-out."""
    return cast(ReadoutLearner, net) if net.network.readout else None


def readout_of(net: Learner) -> Readout | None:
    """The read-out of ``net``, if its network has one."""
    learner = with_readout(net)
    return learner.head if learner else None


class Engine(Protocol):
    """A class of learners of one kind of network, computed here."""

    def of(
        self,
        network: Any,
        training: Any,
        counters: list[NDArray[Any]],
        classifiers: list[NDArray[Any]],
        generator_state: int,
        readout: Readout | None = None,
    ) -> Learner:
        """A network from its parts.

        ``network`` and ``training`` are of its kind, ``counters`` in the order of ``network.shapes``, ``classifiers``
        the last layer's last.
        """
