"""The register map, declared once: gateware, host driver, testbench and documentation all read it."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from bep_hw.plan.features import description
from bep_ref.config import BEP, AnyNetwork, Rule, gate_threshold, margin_threshold
from bep_ref.networks.reinforce import PLANES, threshold_planes

IDENTITY = 0xBE900002
"""What register IDENTITY reads: the product and, in the lowest byte, the map's version."""


class Access(enum.Enum):
    READ = "read"
    WRITE = "write"
    BOTH = "read and write"


@dataclass(frozen=True)
class Register:
    """``count`` words of ``bits`` bits from ``address`` on; index 0 is the first layer where there is one a layer."""

    address: int
    bits: int
    access: Access
    text: str
    count: int = 1


TABLE_STRIDE = PLANES
"""Reinforcement planes of a layer start this many words behind those of the layer before."""

STATISTICS = {
    "cycles": "clock cycles since reset, modulo 2^32",
    "samples": "samples decided since reset",
    "triggers": "samples that triggered an update",
    "winners": "neurons updated",
    "commits": "mini-batches that changed weights",
    "propagate_words": "visible words the propagate engine read",
    "update_words": "groups of counters the update engine read",
    "sweep_cycles": "cycles that went into commits",
    "sweep_words": "slices of counters that commits read, among the update words",
}
"""Events counted since reset, name -> text of its register."""
_FIRST_STATISTIC = 0x20

MOST_OFFSETS = 16
"""Offsets that a window network may have."""
BOUNDS = 0x100
GEOMETRY = (
    *("rows", "columns", "bits of a position", "rows of a window", "columns of a window"),
    *("rows of places", "columns of places", "kernels", "rows of regions", "columns of regions"),
    *("rows pooled", "columns pooled", "spacing", "offsets", "bits of a read-out counter", "bits of a draw"),
)
"""What each register of ``geometry`` holds; the last one is 0 where candidates are chosen by groups."""

REGISTERS = {
    "identity": Register(0x00, 32, Access.READ, "product and version of this map"),
    "commit": Register(0x01, 1, Access.WRITE, "any write: visible weights from the counters, all of them"),
    "seed": Register(0x02, 32, Access.BOTH, "state of the reinforcement generator, not 0"),
    "margin": Register(0x03, 16, Access.WRITE, "half the trigger margin, rounded up: ceil(ceil(r K_L) / 2)"),
    "lead": Register(
        0x05, 32, Access.WRITE, "window networks: the most lead with which a sample learns, floor(margin U)"
    ),
    "settled": Register(0x06, 1, Access.WRITE, "window networks: 1 while kernels rest and only the read-out learns"),
    "last_step": Register(0x04, 16, Access.WRITE, "steps of a sequence, less one"),
    "layer_margin": Register(0x18, 16, Access.WRITE, "the same of a layer before the last one, local rule", count=8),
    "group_size": Register(0x08, 16, Access.WRITE, "γ of a layer", count=8),
    "gate": Register(0x10, 16, Access.WRITE, "floor(ν K) of a layer, of a perceptron from the second on", count=8),
    **{
        name: Register(_FIRST_STATISTIC + place, 32, Access.READ, text)
        for place, (name, text) in enumerate(STATISTICS.items())
    },
    "protocol": Register(0x40, 32, Access.READ, "version of the link's frames and commands"),
    "build": Register(0x41, 32, Access.READ, "digest of the configuration, the generator's sources and its libraries"),
    "inputs": Register(0x42, 32, Access.READ, "input bits of a sample"),
    "classes": Register(0x43, 32, Access.READ, "classes"),
    "counter_bits": Register(0x44, 32, Access.READ, "width B of a counter"),
    "lanes": Register(0x45, 32, Access.READ, "visible weights in a word, M"),
    "update_lanes": Register(0x46, 32, Access.READ, "counters in a group, N"),
    "features": Register(0x47, 32, Access.READ, description()),
    "hidden": Register(
        0x48, 32, Access.READ, "neurons of a hidden layer, 0 where there is none; or of state and output", count=8
    ),
    "cache_capacity": Register(0x50, 32, Access.READ, "samples that the cache can hold, 0 where there is none"),
    "cache_samples": Register(0x51, 16, Access.WRITE, "samples in the cache, from its first record on, at least 1"),
    "cache_batch": Register(0x52, 16, Access.WRITE, "samples of a mini-batch from the cache, at least 1"),
    "cache_key": Register(
        0x53,
        32,
        Access.WRITE,
        "key of the next epoch's shuffle, not 0, see bep_ref.runs.shuffle; written behind a stop",
    ),
    "cache_epochs": Register(
        0x54, 8, Access.BOTH, "epochs to learn from the cache, this one included: written to begin, 0 to stop"
    ),
    "cache_correct": Register(0x55, 16, Access.READ, "training samples of the last whole epoch predicted right"),
    "steps": Register(0x58, 32, Access.READ, "steps that a sequence may have, 0: a perceptron, no sequences"),
    "bounds": Register(
        BOUNDS,
        16,
        Access.WRITE,
        "window networks, for each offset: agreeing bits from which a unit is +1; least and most of a candidate",
        count=3 * MOST_OFFSETS,
    ),
    "geometry": Register(
        0x60,
        32,
        Access.READ,
        "window networks: " + ", ".join(GEOMETRY),
        count=len(GEOMETRY),
    ),
    "reinforcement": Register(
        0x80,
        16,
        Access.WRITE,
        "a layer's reinforcement: bit planes of its thresholds, see bep_ref.networks.reinforce",
        count=8 * TABLE_STRIDE,
    ),
}


