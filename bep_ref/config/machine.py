"""Widths and options of the hardware, and the work that it is estimated for."""

from dataclasses import dataclass

from bep_ref.config.record import Record, setting
from bep_ref.config.rule import BEP, RULES


@dataclass(frozen=True)
class Machine(Record):
    """Widths of the hardware: synapses handled a cycle by each unit, any numbers that divide as stated.

    ``lanes`` is the visible plane's word. ``update_lanes`` counters are read, changed and written a cycle; it divides
    ``lanes``, and is also the chunk, the unit in which samples travel. ``backward_lanes`` column accumulators
    (0 = as many as the widest hidden layer can use). ``z_buffers`` = 2 keeps the first layer's pre-activations of two
    samples, so that a sample's forward pass never waits for the winners of the one before. ``hits_ahead`` reinforcement
    hits are drawn while a batch is learned, into a memory of their own. ``spram`` puts the counters
    into the UP5K's single-port memories. ``register_plane`` adds a register behind the visible plane's memories (worth
    it on ECP5), ``statistics`` the registers that count cycles and events. Without ``training`` there is no hidden
    plane and no update engine: weights are loaded, samples classified. With a ``receive_buffer``, one block RAM,
    several of the host's commands may be on their way to a board. ``rule`` is the learning rule it carries out.
    ``cache_samples`` samples, behind the counters in the hidden plane's memory, are learned epoch after epoch without
    the host (`bep_hw.sources.records`).
    """

    lanes: int = setting("visible weights read a cycle, M", "1 to 4096")
    update_lanes: int = setting(
        "counters stepped a cycle, N, and bits of a chunk", "a divisor of lanes, with SPRAM of half the lanes", 4
    )
    backward_lanes: int = setting("column accumulators, at most", "0 (as many as are of use) to 4096", 0)
    z_buffers: int = setting("samples whose first layer's pre-activations are kept", "1 or 2", 1)
    slots: int = setting("samples in flight between loader, propagate and update engine", "2, 4 or 8", 4)
    hits_ahead: int = setting("reinforcement hits drawn ahead", "0, or a power of two from 2 to 8192", 0)
    spram: bool = setting("counters in single-port SPRAM", "true or false", False)
    register_plane: bool = setting("a register behind the visible plane", "true or false", False)
    statistics: bool = setting("event counters", "true or false", True)
    receive_buffer: bool = setting("a buffer for what the host sends", "true or false", True)
    training: bool = setting("learning; without it, inference only", "true or false", True)
    rule: str = setting("learning rule that the hardware carries out", " or ".join(RULES), BEP.name)
    draw_bits: int = setting(
        "random bits that a candidate of a window network draws", "0 (selection group: none are drawn) to 16 bits", 5
    )
    cache_samples: int = setting(
        "training samples that the chip holds and learns without the host",
        "0 (none, as without learning) or 257 to 65535",
        0,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("lanes", 1 <= self.lanes <= 4096)
        banks = 2 if self.spram else 1
        self._check("update_lanes", self.update_lanes >= 1 and self.lanes % (banks * self.update_lanes) == 0)
        self._check("backward_lanes", 0 <= self.backward_lanes <= 4096)
        self._check("z_buffers", self.z_buffers in (1, 2))
        self._check("hits_ahead", self.hits_ahead in (0, *(1 << bit for bit in range(1, 14))))
        self._check("slots", self.slots in (2, 4, 8))
        self._check("rule", self.rule in RULES)
        self._check("draw_bits", 0 <= self.draw_bits <= 16)
        self._check("cache_samples", self.cache_samples == 0 or (self.training and 257 <= self.cache_samples <= 65535))


@dataclass(frozen=True)
class Workload(Record):
    """How learning goes, as far as it decides a machine's cycles; the defaults are a first epoch's, the slowest."""

    batch_size: int = setting("samples between two commits", "at least 1 sample", 100)
    group_size: int = setting("gamma: neurons that share one update", "at least 1 neuron", 32)
    triggered: float = setting("share of samples that cause an update", "0 to 1", 1.0)
    gated: float = setting("share of a layer's rows that pass errors on", "0 to 1", 0.88)
    reinforcement: float = setting("p_r: strength of reinforcement", "0 to 1", 0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("batch_size", self.batch_size >= 1)
        self._check("group_size", self.group_size >= 1)
        for name in ("triggered", "gated", "reinforcement"):
            self._check(name, 0 <= getattr(self, name) <= 1)
