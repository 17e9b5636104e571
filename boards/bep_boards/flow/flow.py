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

from bep_boards.board import Board, BoardError
from bep_boards.chips.pll import Setting, highest
from bep_boards.flow.floorplan import floorplan
from bep_boards.flow.netlist import Resources
from bep_boards.flow.place import Placement, fastest, log_name, netlist_name, place, routed_name
from bep_boards.flow.synthesis import synthesise
from bep_boards.flow.tools import Job, ToolError, prepare, run
from bep_hw.tools.environment import as_tool
from bep_ref.files.atomic import write_atomically
from bep_ref.files.naming import naming

Observer = Callable[[str, int, int], None]
"""Told what is being done, and how many steps of how many are over."""


@dataclass(frozen=True)
class Build:
    """A finished build. ``placements`` in the order of their seeds; the bitstream is the fastest one's.

    ``without_place`` are the seeds for which no placement was found.
    """

    board: Board
    resources: Resources
    placements: tuple[Placement, ...]
    without_place: tuple[int, ...]
    setting: Setting | None  # of the PLL
    bitstream: Path

    @property
    def fmax_mhz(self) -> list[float]:
        """Of domain ``sync``, seed by seed."""
        return [placement.fmax_mhz for placement in self.placements]

    def report(self) -> dict[str, Any]:
        """As plain JSON types; frequencies in MHz."""
        best = fastest(self.placements)
        return {
            "board": self.board.name,
            "device": self.board.device.name,
            "seeds": [placement.seed for placement in self.placements],
            "seeds_without_place": list(self.without_place),
            "best_seed": best.seed,
            "fmax_mhz": [round(mhz, 2) for mhz in self.fmax_mhz],
            "fmax_median_mhz": round(statistics.median(self.fmax_mhz), 2),
            "fmax_worst_mhz": round(min(self.fmax_mhz), 2),
            **({"clock_mhz": round(self.setting.output_mhz, 3)} if self.setting else {}),
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
        with folder as name, naming(out):
            yield Path(name)
    finally:
        with suppress(OSError):
            out.rmdir()


def build(
    board: Board,
    design: Any,
    out: Path,
    seeds: Sequence[int] = (1,),
    at_once: int = 1,
    pll: Sequence[Setting] = (),
    observer: Observer = lambda *_: None,
) -> Build:
    """Build ``design`` (an elaboratable that requests its pins from the platform) for ``board`` into folder ``out``.

    If a PLL makes the clock of domain ``sync``, ``pll`` are the settings to choose from: the fastest that the best seed
    allows is set after routing. ``out`` receives the bitstream, the tools' logs, ``report.json`` and the best seed's
    ``floorplan.json`` once all of them are complete, and nothing before. Raises `BoardError` for a design that
    does not fit.
    """
    family, steps = board.device.family, len(seeds) + 2
    with _workshop(out) as cwd:
        try:
            observer("synthesis", 0, steps)
            with as_tool():
                plan = board.platform().prepare(design, "top", emit_src=False)
            write_atomically(cwd / f"top.{family.constraints}", plan.files[f"top.{family.constraints}"].encode())
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
            best, setting = fastest(placements), None
            if pll:
                setting = highest(pll, best.fmax_mhz)
                family.pll.retune(board.device, best.seed, cwd, setting)
            names = {"routed": routed_name(best.seed), "bitstream": "top.packed"}
            tool, *arguments = (part.format(**names) for part in family.pack)
            prepare(tool)
            run(Job(tool, tuple(arguments), cwd))
        except ToolError as error:
            raise BoardError(f"{board.name}: {error}") from None

        bitstream = out / f"{board.name}{family.bitstream_suffix}"
        placed = {placement.seed for placement in placements}
        lost = tuple(seed for seed in seeds if seed not in placed)
        result = Build(board, resources, tuple(placements), lost, setting, bitstream)
        write_atomically(cwd / "report.json", (json.dumps(result.report(), indent=2) + "\n").encode())
        plan_of_best = json.dumps(floorplan(cwd / netlist_name(best.seed), board.device)) + "\n"
        write_atomically(cwd / "floorplan.json", plan_of_best.encode())
        os.replace(cwd / "top.packed", bitstream)
        os.replace(cwd / "top.yosys.log", out / "yosys.log")
        for name in (*(log_name(seed) for seed in seeds), "floorplan.json", "report.json"):
            os.replace(cwd / name, out / name)
    observer("done", steps, steps)
    return result
