"""``--preset NAME`` of the hardware commands: the network, machine and board that were measured."""

import pytest

from bep_boards.presets import MACHINE_PRESETS
from tests.cli.commands import complaint, run_json


@pytest.mark.parametrize("name", MACHINE_PRESETS)
def test_a_preset_is_the_machine_that_was_measured(capsys, name):
    preset = MACHINE_PRESETS[name]
    result = run_json(capsys, "estimate", "--preset", name)
    assert (result["board"], result["machine"]) == (preset.board, preset.machine.to_dict())


def test_options_change_a_preset(capsys, tmp_path):
    result = run_json(capsys, "estimate", "--preset", "ulx3s-mnist", "--lanes", 224, "--hidden", 64, 64)
    assert result["machine"] == MACHINE_PRESETS["ulx3s-mnist"].machine.to_dict() | {"lanes": 224}
    small = ["--inputs", 24, "--hidden", 8, "--classes", 3, "--lanes", 8]
    result = run_json(capsys, "verilog", "--preset", "icebreaker-mnist", *small, "-o", tmp_path / "t.v")
    assert result["machine"] == MACHINE_PRESETS["icebreaker-mnist"].machine.to_dict() | {"lanes": 8}
    assert (result["network"]["hidden"], result["network"]["inputs"]) == ([8], 24)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--preset", "hx8k"], "preset: 'hx8k' is unknown; known are icebreaker-mnist, hx8k-digits, "),
        (
            ["--preset", "hx8k-digits", "--board", "icebreaker"],
            "board: icebreaker beside preset hx8k-digits",
        ),
        ([], "board: none given; add --board NAME or --preset NAME"),
    ],
)
def test_what_does_not_suit_is_refused(capsys, options, expected):
    assert expected in complaint(capsys, "estimate", *options)
