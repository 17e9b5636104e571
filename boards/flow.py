"""From a design and a board to a bitstream: synthesise once, place and route with several seeds, pack the fastest."""

import json
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boards.board import Board, BoardError
from boards.netlist import Resources
from boards.place import Placement, fastest, log_name, place, routed_name
from boards.synthesis import synthesise
from boards.tools import Job, ToolError, run

Observer = Callable[[str, int, int], None]
"""Told what is being done, and how many steps of how many are over."""


@dataclass(frozen=True)
class Build:
    """A finished build. ``placements`` in the order of their seeds; the bitstream is the fastest one's."""

    board: Board
    clock: str
    resources: Resources
    placements: tuple[Placement, ...]
    bitstream: Path

    @property
    def fmax_mhz(self) -> list[float]:
        """Of the design's clock, seed by seed."""
        return [placement.fmax_mhz[self.clock] for placement in self.placements]

    def report(self) -> dict[str, Any]:
        """As plain JSON types; frequencies in MHz."""
        best = fastest(self.placements, self.clock)
        return {
            "board": self.board.name,
            "device": self.board.device.name,
            "seeds": [placement.seed for placement in self.placements],
            "best_seed": best.seed,
            "fmax_mhz": [round(mhz, 2) for mhz in self.fmax_mhz],
            "fmax_median_mhz": round(statistics.median(self.fmax_mhz), 2),
            "fmax_worst_mhz": round(min(self.fmax_mhz), 2),
            "lut4": self.resources.lut4,
            "ff": self.resources.ff,
            "block_rams": self.resources.block_rams,
            "utilisation": {
                name: {"used": best.utilisation[name][0], "available": best.utilisation[name][1]}
                for name in self.board.device.limits
            },
            "bitstream": str(self.bitstream),
        }


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """A folder inside ``out`` (so that results move by renaming), gone at the end; so is ``out`` if it stays empty."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".build-", dir=out)
    except OSError as error:
        raise BoardError(f"out: {out}: {error.strerror}") from None
    try:
        with folder as name:
            yield Path(name)
    finally:
        with suppress(OSError):
            out.rmdir()


def build(
    board: Board,
    design: Any,
    out: Path,
    clock: str,
    seeds: Sequence[int] = (1,),
    at_once: int = 1,
    observer: Observer = lambda *_: None,
) -> Build:
    """Build ``design`` (an elaboratable that requests its pins from the platform) for ``board`` into folder ``out``.

    ``clock`` is the name of the clock signal whose fmax counts. ``out`` receives the bitstream, the tools' logs and
    ``report.json`` once all of them are complete, and nothing before. Raises :class:`BoardError` for a design that
    does not fit.
    """
    family, steps = board.device.family, len(seeds) + 2
    with _workshop(out) as cwd:
        try:
            observer("synthesis", 0, steps)
            plan = board.platform().prepare(design, "top", emit_src=False)
            (cwd / f"top.{family.constraints}").write_text(plan.files[f"top.{family.constraints}"])
            resources = synthesise(plan.files["top.il"], board.device, "top", cwd)
            over = iter(range(2, steps))
            observer("place and route", 1, steps)
            placements = place(
                board.name,
                board.device,
                "top",
                cwd,
                seeds,
                at_once,
                lambda _: observer("place and route", next(over), steps),
            )
            names = {"routed": routed_name(fastest(placements, clock).seed), "bitstream": "top.packed"}
            tool, *arguments = (part.format(**names) for part in family.pack)
            run(Job(tool, tuple(arguments), cwd))
        except ToolError as error:
            raise BoardError(f"{board.name}: {error}") from None

        bitstream = out / f"{board.name}{family.bitstream_suffix}"
        result = Build(board, clock, resources, tuple(placements), bitstream)
        (cwd / "report.json").write_text(json.dumps(result.report(), indent=2) + "\n")
        os.replace(cwd / "top.packed", bitstream)
        os.replace(cwd / "top.yosys.log", out / "yosys.log")
        for name in (*(log_name(seed) for seed in seeds), "report.json"):
            os.replace(cwd / name, out / name)
    observer("done", steps, steps)
    return result
