"""Who a board is: the registers that report to the host which network and machine it talks to."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bep_hw.link.opcodes import PROTOCOL
from bep_hw.plan.features import Features, features
from bep_hw.plan.generator import generator_digest
from bep_hw.plan.registers import IDENTITY, REGISTERS, address
from bep_ref.config import AnyNetwork, Geometry, Machine, Network, RecurrentNetwork, WindowNetwork

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
    if isinstance(network, WindowNetwork):
        return words | {address("geometry", index): value for index, value in enumerate(_geometry(network, machine))}
    return words | {address("hidden", layer): width for layer, width in enumerate(network.widths)}


def _geometry(network: WindowNetwork, machine: Machine) -> list[int]:
    """Values of the registers ``geometry``."""
    seen = network.geometry
    sizes = (*seen.shape, *seen.window, *seen.places, seen.kernels, *seen.regions, *seen.pool, seen.spacing)
    return [*sizes, len(network.offsets), network.readout, machine.draw_bits]


def identification_addresses() -> list[int]:
    """Addresses of all identification registers of any board, in rising order."""
    names = (
        "steps",
        "identity",
        "protocol",
        "build",
        "features",
        "cache_capacity",
        "hidden",
        "geometry",
        *SHAPE,
        *WIDTHS,
    )
    return sorted(address(name, index) for name in names for index in range(REGISTERS[name].count))


def configuration(words: Mapping[int, int]) -> tuple[AnyNetwork, Machine]:
    """Network and machine of a board whose registers hold ``words``: as far as they matter to the host.

    Raises `ConfigError` if the words are those of no network, or of a rule or kind of network that is not known.
    """
    found = Features.read(words[address("features")])
    inputs, classes, counter_bits, lanes, update_lanes = (words[address(name)] for name in SHAPE + WIDTHS)
    hidden = [words.get(address("hidden", layer), 0) for layer in range(REGISTERS["hidden"].count)]
    options: dict[str, Any] = {**found.options, "rule": found.rule}
    network: AnyNetwork
    if found.kind is RecurrentNetwork:
        state, output, *_ = hidden
        network = RecurrentNetwork(inputs, state, output, classes, counter_bits, words.get(address("steps"), 0))
    elif found.kind is WindowNetwork:
        sizes = [words.get(address("geometry", index), 0) for index in range(REGISTERS["geometry"].count)]
        shape, window, places, regions, pool = (
            tuple(sizes[start:end]) for start, end in ((0, 3), (3, 5), (5, 7), (8, 10), (10, 12))
        )
        geometry = Geometry(shape, window, places, sizes[7], regions, pool, sizes[12])  # type: ignore[arg-type]
        # a board does not hold its offsets as such, only how many there are
        offsets = tuple(number / 16 for number in range(sizes[13]))
        network = WindowNetwork(geometry, classes, offsets, counter_bits, sizes[14])
        options["draw_bits"] = sizes[15]
    else:
        network = Network(inputs, tuple(width for width in hidden if width), classes, counter_bits)
    cache = words.get(address("cache_capacity"), 0)
    return network, Machine(lanes, update_lanes, **options, cache_samples=cache)
