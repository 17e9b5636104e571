import signal

import pytest

from bep_boards.flow.tools import Job, ToolError, run, run_all


def test_an_error_is_the_tools_own_last_line(tmp_path):
    with pytest.raises(ToolError, match=r"^yosys: ERROR: .*missing\.il"):
        run(Job("yosys", ("-q", "-p", "read_rtlil missing.il"), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_results_come_in_the_order_of_the_jobs(tmp_path):
    finished = []
    jobs = [Job("yosys", ("-p", f"log {word}"), tmp_path) for word in ("first", "second", "third")]
    printed = run_all(jobs, 2, finished.append)
    assert [word in text for word, text in zip(("first", "second", "third"), printed, strict=True)] == [True] * 3
    assert sorted(finished) == [0, 1, 2]


def test_an_interruption_at_the_birth_of_a_process_does_not_leave_it_behind(tmp_path, monkeypatch):
    start, started = Job.start, []

    def interrupted(job, output):
        started.append(start(job, output))
        signal.raise_signal(signal.SIGINT)
        return started[-1]

    monkeypatch.setattr(Job, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(Job("yosys", ("-p", "log word"), tmp_path))
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_fails_is_told_and_the_others_end(tmp_path):
    jobs = [Job("yosys", ("-p", command), tmp_path) for command in ("nonsense", "log done")]
    failed, done = {}, []
    printed = run_all(jobs, 1, done.append, failed)
    assert list(failed) == [0] and "nonsense" in str(failed[0])
    assert "done" in printed[1] and done == [0, 1]
