import pytest

from boards import synthesis
from boards.device import LFE5U_85F, UP5K
from boards.out_of_context import synthesise_component
from boards.tools import ToolError, run
from tests.boards.designs import Memories


@pytest.mark.parametrize(("device", "primitive"), [(UP5K, "SB_RAM40_4K"), (LFE5U_85F, "DP16KD")])
def test_where_abc9_dies_synthesis_goes_on_without_it(device, primitive, monkeypatch):
    usual, logs = synthesise_component(Memories(2), device).resources, []

    def dying(job):
        run(job)
        logs.append((job.cwd / "unit.yosys.log").read_text())
        if "Executing ABC9" in logs[-1]:
            raise ToolError("yosys", "")

    monkeypatch.setattr(synthesis, "run", dying)
    resources = synthesise_component(Memories(2), device).resources
    assert ["Executing ABC9" in log for log in logs] == [True, False]
    assert resources.block_rams == usual.block_rams == {primitive: 2}
    assert resources.ff == usual.ff
    assert 0 < resources.lut4 < 2 * usual.lut4
