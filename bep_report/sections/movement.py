"""How many weights each epoch turns over."""

from bep_report import hints
from bep_report.chart import Chart
from bep_report.markup import figure, legend
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "movement", "Weights that flip"
COLOURS = 8


def section(run: RunFolder) -> Section:
    metrics = run.metrics
    if not metrics or not all(epoch.flips for epoch in metrics.history):
        return Section(NAME, TITLE, missing=hints.train(run))
    names, sizes = metrics.network.matrix_names, [rows * columns for rows, columns in metrics.network.shapes]
    epochs = [epoch.epoch for epoch in metrics.history]
    shares = [
        [epoch.flips[index] / size for epoch in metrics.history if epoch.flips] for index, size in enumerate(sizes)
    ]
    smallest = min((share for line in shares for share in line if share), default=1e-3)
    highest = max(max(line) for line in shares)
    chart = Chart(x=(0.5, len(epochs) + 0.5), y=(smallest / 1.5, max(highest, 4 * smallest) * 1.2), log=True)
    total = [sum(epoch.flips or ()) for epoch in metrics.history]
    lines = (chart.line(epochs, line, f"c{index % COLOURS}") for index, line in enumerate(shares))
    picture = chart.svg(
        "flips",
        "Share of weights that flip, by epoch",
        f"Weights flipped: {total[0]:,} in epoch 1, {total[-1]:,} in epoch {epochs[-1]}, of {sum(sizes):,}.",
        chart.axes("epoch", "of the weights (logarithmic)", _percent),
        *lines,
    )
    marks = legend(*((f"line c{index % COLOURS}", name) for index, name in enumerate(names)))
    caption = (
        f"Weights whose sign at an epoch's end is not that of the epoch before: {total[0]:,} of {sum(sizes):,} in "
        f"epoch 1, {total[-1]:,} in epoch {epochs[-1]}. One that flips and flips back inside an epoch does not count."
    )
    return Section(NAME, TITLE, figure(caption, marks, picture))


def _percent(share: float) -> str:
    return f"{100 * share:g}%"
