"""What a run, a checkpoint and a model file need of a network, whatever its shape."""

from typing import Any, Protocol

from numpy.typing import NDArray

from bep_ref.config import AnyNetwork
from bep_ref.networks.readout import Readout
from bep_ref.networks.reinforce import Xorshift32
from bep_ref.networks.rules import Batch


class Learner(Protocol):
    """A network that learns: `BinaryMlp` or `BinaryRnn`.

    ``matrices`` are its counters in the order of ``network.shapes``, ``classifiers`` its fixed classifiers, the one
    that predicts last, ``group_size`` that of each of ``network.widths``, ``readout`` what predicts in the classifiers'
    place, ``settled`` whether only the read-out learns, ``walk_block`` the inputs whose counters reinforcement walks
    together.
    """

    group_size: list[int]
    settled: bool
    walk_block: int

    @property
    def generator(self) -> Xorshift32: ...

    @property
    def classifiers(self) -> list[NDArray[Any]]: ...

    @property
    def network(self) -> AnyNetwork: ...

    @property
    def readout(self) -> Readout | None: ...

    @property
    def matrices(self) -> list[NDArray[Any]]: ...

    def load(self, x: Any) -> Any: ...

    def predict(self, x: Any) -> NDArray[Any]: ...

    def step(self, x: Any, y: NDArray[Any], reinforcement: list[float] | None = None) -> Batch: ...
