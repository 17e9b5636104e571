"""The page of evidence: it is what the files say, and says of every survivor and hole why."""

import json
from pathlib import Path

from bep_verify.page import markdown

ROOT = Path(__file__).parents[2]


def test_the_page_is_that_of_the_files():
    written = (ROOT / "docs/evidence.md").read_text()
    assert written == markdown(ROOT / "benchmarks"), "run: python -m bep_verify.page benchmarks > docs/evidence.md"


def test_survivors_and_holes_are_listed_with_their_reasons(tmp_path):
    mutant = {"unit": "gate", "place": "eq A[0] inverted", "equivalent": None, "seen": "equal"}
    mutants = [{**mutant, "number": 7, "reason": "odd numbers only"}, {**mutant, "number": 8}]
    mutants += [{**mutant, "number": 9, "seen": "hangs"}, {**mutant, "number": 10, "equivalent": True}]
    names = ("mutants", "differs", "hangs", "pace", "killed", "equivalent", "survived")
    unit = {"unit": "all", **dict.fromkeys(names, 1), "share": 0.5}
    (tmp_path / "mutants.json").write_text(json.dumps({"units": [unit], "mutants": mutants}))
    counts = {"bits": 4, "toggled_share": 0.75, "branches": 2, "taken_share": 0.5}
    hardware = {
        "units": [{"unit": "host", **counts}],
        "datapath": counts,
        "all": counts,
        "untoggled": [{"signal": "host | cycles | host.py:1 | 1", "bits": [3, 4, 5, 9], "reason": "too short a run"}],
        "untaken": [{"branch": "host | a | b | if | 1", "reason": ""}],
    }
    packages = [{"package": "bep_hw", "share": 0.9}]
    software = {"packages": packages, "holes": {"bep_hw/a.py": ["1->2"]}, "reasons": {"bep_hw/a.py": "never asked"}}
    (tmp_path / "coverage.json").write_text(json.dumps({"hardware": hardware, "software": software}))
    page = markdown(tmp_path)
    assert "| 7 | gate | `eq A[0] inverted` | odd numbers only |" in page
    assert "| 8 | gate | `eq A[0] inverted` | not found out yet |" in page
    assert "| 9 |" not in page and "| 10 |" not in page
    assert "**too short a run**\n\n- `host, cycles, host.py:1, 1`: bits 3-5, 9\n" in page
    assert "**not found out yet**\n\n- `host, a, b, if, 1`" in page
    assert "| `bep_hw/a.py` | 1->2 | never asked |" in page
    assert "| bits of the datapath that toggle | six machines | 75.0% |" in page
    assert "netlists" not in page and "## Upsets" not in page
