"""Who a board is: the registers that tell the host which network and machine it talks to."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bep_hw.link.opcodes import PROTOCOL
from bep_hw.plan.registers import FEATURES, IDENTITY, REGISTERS, address
from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork


@cache
def _sources() -> bytes:
    """Digest of everything that decides what is generated."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        total.update(path.read_bytes())
    return total.digest()


def build_digest(network: AnyNetwork, machine: Machine) -> int:
    """32 bits that differ between any two builds whose hardware may differ."""
    configuration = json.dumps([network.to_dict(), machine.to_dict()], sort_keys=True)
    return int.from_bytes(hashlib.sha256(configuration.encode() + _sources()).digest()[:4], "big")


def identification(network: AnyNetwork, machine: Machine) -> dict[int, int]:
    """Address -> value of every register that tells who a board is."""
    single = {
        "steps": network.steps if network.SEQUENTIAL else 0,
        "identity": IDENTITY,
        "protocol": PROTOCOL,
        "build": build_digest(network, machine),
        "inputs": network.inputs,
        "classes": network.classes,
        "counter_bits": network.counter_bits,
        "lanes": machine.lanes,
        "update_lanes": machine.update_lanes,
        "features": sum((getattr(machine, feature.field) == feature.values[1]) << feature.bit for feature in FEATURES),
    }
    if machine.cache_samples:
        single["cache_capacity"] = machine.cache_samples
    words = {address(name): value for name, value in single.items()}
    return words | {address("hidden", layer): width for layer, width in enumerate(network.widths)}


def configuration(words: Mapping[int, int]) -> tuple[AnyNetwork, Machine]:
    """Network and machine of a board whose registers hold ``words``: as far as they matter to the host.

    Raises `ConfigError` if the words are those of no network.
    """
    hidden = [words.get(address("hidden", layer), 0) for layer in range(REGISTERS["hidden"].count)]
    names = ("inputs", "classes", "counter_bits", "lanes", "update_lanes", "features")
    inputs, classes, counter_bits, lanes, update_lanes, features = (words[address(name)] for name in names)
    widths = tuple(width for width in hidden if width)
    network: AnyNetwork
    if steps := words.get(address("steps"), 0):
        network = RecurrentNetwork(inputs, widths[0], widths[1], classes, counter_bits, steps)
    else:
        network = Network(inputs, widths, classes, counter_bits)
    return (
        network,
        Machine(
            lanes,
            update_lanes,
            cache_samples=words.get(address("cache_capacity"), 0),
            **{feature.field: feature.values[features >> feature.bit & 1] for feature in FEATURES},
        ),
    )
