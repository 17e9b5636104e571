"""What computes: the golden model, a simulated board or a board, all behind the same network."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bep_ref.config import ConfigError
from bep_ref.networks.learner import Learner
from bep_ref.runs.task import Task

BACKENDS = ("golden", "sim", "board")


@dataclass(frozen=True)
class Backend:
    """``name`` of `BACKENDS`; ``port`` and ``baud`` lead to the board, ``build`` keeps compiled simulations."""

    name: str
    port: str
    baud: int | None
    lanes: int
    build: Path

    @contextmanager
    def running(self, task: Task, learner: Learner) -> Iterator[Learner]:
        """``learner`` where it computes, while the context lasts: itself, or the same network on a device.

        Raises
        ------
        ConfigError : unknown name, or a network that the hardware does not learn.
        LinkError : no board, or one with another network.
        """
        if self.name not in BACKENDS:
            raise ConfigError(f"backend: {self.name!r} is not known; known are {', '.join(BACKENDS)}")
        if self.name == "golden":
            yield learner
            return
        from bep_host.device import Device
        from bep_host.device_learner import DeviceLearner

        with ExitStack() as stack:
            port = self.port if self.name == "board" else self._simulate(task, stack)
            device = stack.enter_context(Device(port, self.baud))
            yield DeviceLearner(device, task, learner)

    def _simulate(self, task: Task, stack: ExitStack) -> str:
        """The port of a simulated board, which is switched off with ``stack``."""
        from bep_hw.plan.choose import choose_machine
        from bep_sim.board.simulated_board import SimulatedBoard
        from bep_sim.tools.compiled import compile_board

        machine = choose_machine(task.network, lanes=self.lanes, rule=task.training.rule)
        return stack.enter_context(SimulatedBoard(compile_board(task.network, machine, self.build))).port
