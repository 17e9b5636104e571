"""What the first layer looks at."""

from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bep_ref.config import AnyNetwork, Network
from bep_report import hints
from bep_report.markup import figure, legend
from bep_report.run_folder import RunFolder
from bep_report.section import Section
from bep_report.weight_map import image, mosaic

NAME, TITLE = "weights", "First layer"
MOST_PICTURES, COLUMNS = 128, 12
"""Neurons shown, and how many stand beside each other."""
MOST_ROWS, MOST_COLUMNS = 256, 1024
"""Of the map of weights whose inputs are no image."""


def section(run: RunFolder) -> Section:
    if not run.model:
        return Section(NAME, TITLE, missing=hints.train(run))
    network, q = run.model.network, run.model.counters[0] + 0.5
    shape = _picture_shape(network, run.metrics.image if run.metrics else ())
    body = _pictures(q, shape) if shape else _map(q, network)
    return Section(NAME, TITLE, body)


def _picture_shape(network: AnyNetwork, image: tuple[int, ...]) -> tuple[int, int] | None:
    """Rows and columns of what a neuron sees, if that is an image."""
    if isinstance(network, Network) and network.patch:
        return network.patch, network.patch
    if len(image) == 2 and network.inputs % (image[0] * image[1]) == 0:
        return image[0], image[1]
    return None


def _marks() -> Markup:
    return legend(("area positive", "weight +1"), ("area negative", "weight −1"), ("none", "paler: near flipping"))


def _pictures(q: NDArray[Any], shape: tuple[int, int]) -> Markup:
    neurons, bits = len(q), q.shape[1] // (shape[0] * shape[1])
    tiles = q[:MOST_PICTURES].reshape(-1, *shape, bits).mean(axis=-1)
    shown = f"the first {len(tiles)} of {neurons:,}" if len(tiles) < neurons else f"all {neurons}"
    several = f" A pixel is {bits} input bits, and the mean of their counters here." if bits > 1 else ""
    caption = f"Counters of {shown} neurons of the first layer, {shape[0]} × {shape[1]} pixels each.{several}"
    alt = f"{len(tiles)} small pictures, one a neuron: where its weights are +1 and where −1."
    return figure(caption, _marks(), image(mosaic(tiles, min(COLUMNS, len(tiles))), alt))


def _map(q: NDArray[Any], network: AnyNetwork) -> Markup:
    part = q[:MOST_ROWS, :MOST_COLUMNS]
    cut = "" if part.shape == q.shape else f", the first {part.shape[0]} × {part.shape[1]} of them"
    caption = f"Counters between {network.inputs:,} inputs, from left to right, and {len(q):,} neurons{cut}."
    alt = f"A map of {part.shape[0]} × {part.shape[1]} weights: {np.mean(part > 0):.0%} are +1."
    return figure(caption, _marks(), image(part, alt))
