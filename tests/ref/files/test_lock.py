"""One process at a time writes into a folder; the next one is told whose it is, and a dead one's lock is gone."""

import os
import re
import signal
import subprocess
import sys

import pytest

from bep_ref.files.lock import NAME, FolderInUseError, locked

HOLD = "import sys, time; from pathlib import Path; from bep_ref.files.lock import locked\n"
HOLD += "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"


@pytest.fixture
def other(tmp_path):
    """Another process that holds ``tmp_path / 'run'`` until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "run"), "--epochs", "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_process_is_told_who_was_first(other, tmp_path):
    folder = tmp_path / "run"
    told = re.escape(f"out: {folder} is in use by process {other.pid} (-c ")
    told += r"[\s\S]* --epochs 7\), since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"
    with pytest.raises(FolderInUseError, match=told):
        with locked(folder):
            pass
    assert {file.name for file in folder.iterdir()} == {NAME}, "the first one's lock is as it was"
    other.communicate("")
    with locked(folder):
        assert (folder / NAME).exists()
    assert not folder.exists(), "made by the first, empty when it ended"


def test_a_lock_dies_with_its_process(other, tmp_path):
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert (tmp_path / "run" / NAME).exists()
    with locked(tmp_path / "run"):
        pass
    assert not (tmp_path / "run" / NAME).exists()


def test_a_link_to_the_folder_is_the_folder(other, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with pytest.raises(FolderInUseError, match=r"build: .*link is in use"), locked(tmp_path / "link", "build"):
        pass


def test_one_command_inside_another_shares_its_folder(tmp_path):
    with locked(tmp_path), locked(tmp_path / "."):
        assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_folders_made_for_nothing_are_removed(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "a" / "b" / "c"):
        assert (tmp_path / "a" / "b" / "c").is_dir()
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "result").touch()
    assert [file.name for file in (tmp_path / "a" / "b").iterdir()] == ["result"]


def test_errors_name_the_folder_and_not_the_lock(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(OSError) as caught, locked(folder):
            pass
        assert caught.value.filename == str(folder)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError) as caught, locked(tmp_path):
        pass
    assert caught.value.filename == str(tmp_path)
