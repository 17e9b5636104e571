"""`smnist:DIR`: MNIST's images read row by row, each row a step."""

from bep_ref.datasets import mnist
from bep_ref.datasets.dataset import DataError, Dataset

NAME = "smnist"
USAGE = "smnist:DIR"
SUMMARY = "the images of mnist:DIR row by row, 28 steps"

PRESET = {"gate": 0.01, "batch_size": 100}
"""[BEP] found gates near 0.01 best."""


def load(argument: str) -> Dataset:
    """The images of ``mnist:DIR`` as (n, rows, columns), pixels as 0 to 255."""
    if not argument:
        raise DataError(f"data: smnist needs a folder: {USAGE}")
    (x_train, y_train), (x_test, y_test) = mnist.read_parts(argument)
    names = tuple(str(label) for label in range(mnist.CLASSES))
    return Dataset(f"{NAME}:{argument}", x_train, y_train, x_test, y_test, names, "median", PRESET)
