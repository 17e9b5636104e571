"""The picture of accuracy against width on random prototypes, after [BEP]'s Fig. 2."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from bep.picture import INK, dress, legend, png
from bep_studies.reproduce.experiments import EXPERIMENTS, WIDTHS

COLOURS = {"bep": "#0b6e99", "local": "#b4532a", "qat": "#8a8f98", "qat with batch-norm": "#c3c6cb"}
TITLES = {"bep": "BEP", "local": "LOCAL", "qat": "QAT", "qat with batch-norm": "QAT with batch-norm"}


def accuracy_plot(rows: list[dict[str, Any]]) -> bytes:
    """PNG: published means as lines and ``rows`` of `Study` as points with deviations."""
    experiment = EXPERIMENTS["prototypes"]
    layers = sorted({row["layers"] for row in rows})
    figure = Figure(figsize=(5 * len(layers) + 1, 5), layout="constrained")
    for axes, count in zip(figure.subplots(1, len(layers), sharey=True, squeeze=False)[0], layers, strict=True):
        for (of, method), published in experiment.published.items():
            if of == count:
                means = [mean for mean, _ in published]
                axes.plot(WIDTHS, means, "--", color=COLOURS[method], label=f"{TITLES[method]}, paper")
        for method, title in TITLES.items():
            own = [row for row in rows if (row["layers"], row["method"]) == (count, method)]
            if own:
                figures = [row["test_accuracy"] for row in own]
                axes.errorbar(
                    [row["width"] for row in own],
                    [value["mean"] for value in figures],
                    [value["std"] for value in figures],
                    fmt="o",
                    capsize=3,
                    color=COLOURS[method],
                    label=f"{title}, here",
                )
        axes.axhline(experiment.best, color=INK, lw=0.8, ls=":")
        axes.set_xscale("log")
        axes.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("neurons of a layer", color=INK)
        dress(axes, f"{count} layers")
        legend(axes, "lower right")
    figure.axes[0].set_ylabel("test accuracy, % (dotted: the best possible rule)", color=INK)
    return png(figure, 130)