def address(name: str, index: int = 0) -> int:
    """Address of word ``index`` of a register."""
    register = REGISTERS[name]
    if not 0 <= index < register.count:
        raise IndexError(f"{name}: word {index} of {register.count}")
    return register.address + index


def settings(
    network: AnyNetwork, margin: float, gate: float, group_size: Sequence[int], rule: Rule = BEP
) -> dict[int, int]:
    """Register writes (address -> value) that set the margin r, the gates ν and the group sizes γ of the layers."""
    margins = [-(-margin_threshold(margin, width) // 2) for width in network.widths]
    *lower, _ = rule.classified(len(margins))
    writes = {address("margin"): margins[-1]} | {address("layer_margin", layer): margins[layer] for layer in lower}
    for layer, (size, fan_in) in enumerate(zip(group_size, network.gate_fan_in, strict=True)):
        writes[address("group_size", layer)] = size
        writes[address("gate", layer)] = gate_threshold(gate, fan_in)
    return writes


def learning_settings(
    network: AnyNetwork,
    margin: float,
    gate: float,
    group_size: Sequence[int],
    rule: Rule = BEP,
    chances: list[float] | None = None,
) -> dict[int, int]:
    """`settings` and `reinforcement_settings`: all that a host chooses of how a network learns."""
    return settings(network, margin, gate, group_size, rule) | reinforcement_settings(chances, len(network.shapes))


def cache_settings(samples: int, batch_size: int, key: int) -> dict[int, int]:
    """Register writes that prepare epochs from the cache: what it holds, its mini-batches, the first shuffle."""
    values = {"cache_samples": samples, "cache_batch": min(batch_size, samples), "cache_key": key}
    return {address(name): value for name, value in values.items()}


def reinforcement_settings(chances: list[float] | None, layers: int) -> dict[int, int]:
    """Register writes that set each layer's chance of reinforcement; None turns reinforcement off."""
    writes = {}
    for layer in range(layers):
        for index, value in enumerate(threshold_planes(chances[layer] if chances else 0.0)):
            writes[address("reinforcement", layer * TABLE_STRIDE + index)] = value
    return writes
