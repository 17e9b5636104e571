"""Memory images for ``$readmemh``: a network's two planes as the hardware lays them out.

One file a memory: ``visible_column0.mem`` and so on, one for each block of the visible plane, and ``hidden_bank0.mem``
(in SPRAM also ``hidden_bank1.mem``), groups of counters. One word a line, hexadecimal, address 0 first; what the layout
leaves free is 0. `bep_hw.plan.layout` says what lies where.
"""

from collections.abc import Mapping

from bep_hw.plan.images import pack_counters, pack_visible
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, perceptron
from bep_ref.runs.model import Model


def write(model: Model, machine: Machine) -> dict[str, bytes]:
    """Content of every file, by name, for ``machine``; `ConfigError` if ``model`` is no plain perceptron."""
    network = perceptron(model.network, "model")
    layout = Layout(network, machine)
    visible: dict[tuple[int, int], int] = {}
    # hardware that only infers, or learns by bep, holds the classifier that predicts
    for layer, weights in enumerate([*model.counters, *model.classifiers[-layout.classifiers :]]):
        visible |= pack_visible(layout, layer, 2 * (weights >= 0) - 1)
    images = {
        f"visible_column{number}.mem": _image(
            {word: bits for (word, column), bits in visible.items() if column == number},
            layout.plane_depth,
            layout.column,
        )
        for number in range(layout.columns_per_word)
    }
    if machine.training:
        groups = pack_counters(layout, model.counters)
        for bank in range(layout.banks):
            own = {place // layout.banks: group for place, group in groups.items() if place % layout.banks == bank}
            width = machine.update_lanes * network.counter_bits
            images[f"hidden_bank{bank}.mem"] = _image(own, layout.bank_depth, width)
    return images


def _image(words: Mapping[int, int], depth: int, width: int) -> bytes:
    digits = -(-width // 4)
    return "".join(f"{words.get(place, 0):0{digits}x}\n" for place in range(depth)).encode()
