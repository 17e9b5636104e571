"""The results as tables for people."""

from typing import Any

from rich.box import SIMPLE_HEAD

from bep.console import Table, styled


def network_table(result: dict[str, Any]) -> Table:
    """One line a network; ours, published and the difference for the papers' rules, ours for the others."""
    title = f"{result['data']}: test accuracy in %, mean ± deviation of the seeds"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, caption_justify="left", collapse_padding=True)
    for heading in ("network", "BEP", "paper", "Δ", "LOCAL", "paper", "Δ", "QAT", "majority"):
        table.add_column(heading, justify="right" if heading != "network" else "left", no_wrap=True)
    networks = dict.fromkeys((row["layers"], row["width"]) for row in result["rows"])
    for layers, width in networks:
        own = {row["method"]: row for row in result["rows"] if (row["layers"], row["width"]) == (layers, width)}
        cells = [f"{layers} × {width}"]
        for method in ("bep", "local"):
            row = own.get(method, {})
            published, difference = row.get("published"), row.get("difference")
            cells += [_figure(row.get("test_accuracy")), _figure(published)]
            cells.append(f"{difference:+.1f}" if difference is not None else "")
        table.add_row(*cells, _figure(own.get("qat", {}).get("test_accuracy")), _figure(result["majority"]))
    table.caption = styled(_fewer_seeds(result), "table.caption")
    return table


def _fewer_seeds(result: dict[str, Any]) -> str:
    """A line for each figure that is not of all the seeds asked for."""
    fewer = [
        f"{row['method'].upper()} {row['layers']} × {row['width']}: seeds {' '.join(map(str, row['seeds']))} only"
        for row in result["rows"]
        if row["seeds"] != result["seeds"][row["method"]]
    ]
    return "\n".join(fewer)


def _figure(value: dict[str, Any] | None) -> str:
    """Mean and deviation; of a single run there is none."""
    if value is None:
        return ""
    mean = f"{value['mean']:.1f}"
    return mean if len(value.get("values", ())) == 1 else f"{mean}±{value['std']:.1f}"


def sequence_table(results: dict[str, dict[str, Any]]) -> Table:
    """One line an experiment: recurrent networks by BEP and by straight-through gradients, ours and published."""
    title = "Recurrent networks: test accuracy in %, mean ± deviation of the runs"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    for heading in ("data", "width", "runs", "BEP", "paper", "QAT, fully binary", "paper"):
        table.add_column(heading, justify="right" if heading != "data" else "left", no_wrap=True)
    for name, result in results.items():
        own = {row["method"]: row for row in result["rows"]}
        cells = [name, str(result["width"]), str(max(len(row["epochs_kept"]) for row in result["rows"]))]
        for method in ("bep", "qat"):
            cells += [_figure(own.get(method, {}).get(key)) for key in ("test_accuracy", "published")]
        table.add_row(*cells)
    return table
