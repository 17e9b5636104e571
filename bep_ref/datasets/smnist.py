"""`smnist:DIR`: MNIST's images read row by row; with ``--window 1`` each of the 28 rows is a step."""

from dataclasses import replace

from bep_ref.datasets.contents import Contents
from bep_ref.datasets.dataset import Dataset, suitable_image_binariser
from bep_ref.datasets.mnist import images

NAME = "smnist"
USAGE = "smnist:DIR"
SUMMARY = "the images of mnist:DIR row by row, 4 rows a step"

PRESET = {"gate": 0.1, "batch_size": 100, "window": 4}
"""Validation accuracy after 3 epochs of 22,699 digits, K = 255, one seed: 81.6 % with gates at 0.1, 81.2 % at 0.2,
77.5 % at 0.05, and chance at 0.01, which [BEP] found best for K_s = 1875. In windows of 2 rows 37.8 %; row by row such
a network does not learn."""


def load(argument: str) -> Dataset:
    """The images of ``mnist:DIR`` as (n, rows, columns), colours of a pixel side by side."""
    found = _by_rows(images(NAME, argument, whole=True))
    x = found.learned.x
    return found.dataset(suitable_image_binariser(x.reshape(-1, x.shape[2])), preset=PRESET)


def contents(argument: str) -> Contents:
    """The images that are there, labelled or not."""
    return _by_rows(images(NAME, argument))


def _by_rows(found: Contents) -> Contents:
    parts = {name: replace(part, x=part.x.reshape(*part.x.shape[:2], -1)) for name, part in found.parts.items()}
    return replace(found, parts=parts)
