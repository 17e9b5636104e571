"""Every block of code in the documentation runs as it is printed."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```\n(<!-- not run: [^\n]+ -->)?', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    title: str
    text: str
    excuse: str

    @property
    def script(self) -> str:
        """Its part of the page's shell script."""
        if self.language == "sh":
            return self.text
        into = f"> {self.title}" if self.title else "| python -W error -"
        return f"cat <<'END OF BLOCK' {into}\n{self.text}END OF BLOCK\n"


def blocks(page: Path) -> list[Block]:
    return [Block(*(part or "" for part in match.groups())) for match in BLOCK.finditer(page.read_text())]


RUN = [page for page in PAGES if any(block.language != "console" for block in blocks(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_says_why(page):
    assert 2 * len(blocks(page)) == page.read_text().count("```"), "a block that this test does not see"
    for block in blocks(page):
        known = block.language in ("sh", "python", "console") or (block.language and block.title)
        assert known, f"{block.text}: neither sh, python, console, nor a file with a title"
        assert (block.language == "console") == bool(block.excuse), block.text


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_code_runs(page, tmp_path):
    """The blocks of a page, one after the other in an empty folder, by a shell that stops at the first error."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, words in (("bep", "-m bep "), ("python", "")):
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        (commands / name).chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()
    script = "set -e -o pipefail\n" + "\n".join(block.script for block in blocks(page) if block.language != "console")
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, printed
