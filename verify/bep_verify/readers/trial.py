"""One damaged file read by one command, and what must not happen: a traceback, no end, half a result."""

import fnmatch
import io
import os
import random
import signal
import traceback
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bep.main import main
from bep_verify.readers import seeds
from bep_verify.readers.formats import FORMATS, Format

SECONDS = 60
"""No command takes longer on a file of a few kilobytes."""


class EndlessError(BaseException):
    """A command that did not end. No reader catches it."""


@dataclass(frozen=True)
class Outcome:
    """``code`` is the command's exit code; ``failure`` says what must not have happened, empty where all is well."""

    format: str
    seed: int
    line: str
    code: int | None
    failure: str

    def row(self) -> dict[str, Any]:
        return asdict(self)


def attempt(name: str, seed: int) -> Outcome:
    """The file of format ``name`` that ``seed`` damages, read."""
    wanted = next(one for one in FORMATS if one.name == name)
    chance = random.Random(f"{name} {seed}")
    with TemporaryDirectory(prefix="bep-readers-") as folder, chdir(folder):
        line = prepare(wanted, chance, Path(folder))
        before = _held(Path(folder))
        code, said, failure = _run(line)
        failure = failure or _wrong(code, said, _held(Path(folder)) - before, line)
    return Outcome(name, seed, " ".join(line), code, failure)


def prepare(wanted: Format, chance: random.Random, folder: Path) -> list[str]:
    """Write good files and a damaged one into ``folder``; the command line that reads them."""
    files = wanted.files()
    for name, content in (*seeds.learned().items(), *files.items()):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    chance.choice(wanted.damages)(chance, folder / chance.choice(sorted(fnmatch.filter(files, wanted.damaged))))
    return list(chance.choice(wanted.lines))


def _run(line: list[str]) -> tuple[int | None, str, str]:
    """Exit code, what was said on standard error, and how the command failed to end as it should."""
    said = io.StringIO()
    try:
        with _limited(), redirect_stdout(io.StringIO()), redirect_stderr(said), warnings.catch_warnings():
            warnings.simplefilter("error")
            return main(line), said.getvalue(), ""
    except EndlessError:
        return None, said.getvalue(), f"it has not ended after {SECONDS} seconds"
    except BaseException:  # whatever it is: it would end in a traceback
        return None, said.getvalue(), " | ".join(traceback.format_exc().strip().splitlines()[-4:])


@contextmanager
def _limited() -> Iterator[None]:
    def end(_number: int, _frame: Any) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _held(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def _wrong(code: int | None, said: str, written: set[str], line: list[str]) -> str:
    """What is wrong with a command that ended by itself."""
    last = (said.splitlines() or [""])[-1]
    if code not in (0, 2):
        return f"exit code {code}: {last}"
    if code == 2 and not last.startswith("bep: error: "):
        return f"no line says why: {last}"
    if code == 2 and len(last) > 1000:
        return f"a message of {len(last)} characters"
    strange = {name for name in written if name.split(os.sep)[0] not in ("out", "run") or Path(name).name[0] == "."}
    if strange:
        return f"it leaves {', '.join(sorted(strange))} behind"
    if code == 2 and any(name.split(os.sep)[0] == "out" for name in written):
        return "it refuses the file and writes a result"
    if code == 0 and "out" in line and not written:
        return "it is done and writes no result"
    return ""
