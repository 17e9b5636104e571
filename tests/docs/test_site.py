"""The site builds without a warning, and its pictures are what the hardware does."""

import os
import subprocess
import sys
from pathlib import Path

from docs.timing import FOLDER, drawings

ROOT = Path(__file__).parents[2]


def test_the_site_builds_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert all((tmp_path / "site" / page / "index.html").exists() for page in pages)
    # nothing is fetched from elsewhere
    assert "fonts.googleapis" not in (tmp_path / "site" / "index.html").read_text()


def test_timing_diagrams_are_what_the_hardware_does():
    for name, content in drawings().items():
        assert (FOLDER / name).read_text() == content, "run: python -m docs.timing"
