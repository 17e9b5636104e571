"""How a co-simulation is done, beside what it learns."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bep_ref.config import AnyNetwork, ConfigError, Machine, Training, WindowNetwork
from bep_sim.stalls import Pace


def unchanged(source: str) -> str:
    """Verilog as it was generated."""
    return source


@dataclass(frozen=True)
class Options:
    """Options of `bep_sim.cosim.cosimulate`.

    Files: ``waves`` keeps a waveform there; ``coverage`` keeps what of the hardware was covered
    (`bep_verify.coverage.counts`); ``quick`` as in `Simulation`.

    Hardware: ``edit`` changes the Verilog before it is built, tests plant faults with it. A ``netlist`` (`synthesised`)
    takes the place of the generated hardware; its visible weights are not compared. With ``four_valued`` logic
    (`bep_sim.tools.icarus`) every output of it has to be known in every cycle. ``stalls`` of the streams it names
    (`bep_sim.stalls`).

    Learning: ``later`` is how the epochs after the first one learn; of ``ask_every`` samples one is not to be learned.
    With a ``cache_key`` the hardware learns from its cache, in the order of that key and of those that follow it:
    epochs are then of the same samples, later ones of the first of them, and the numbers of correct predictions
    are compared. Epochs ``streamed`` come from the host even so.

    With ``trace`` every step is compared when it is taken; the first that differs ends the run.
    """

    waves: Path | None = None
    coverage: Path | None = None
    quick: Path | None = None
    edit: Callable[[str], str] = unchanged
    netlist: str = ""
    four_valued: bool = False
    stalls: Mapping[str, Pace] = field(default_factory=dict)
    later: Sequence[Training] = ()
    ask_every: int = 0
    cache_key: int = 0
    streamed: Collection[int] = ()
    trace: bool = False

    def check(self, network: AnyNetwork, training: Training, machine: Machine) -> None:
        """Raise `ConfigError` for options that do not suit a run of ``network`` by ``training`` on ``machine``."""
        if isinstance(network, WindowNetwork):
            self._check_windows(machine)
        elif machine.training and machine.rule != training.rule:
            raise ConfigError(f"rule: the network learns by {training.rule}, the machine by {machine.rule}")
        if self.trace and (self.netlist or self.four_valued or not machine.training):
            raise ConfigError("trace: only hardware that learns has a trace port, as generated and in two-valued logic")
        if self.trace and (self.later or self.ask_every):
            raise ConfigError(
                "trace: only a run whose samples are all learned, in the same way, is followed step by step"
            )

    def _check_windows(self, machine: Machine) -> None:
        """What the hardware of window networks does not have."""
        wanted = {"trace": self.trace, "cache_samples": self.cache_key or machine.cache_samples}
        wanted |= {"later epochs": bool(self.later), "inference": not machine.training}
        for name, value in wanted.items():
            if value:
                raise ConfigError(f"{name}: not in the hardware of window networks so far")


PLAIN = Options()
"""Nothing but the comparison at the end of every epoch."""
