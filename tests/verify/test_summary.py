"""One file of evidence, from those that are there."""

import json

from bep_verify.summary import KINDS, summary


def test_what_is_not_there_is_told_as_none_and_what_is_there_in_counts(tmp_path):
    (tmp_path / "fuzz.json").write_text(json.dumps({"trials": 3, "exact": 2, "failed": 1, "rows": [{}] * 3}))
    rows = [{"chip": "UP5K", "mismatches": 0}, {"chip": "HX8K", "mismatches": 2}]
    (tmp_path / "gates.json").write_text(json.dumps({"netlists": rows, "four_valued": [{"mismatches": 1}]}))
    rows = [{"package": "bep_ref", "share": 0.94}]
    (tmp_path / "coverage.json").write_text(json.dumps({"software": {"packages": rows}}))
    found = summary(tmp_path)
    assert set(found) == set(KINDS)
    assert found["fuzz"] == {"trials": 3, "exact": 2, "failed": 1}
    assert found["gates"] == {"netlists": ["UP5K", "HX8K"], "four_valued": 1, "mismatches": 3}
    assert found["coverage"] == {"python_branches_taken": {"bep_ref": 0.94}}
    assert found["proofs"] is None and found["mutants"] is None
