"""Accuracy by epoch."""

from markupsafe import Markup

from bep_ref.runs.train import Epoch
from bep_report import hints
from bep_report.chart import Chart
from bep_report.markup import figure, join, legend, short, table, tag
from bep_report.results import Metrics
from bep_report.run_folder import RunFolder
from bep_report.section import Section

NAME, TITLE = "learning", "Learning curves"
AFTER_LABEL = 62.0
"""Pixels from the left edge that the name of the axis takes."""


def section(run: RunFolder) -> Section:
    if not run.metrics:
        return Section(NAME, TITLE, missing=hints.train(run))
    return Section(NAME, TITLE, join([_picture(run.metrics), _numbers(run.metrics)]))


def _picture(metrics: Metrics) -> Markup:
    history, best = metrics.history, metrics.best
    epochs = [epoch.epoch for epoch in history]
    train = [epoch.train_accuracy for epoch in history]
    validation = [epoch.validation_accuracy for epoch in history]
    lowest = min(*train, *validation, metrics.test_accuracy)
    chart = Chart(x=(0.5, len(history) + 0.5), y=(min(lowest, 0.95), 1))
    at = chart.x(best.epoch), chart.y(best.validation_accuracy)
    drawn = [
        chart.axes("epoch", "accuracy", "{:.0%}".format),
        *_group_sizes(chart, history),
        chart.level(metrics.test_accuracy, "test"),
        chart.line(epochs, train, "train"),
        chart.line(epochs, validation, "validation"),
        tag("circle", cx=at[0], cy=at[1], r=5, class_="kept"),
    ]
    grows = " Dotted lines: group sizes γ change." if len({epoch.group_size for epoch in history}) > 1 else ""
    rose = f"rises from {validation[0]:.1%} in epoch 1 to {best.validation_accuracy:.1%} in epoch {best.epoch}"
    return figure(
        f"The network of epoch {best.epoch}, the best on validation data, is kept: {metrics.test_accuracy:.2%} of test "
        f"samples right. Training accuracy is of predictions made while learning.{grows}",
        legend(
            ("line validation", "validation"),
            ("line train", "training"),
            ("line test", "test, network kept"),
            ("kept", "epoch kept"),
        ),
        chart.svg("learning-curve", "Accuracy by epoch", f"Validation accuracy {rose}, which is kept.", *drawn),
    )


def _group_sizes(chart: Chart, history: tuple[Epoch, ...]) -> list[Markup]:
    """A dotted line wherever the sizes change, and above it what they are from there on, where there is room."""
    parts, sizes, free = list[Markup](), tuple[int, ...](), 0.0
    for epoch in history:
        if epoch.group_size == sizes:
            continue
        at = chart.x(epoch.epoch - 0.5)
        if sizes:
            parts.append(tag("path", d=f"M{short(at)} {chart.y.begin}V{chart.y.end}", class_="change"))
        sizes = epoch.group_size
        text = "γ " + "/".join(map(str, sizes if len(set(sizes)) > 1 else sizes[:1]))
        if at >= free:
            begin = max(at, AFTER_LABEL)
            parts.append(tag("text", text, x=begin, y=11))
            free = begin + 8 * len(text)
    return parts


def _numbers(metrics: Metrics) -> Markup:
    """The figures behind the picture, folded away."""

    def count(number: int | None) -> str:
        return "–" if number is None else f"{number:,}"

    rows = (
        (
            str(epoch.epoch),
            f"{epoch.train_accuracy:.2%}",
            f"{epoch.validation_accuracy:.2%}",
            *map(count, (epoch.triggered, epoch.winners, epoch.reinforced)),
            count(sum(epoch.flips) if epoch.flips else None),
            "/".join(map(str, epoch.group_size)),
            f"{epoch.seconds:.2f}",
        )
        for epoch in metrics.history
    )
    counts = ("triggered samples", "neurons updated", "counters reinforced", "weights flipped")
    headings = ("epoch", "training", "validation", *counts, "γ", "seconds")
    numbers = table("Every epoch", headings, rows, "numbers")
    return tag("details", tag("summary", "Every epoch in figures"), numbers)
