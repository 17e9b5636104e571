"""A sweep on worker processes, one of which ends in the middle."""

import subprocess
import sys
import threading
import time

import pyarrow.parquet
import pytest
from distributed import LocalCluster

from tests.sweep.small_sweep import specification, sweep, table

GRID = "hidden = [[16, 8], [32, 16], [24]]\nmargin = [0.25, 0.5]\ngate = [0.2, 0.4]\nepochs = [20]"
SEEDS = "seeds = [1, 2]"


@pytest.fixture
def cluster():
    """A scheduler, and two workers, processes of their own."""
    with LocalCluster(
        n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as only:
        address = only.scheduler_address
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--no-dashboard"]
        workers = [
            subprocess.Popen([*command, "--nthreads", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(2)
        ]
        try:
            yield address, workers
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


def files_in(folder):
    """Every point and the number of its file, another one if it was written again."""
    return {path.name: path.stat().st_ino for path in folder.glob("*.json")}


def test_a_worker_ends_in_the_middle_and_nothing_is_lost_or_done_twice(cluster, tmp_path):
    address, (first, second) = cluster
    file, out = specification(tmp_path, GRID, SEEDS), tmp_path / "out"
    before = {}

    def end_a_worker():
        while len(files_in(out / "points")) < 6:
            time.sleep(0.005)
        first.kill()
        first.wait()
        before.update(files_in(out / "points"))

    watch = threading.Thread(target=end_a_worker)
    watch.start()
    result = sweep(file, out, "--scheduler", address)
    watch.join()

    after = files_in(out / "points")
    assert 6 <= len(before) < 24, "the worker ended in the middle"
    assert len(after) == 24
    assert before.items() <= after.items(), "what was done before was left alone"
    assert (result["points"], result["computed"], result["failures"]) == (24, 24, [])
    lines = table(out)
    assert len({(line["hidden"], line["margin"], line["gate"], line["seed"]) for line in lines}) == len(lines) == 24
    assert pyarrow.parquet.read_table(out / "results.parquet").num_rows == 24
    assert (out / "pareto.png").stat().st_size > 10_000

    again = sweep(file, out, "--scheduler", address)
    assert (again["computed"], files_in(out / "points")) == (0, after)
    assert second.poll() is None
