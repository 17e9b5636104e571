"""The picture of a training run."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bep.picture import INK, dress, legend, png
from bep_ref.runs.train import Epoch

TRAIN, VALIDATION = "#8a8f98", "#0b6e99"


def learning_curve(history: Sequence[Epoch], best: Epoch, title: str) -> bytes:
    """PNG of training and validation accuracy by epoch, the kept epoch and every change of the group sizes marked."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    epochs = [epoch.epoch for epoch in history]
    marker = "o" if len(history) == 1 else None
    axes.plot(
        epochs,
        [epoch.train_accuracy for epoch in history],
        color=TRAIN,
        marker=marker,
        label="training, while learning",
    )
    axes.plot(
        epochs, [e.validation_accuracy for e in history], color=VALIDATION, lw=2, marker=marker, label="validation"
    )
    axes.plot(
        best.epoch,
        best.validation_accuracy,
        "o",
        ms=9,
        mfc="white",
        mec=VALIDATION,
        mew=2,
        label=f"kept: epoch {best.epoch}, {best.validation_accuracy:.1%}",
    )
    _mark_group_sizes(axes, history)
    dress(axes, title, grid="y", pad=18)
    axes.set_xlabel("epoch", color=INK)
    axes.set_ylabel("accuracy", color=INK)
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0.5, len(history) + 0.5)
    legend(axes, "lower right")
    return png(figure)


def _mark_group_sizes(axes, history: Sequence[Epoch]) -> None:  # type: ignore[no-untyped-def]
    """The first group sizes at the left edge, each later change as a dotted line; written above the frame."""
    sizes: tuple[int, ...] = ()
    for epoch in history:
        if epoch.group_size == sizes:
            continue
        if sizes:
            axes.axvline(epoch.epoch - 0.5, color=INK, lw=0.8, ls=":")
        sizes = epoch.group_size
        text = "γ " + (str(sizes[0]) if len(set(sizes)) == 1 else "/".join(str(size) for size in sizes))
        axes.annotate(text, (epoch.epoch - 0.5, 1.01), xycoords=axes.get_xaxis_transform(), color=INK, fontsize=8)
