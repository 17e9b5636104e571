"""Calling the command line from tests."""

import json

from bep.main import main

SMALL = "prototypes:classes=4,bits=40,flip=0.3,train=300,test=100"
TRAIN = ["train", "--data", SMALL, "--hidden", "16", "8", "--epochs", "3"]


def run_json(capsys, *argv):
    """Run a command with ``--json -``; its result, which must be all there is on standard output."""
    assert main([*map(str, argv), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys, *argv, code=2):
    """Run a command that must fail with ``code`` and nothing but one line of error; the line."""
    assert main([str(word) for word in argv]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    assert captured.err.startswith("bep: ")
    return captured.err.strip()
