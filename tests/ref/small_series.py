"""A small archive of time series, and a run on it: shared by the tests of recurrent networks."""

import numpy as np

from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

SETTINGS = {"state": 60, "output": 45, "window": 3, "expansion": 50, "epochs": 4, "batch_size": 10, "seed": 2}


def write_archive(folder):
    """Two channels of 9 to 12 values; a value is missing here and there. The first one rises or falls."""
    rng = np.random.default_rng(0)
    header = (
        "@timeStamps false\n@univariate false\n@dimensions 2\n@equalLength false\n@classLabel true down up\n@data\n"
    )
    for part, count in (("TRAIN", 200), ("TEST", 60)):
        lines = []
        for number in range(count):
            length = int(rng.integers(9, 13))
            slope = np.linspace(-1, 1, length) * (1 if number % 2 else -1)
            values = slope + rng.normal(0, 0.3, length), rng.normal(0, 1, length)
            channels = [[f"{value:.3f}" for value in channel] for channel in values]
            channels[0][int(rng.integers(length))] = "?"
            lines.append(":".join(map(",".join, channels)) + (":up" if number % 2 else ":down"))
        (folder / f"Toy_{part}.ts").write_text(header + "\n".join(lines) + "\n")
    return f"ucr:{folder / 'Toy'}"


def run(folder, **changes):
    """A finished run on the archive written to ``folder``."""
    trainer = Trainer(prepare(load(write_archive(folder)), SETTINGS | changes))
    trainer.run()
    return trainer
