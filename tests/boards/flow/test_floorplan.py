"""Cells of a placed netlist, told apart by tile and by part of the trainer."""

import json

import pytest
from amaranth.hdl import Fragment

from bep_boards.chips.ice40 import UP5K
from bep_boards.flow.floorplan import PARTS, REST, floorplan, part
from bep_hw.link.serial_trainer import SerialTrainer
from bep_ref.config import Machine, Network


def test_a_cell_is_of_the_module_that_it_is_in():
    assert part("trainer.trainer.trainer.propagate.popcount.stage$57_SB_DFF_Q_D_SB_LUT4_O_LC") == "propagate engine"
    assert part("trainer.trainer.trainer.visible.column0.0.1_RAM") == "visible plane"
    assert part("trainer.trainer.trainer.orders$258.output__payload.last_SB_LUT4_I0_LC") == "update engine"
    assert part("trainer.trainer.trainer.hidden_SB_LUT4_O_LC") == REST, "a signal of that name"
    assert part("$nextpnr_ICESTORM_LC_239") == REST


def test_every_module_of_the_trainer_is_of_a_part():
    """A module that gets a new name must get a part too."""
    known = {module for modules in PARTS.values() for module in modules}
    elaborated = Fragment.get(SerialTrainer(Network(12, (8, 8), 3), Machine(lanes=8, update_lanes=4), 8), None)
    level, found = elaborated, set()
    while level is not None:
        names = {name: inside for inside, name, *_ in level.subfragments if name}
        found |= names.keys() - {"trainer"}
        level = names.get("trainer")
    assert {"propagate", "update", "bridge"} <= found <= known


def test_cells_are_counted_by_tile(tmp_path):
    def cell(kind, bel):
        return {"type": kind, "attributes": {"NEXTPNR_BEL": bel}}

    cells = {
        "t.propagate.a_LC": cell("ICESTORM_LC", "X3/Y5/lc0"),
        "t.propagate.b_LC": cell("ICESTORM_LC", "X3/Y5/lc7"),
        "t.update.c_LC": cell("ICESTORM_LC", "X3/Y5/lc1"),
        "t.visible.column0_RAM": cell("ICESTORM_RAM", "X6/Y1/ram"),
        "pin": cell("SB_IO", "X19/Y0/io1"),
    }
    file = tmp_path / "netlist.json"
    file.write_text(json.dumps({"modules": {"box": {"cells": {}}, "top": {"cells": cells}}}))
    plan = floorplan(file, UP5K)
    named = [[x, y, plan["resources"][r], plan["parts"][p], n] for x, y, r, p, n in plan["cells"]]
    assert named == [
        [3, 26, "ICESTORM_LC", "propagate engine", 2],
        [3, 26, "ICESTORM_LC", "update engine", 1],
        [6, 30, "ICESTORM_RAM", "visible plane", 1],
    ]
    assert plan["grid"] == [26, 32]
    assert [plan["resources"][index] for index in plan["memories"]] == ["ICESTORM_RAM", "ICESTORM_SPRAM"]


@pytest.mark.parametrize("modules", PARTS.values())
def test_no_module_is_of_two_parts(modules):
    assert sum(set(modules) & set(others) != set() for others in PARTS.values()) == 1
