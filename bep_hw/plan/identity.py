"""Who a board is: the registers that report to the host which network and machine it talks to."""

import hashlib
import json
from collections.abc import Mapping

from bep_hw.link.opcodes import PROTOCOL
from bep_hw.plan.features import Features, features
from bep_hw.plan.generator import generator_digest
from bep_hw.plan.registers import IDENTITY, REGISTERS, address
from bep_ref.config import AnyNetwork, Machine, Network, RecurrentNetwork

SHAPE, WIDTHS = ("inputs", "classes", "counter_bits"), ("lanes", "update_lanes")
"""Registers that hold a number of the network, and of the machine, under its own name."""


def build_digest(network: AnyNetwork, machine: Machine) -> int:
    """32 bits that differ between any two builds whose trainer or link may differ.

    They follow from the configuration, from all sources that generate hardware of it, and from the version of Amaranth;
    not from a board's pins and clock.
    """
    configuration = json.dumps([network.to_dict(), machine.to_dict()], sort_keys=True)
    return int.from_bytes(hashlib.sha256(configuration.encode() + generator_digest()).digest()[:4], "big")


def identification(network: AnyNetwork, machine: Machine) -> dict[int, int]:
    """Address -> value of all identification registers that are not 0."""
    single = {
        "steps": network.steps if network.SEQUENTIAL else 0,
        "identity": IDENTITY,
        "protocol": PROTOCOL,
        "build": build_digest(network, machine),
        "features": features(network, machine),
        **{name: getattr(network, name) for name in SHAPE},
        **{name: getattr(machine, name) for name in WIDTHS},
    }
    if machine.cache_samples:
        single["cache_capacity"] = machine.cache_samples
    words = {address(name): value for name, value in single.items()}
    return words | {address("hidden", layer): width for layer, width in enumerate(network.widths)}


def identification_addresses() -> list[int]:
    """Addresses of all identification registers of any board, in rising order."""
    names = ("steps", "identity", "protocol", "build", "features", "cache_capacity", "hidden", *SHAPE, *WIDTHS)
    return sorted(address(name, index) for name in names for index in range(REGISTERS[name].count))


def configuration(words: Mapping[int, int]) -> tuple[AnyNetwork, Machine]:
    """Network and machine of a board whose registers hold ``words``: as far as they matter to the host.

    Raises `ConfigError` if the words are those of no network, or of a rule or kind of network that is not known.
    """
    found = Features.read(words[address("features")])
    inputs, classes, counter_bits, lanes, update_lanes = (words[address(name)] for name in SHAPE + WIDTHS)
    hidden = [words.get(address("hidden", layer), 0) for layer in range(REGISTERS["hidden"].count)]
    network: AnyNetwork
    if found.kind is RecurrentNetwork:
        state, output, *_ = hidden
        network = RecurrentNetwork(inputs, state, output, classes, counter_bits, words.get(address("steps"), 0))
    else:
        network = Network(inputs, tuple(width for width in hidden if width), classes, counter_bits)
    cache = words.get(address("cache_capacity"), 0)
    return network, Machine(lanes, update_lanes, **found.options, rule=found.rule, cache_samples=cache)
