"""What is damaged, and how it is read: one line for each format. Another format is another line."""

from collections.abc import Callable
from dataclasses import dataclass

from bep_verify.readers import seeds
from bep_verify.readers.damage import Damage, of_arrays, of_bytes, of_header, of_text

Lines = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Format:
    """A good set of ``files``, name -> content, one of which is damaged by one of ``damages``.

    One of the command ``lines`` is then run in the folder of the files, which also holds the good models
    ``model.npz``, of two features, and ``series.npz``. What it writes is called ``out``, a file or a folder.
    """

    name: str
    files: Callable[[], seeds.Files]
    damages: tuple[Damage, ...]
    lines: Lines
    damaged: str = "*"
    """Which of the files are damaged, by name."""


def _data(spec: str, model: str = "model.npz", *sizes: str) -> Lines:
    """Learning from data, and using a model on them."""
    return (
        ("train", "--data", spec, "--epochs", "1", "--batch-size", "4", *sizes, "--out", "out"),
        ("predict", model, "--data", spec, "-o", "out"),
        ("predict", model, "--data", spec, "--json", "out"),
        ("eval", model, "--data", spec, "--part", "all", "--json", "out"),
        ("eval", model, "--data", spec, "--json", "out"),
    )


def _model(spec: str) -> Lines:
    """Using a damaged model."""
    return (
        ("predict", "damaged.npz", "--data", spec, "-o", "out"),
        ("eval", "damaged.npz", "--data", spec, "--json", "out"),
        ("info", "damaged.npz", "--json", "out"),
        ("export", "damaged.npz", "--to", "npz", "-o", "out"),
    )


_HIDDEN = ("--hidden", "4")
_SERIES = ("--state", "4", "--output", "4", "--expansion", "4")
TWO = "prototypes:classes=2,bits=2,flip=0,train=9,test=9"
"""Good data for damaged models of two features."""

FORMATS = (
    Format("csv", seeds.csv, (of_text, of_bytes), _data("csv:a.csv", "model.npz", *_HIDDEN)),
    Format("IDX", seeds.mnist, (of_bytes,), _data("mnist:.", "model.npz", *_HIDDEN)),
    Format("npz", seeds.npz, (of_arrays, of_bytes), _data("npz:a.npz", "model.npz", *_HIDDEN)),
    Format("ts", seeds.ts, (of_text, of_bytes), _data("ucr:Toy", "series.npz", *_SERIES)),
    Format("tsv", seeds.tsv, (of_text, of_bytes), _data("ucr:Toy", "series.npz", *_SERIES)),
    Format("model", seeds.model, (of_header, of_bytes), _model(TWO)),
    Format("model, local", seeds.local_model, (of_header,), _model(TWO)),
    Format("model, read-out", seeds.readout_model, (of_header,), _model(TWO)),
    Format("model, series", seeds.series_model, (of_header, of_bytes), _model("ucr:Toy"), "*.npz"),
    Format(
        "checkpoint",
        seeds.checkpoint,
        (of_header, of_bytes),
        (("train", "--data", "csv:a.csv", "--out", "run", "--resume", "--epochs", "2"),),
        damaged="run/*",
    ),
)
