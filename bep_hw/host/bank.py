"""Registers of the map (`bep_hw.plan.registers`) that units provide: what hardware stands at their addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amaranth.hdl import Module, Signal

from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import address


@dataclass(frozen=True)
class Bank:
    """Registers of one unit, by address: ``settings`` are stored, ``strobes`` are high in the cycle of a write,
    ``values`` are read.
    """

    settings: Mapping[int, Any] = field(default_factory=dict)
    strobes: Mapping[int, Signal] = field(default_factory=dict)
    values: Mapping[int, Any] = field(default_factory=dict)

    def write(self, m: Module, data: Any) -> None:
        """Cases of a switch over the address, in a cycle in which ``data`` is written."""
        for place, setting in self.settings.items():
            with m.Case(place):
                m.d.sync += setting.eq(data)
        for place, strobe in self.strobes.items():
            with m.Case(place):
                m.d.comb += strobe.eq(1)

    def read(self, m: Module, result: Signal) -> None:
        """Cases of a switch over the address that choose what is read."""
        for place, value in self.values.items():
            with m.Case(place):
                m.d.comb += result.eq(value)


def settings_bank(layout: Layout, settings: Any) -> Bank:
    """Those of `Settings`. A perceptron's first layer has no gate."""
    words = {address("margin"): settings.margin[-1], address("last_step"): settings.last_step}
    words |= {address("layer_margin", layer): settings.margin[layer] for layer in range(layout.classifiers - 1)}
    for layer in range(layout.logit_layer):
        words[address("group_size", layer)] = settings.group_size[layer]
        if layer or layout.recurrent:
            words[address("gate", layer)] = settings.gate[layer]
    return Bank(settings=words)


def epochs_bank(controls: Any) -> Bank:
    """Those of `EpochControls`."""
    return Bank(
        settings={address("cache_samples"): controls.samples, address("cache_batch"): controls.batch},
        strobes={address("cache_key"): controls.key_write, address("cache_epochs"): controls.epochs_write},
        values={address("cache_epochs"): controls.epochs, address("cache_correct"): controls.correct},
    )
