"""Sweeps that take a second."""

import csv
import io
import json

from bep.main import main
from tests.cli.commands import SMALL

HIDDEN = "hidden = [[16, 8]]\nepochs = [3]"


def specification(folder, grid=HIDDEN, head=""):
    """A specification in ``folder``."""
    file = folder / "sweep.toml"
    file.write_text(f'data = "{SMALL}"\n{head}\n[grid]\n{grid}\n')
    return file


def sweep(file, out, *options, code=0):
    """The result of ``bep sweep``, which must end with ``code``."""
    result = out.with_name("result.json")
    assert main(["sweep", str(file), "--out", str(out), "--json", str(result), *options]) == code
    return json.loads(result.read_text())


def table(out):
    """The lines of a sweep's results."""
    return list(csv.DictReader(io.StringIO((out / "results.csv").read_text())))
