"""A point of a sweep: one thing to compute, told apart by its digest, done once, kept in a file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bep.sweep import work
from bep_ref.distribution import installed_version
from bep_ref.files.atomic import write_atomically

Result = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """Function ``kind`` of `bep.sweep.work` with the arguments ``what``, plain JSON types.

    It gets the result of the point that it ``needs`` too, if any.
    """

    kind: str
    what: dict[str, Any]
    needs: "Point | None" = None

    @property
    def name(self) -> str:
        """Kind and digest, which covers all that decides the result, the version of this program included."""
        fixed = json.dumps([installed_version(), asdict(self)], sort_keys=True)
        return f"{self.kind}-{hashlib.sha256(fixed.encode()).hexdigest()[:16]}"

    def file(self, folder: Path) -> Path:
        """Where the result is kept."""
        return folder / f"{self.name}.json"

    def keep(self, folder: Path, result: Result) -> None:
        content = {"point": asdict(self), "result": result}
        write_atomically(self.file(folder), (json.dumps(content, indent=2, allow_nan=False) + "\n").encode())

    def kept(self, folder: Path) -> "Outcome | None":
        """The outcome, if it is there and whole."""
        try:
            return Outcome(json.loads(self.file(folder).read_text())["result"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True)
class Outcome:
    """The ``result`` of a point, or the one line that says why there is none."""

    result: Result | None = None
    failure: str = ""


def perform(point: Point, before: Outcome | None = None) -> Outcome:
    """Compute ``point`` on whatever machine this is; ``before`` is the outcome of what it needs.

    Whatever goes wrong is the outcome of this point alone.
    """
    if before and before.failure:
        return before
    try:
        given = before.result if before else None
        return Outcome(getattr(work, point.kind)(**point.what, **(given or {})))
    except Exception as error:
        return Outcome(failure=reason(error))


def reason(error: BaseException) -> str:
    """One line: the message of an error that is a user's to mend, with its name in front of any other."""
    lines = str(error).strip().splitlines() or [""]
    return lines[0] if isinstance(error, work.EXPECTED) else f"{type(error).__name__}: {lines[0]}".rstrip(": ")
