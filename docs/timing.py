"""The timing diagrams of the documentation, drawn from a simulation of the trainer.

python -m docs.timing
"""

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from amaranth.sim import Simulator
from matplotlib.figure import Figure

from bep.picture import INK
from bep_hw.array.interleave import compile_program
from bep_hw.plan.images import pack_samples
from bep_hw.plan.layout import Layout
from bep_hw.trainer import Trainer
from bep_ref import Machine, Network
from tests.hw.drive import STEADY, configure, random_mlp
from tests.link.streams import receive, send

FOLDER = Path(__file__).parent
NETWORK, MACHINE = Network(32, (12, 8), 4), Machine(lanes=16, update_lanes=4)
PROGRAM = compile_program(Layout(NETWORK, MACHINE))
SAMPLES = 3
"""In the mini-batch that is learned."""
NEW, OLD, IDLE = "#9fc9dd", "#e7b9a6", "white"

Trace = dict[str, list[int]]
"""Signal, by its place in the hardware, -> its value in every cycle."""
Cell = tuple[str, str]
"""What a bus shows in a cycle: text and colour; no text where it says nothing."""


@dataclass(frozen=True)
class Row:
    """A line of a diagram: a wire of 0 and 1, or a bus, whose ``cell`` of a cycle is found in the trace."""

    label: str
    wire: str = ""
    cell: Callable[[Trace, int], Cell] | None = None


def trace() -> Trace:
    """A mini-batch on a small trainer, every sample of which triggers."""
    net = random_mlp(NETWORK, [4, 4], margin=2.0, gate=1.0)
    unit, random = Trainer(NETWORK, MACHINE), np.random.default_rng(1)
    x, labels = random.choice([-1, 1], (SAMPLES, NETWORK.inputs)), random.integers(0, NETWORK.classes, SAMPLES)

    async def drive(ctx: Any) -> None:
        await configure(ctx, unit, net, [0.02, 0.02])
        for index, chunks in enumerate(pack_samples(unit.layout, x)):
            header = {"label": int(labels[index]), "train": 1, "last": int(index == SAMPLES - 1)}
            await send(ctx, unit.samples, [{"chunk": int(chunk), **header} for chunk in chunks], STEADY)
        await ctx.tick().repeat(500)

    async def take(ctx: Any) -> None:
        await receive(ctx, unit.results, SAMPLES, STEADY)

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_testbench(drive)
    simulator.add_testbench(take)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.vcd"
        with simulator.write_vcd(str(file)):
            simulator.run()
        return cycles_of(file.read_text())


def cycles_of(vcd: str) -> Trace:
    """Values just before every rising edge of the clock, of signals named like ``update.orders__valid``."""
    names: dict[str, list[str]] = {}
    declared: set[str] = set()
    scopes: list[str] = []
    values: dict[str, int] = {}
    found: Trace = {}
    clock = ""
    for line in vcd.splitlines():
        word, *others = line.split()
        if word == "$scope":
            scopes.append(others[1])
        elif word == "$upscope":
            scopes.pop()
        elif word == "$var":
            code, name = others[2], ".".join([*scopes[2:], others[3].lstrip("\\").partition("$")[0]])
            if name not in declared:  # a component's ports come first; what else has their name does not matter
                declared.add(name)
                names.setdefault(code, []).append(name)
            clock = code if name == "clk" else clock
        elif word[0] in "01b":
            bits, code = (word[1:], others[0]) if others else (word[0], word[1:])
            if code == clock and bits == "1":
                for known, value in values.items():
                    for name in names.get(known, ()):
                        found.setdefault(name, []).append(value)
            values[code] = int(bits, 2)
    return found


def pass_of(values: Trace, cycle: int) -> Cell:
    """What the propagate engine reads: pass, layer and word."""
    if not values["propagate.sequencer.valid"][cycle]:
        return "", IDLE
    item = PROGRAM[values["propagate.sequencer.index"][cycle]]
    place = "C" if item.layer == len(NETWORK.hidden) and item.kind.name == "FORWARD" else item.layer
    text = {"FORWARD": f"F{place}.{item.word}", "TARGET": "T", "BACKWARD": f"B{item.layer}"}[item.kind.name]
    return text.replace("FC.0", "C"), OLD if item.age else NEW


def order_of(values: Trace, cycle: int) -> Cell:
    """The order that the update engine takes."""
    if not (values["update.orders__valid"][cycle] and values["update.orders__ready"][cycle]):
        return "", IDLE
    if values["update.orders__payload.end"][cycle]:
        return "end of batch" if values["update.orders__payload.last"][cycle] else "end", NEW
    return "{}.{}".format(*(values[f"update.orders__payload.{name}"][cycle] for name in ("layer", "row"))), OLD


def number(signal: str, enable: str) -> Callable[[Trace, int], Cell]:
    def cell(values: Trace, cycle: int) -> Cell:
        return (str(values[signal][cycle]), OLD) if values[enable][cycle] else ("", IDLE)

    return cell


PASSES = (
    Row("pass", cell=pass_of),
    Row("result", "results__valid"),
    Row("scan", "propagate.sequencer.scan_busy"),
    Row("winner found", "backward.orders__valid"),
    Row("order begun", cell=order_of),
)
UPDATE = (
    Row("order", cell=order_of),
    Row("read", "update.read__valid"),
    Row("group read", cell=number("update.read__address", "update.read__valid")),
    Row("write", "update.write__valid"),
    Row("group written", cell=number("update.write__address", "update.write__valid")),
    Row("visible weights", "update.visible__valid"),
)


def draw(values: Trace, rows: Sequence[Row], first: int, count: int, title: str) -> str:
    """SVG of ``count`` cycles from ``first``. Nothing in it differs from one machine to the next."""
    figure = Figure(figsize=(11, 0.42 * len(rows) + 0.8), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(reversed(rows)):
        if row.cell is None:
            wire = values[row.wire][first : first + count]
            axes.step(range(count + 1), [place + 0.65 * bit for bit in (*wire, wire[-1])], where="post", color=INK)
            continue
        cells = [row.cell(values, cycle) for cycle in range(first, first + count)]
        begin = 0
        for cycle in range(1, count + 1):
            if cycle == count or cells[cycle] != cells[begin]:
                text, colour = cells[begin]
                if text:
                    axes.broken_barh([(begin, cycle - begin)], (place, 0.65), facecolor=colour, edgecolor=INK, lw=0.6)
                    axes.text((begin + cycle) / 2, place + 0.3, text, ha="center", va="center", fontsize=6, color=INK)
                begin = cycle
    axes.set_yticks([place + 0.3 for place in range(len(rows))], [row.label for row in reversed(rows)])
    axes.set_xlim(0, count)
    axes.set_xlabel("cycle", color=INK)
    axes.set_title(title, loc="left", color=INK, fontweight="bold")
    axes.grid(axis="x", color="#e3e5e8")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, left=False)
    sink = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "bep", "svg.fonttype": "none"}):
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def drawings() -> dict[str, str]:
    """Every file of this kind, by its name."""
    values = trace()
    begun = values["propagate.sequencer.valid"].index(1)
    last = next(cycle for cycle in range(begun, len(values["clk"])) if order_of(values, cycle)[0] == "end of batch")
    return {
        "passes.svg": draw(values, PASSES, begun, 130, f"Samples on a trainer of {NETWORK}, {MACHINE.lanes} lanes"),
        "update.svg": draw(values, UPDATE, last - 20, 64, "The last winners of a mini-batch, and the sweep behind it"),
    }


if __name__ == "__main__":
    for name, content in drawings().items():
        (FOLDER / name).write_text(content)
