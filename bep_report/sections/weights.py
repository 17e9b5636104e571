"""What the first layer looks at."""

import math
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bep_ref.config import AnyNetwork, WindowNetwork
from bep_report import hints
from bep_report.markup import figure, legend
from bep_report.run_folder import RunFolder
from bep_report.section import Section
from bep_report.weight_map import image, mosaic

NAME, TITLE = "weights", "First layer"
MOST_PICTURES = 128
"""Neurons shown."""
MOST_NEURONS, MOST_INPUTS = 256, 1024
"""Of the map of weights whose inputs are no image."""
HALF, WHOLE = 1.1, 2.6
"""Width of all pictures by their height, on half of the page's width and on all of it."""


def section(run: RunFolder) -> Section:
    if not run.model:
        return Section(NAME, TITLE, missing=hints.train(run))
    network, q = run.model.network, run.model.counters[0] + 0.5
    shape = _picture_shape(network, run.metrics.image if run.metrics else ())
    wide = not (run.cosim and run.cosim.passes)  # else they stand beside it
    what = "kernels" if isinstance(network, WindowNetwork) else "neurons of the first layer"
    body = _pictures(q, shape, what, WHOLE if wide else HALF) if shape else _map(q)
    return Section(NAME, TITLE, body, wide=wide)


def _picture_shape(network: AnyNetwork, image: tuple[int, ...]) -> tuple[int, int] | None:
    """Rows and columns of what a neuron sees, if that is an image."""
    if isinstance(network, WindowNetwork):
        return network.geometry.window if min(network.geometry.window) > 1 else None
    if len(image) == 2 and network.inputs % (image[0] * image[1]) == 0:
        return image[0], image[1]
    return None


def _marks() -> Markup:
    return legend(("area positive", "weight +1"), ("area negative", "weight −1"), ("none", "paler: near flipping"))


def _pictures(q: NDArray[Any], shape: tuple[int, int], what: str, aspect: float) -> Markup:
    neurons, bits = len(q), q.shape[1] // (shape[0] * shape[1])
    tiles = q[:MOST_PICTURES].reshape(-1, *shape, bits).mean(axis=-1)
    shown = f"the first {len(tiles)} of {neurons:,}" if len(tiles) < neurons else f"all {neurons}"
    several = f" A pixel is {bits} input bits, and the mean of their counters here." if bits > 1 else ""
    caption = f"Counters of {shown} {what}, {shape[0]} × {shape[1]} pixels each.{several}"
    alt = f"{len(tiles)} small pictures, one of each row of weights: where they are +1 and where −1."
    columns = math.ceil(math.sqrt(len(tiles) * aspect * shape[0] / shape[1]))
    return figure(caption, _marks(), image(mosaic(tiles, min(columns, len(tiles))), alt))


def _map(q: NDArray[Any]) -> Markup:
    """The longer side of the matrix runs from left to right."""
    part = q[:MOST_NEURONS, :MOST_INPUTS]
    cut = "" if part.shape == q.shape else f", the first {part.shape[0]} × {part.shape[1]} of them"
    across, down, sheet = "neurons", "inputs", part.T
    if part.shape[1] > part.shape[0]:
        across, down, sheet = "inputs", "neurons", part
    sides = f"{across} from left to right, {down} from top to bottom"
    caption = f"Counters of {len(q):,} neurons and their {q.shape[1]:,} inputs{cut}: {sides}."
    alt = f"A map of {part.shape[0]} × {part.shape[1]} weights: {np.mean(part > 0):.0%} are +1."
    return figure(caption, _marks(), image(sheet, alt))
