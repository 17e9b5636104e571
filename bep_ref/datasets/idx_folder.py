"""The IDX files of a data set among others: the names that the world gives them, in the folders it puts them in.

``train-images-idx3-ubyte``, ``train-images.idx3-ubyte``, ``emnist-letters-test-labels-idx1-ubyte.gz``; in the folder
itself, in folders below it such as torchvision's ``MNIST/raw``, or each in a folder of its own name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bep_ref.datasets.dataset import DataError
from bep_ref.names import listed

NAME = re.compile(
    r"(?P<set>.*?)[-_. ]?(?P<part>train|t10k|test)(?:ing)?[-_. ]?(?P<kind>images|labels)"
    r"(?:[-_. ]?idx\d?(?:[-_. ]?(?:ubyte|byte|short|int|float|double))?)+(?P<packed>\.gz)?",
    re.IGNORECASE,
)
"""A file's name: which set, which part of it, images or labels."""
PARTS = {"train": "train", "t10k": "test", "test": "test"}
"""A part's name in a file's name -> its name here."""
DEPTH = 3
"""Most folders below the one named that are looked into."""
FOLDERS = 1000
"""Most folders looked into."""


@dataclass
class IdxSet:
    """The files of one data set: its ``folder`` and ``name``, ``files`` by part and kind ("images" or "labels")."""

    folder: Path
    name: str
    files: dict[tuple[str, str], Path] = field(default_factory=dict)

    @property
    def specification(self) -> str:
        """The argument that names this set and no other."""
        return str(self.folder / self.name) if self.name else str(self.folder)

    def file(self, part: str, kind: str) -> Path:
        """The file of ``part`` and ``kind``; `DataError` says which is missing and what is there."""
        if (part, kind) not in self.files:
            short = "train" if part == "train" else "t10k" if not self.name else "test"
            usual = f"{self.name}{'-' if self.name else ''}{short}-{kind}-idx{3 if kind == 'images' else 1}-ubyte"
            raise DataError(f"data: mnist: {self.folder} holds neither {usual} nor {usual}.gz; {held(self.folder)}")
        return self.files[part, kind]


def find_set(argument: str) -> IdxSet:
    """The IDX files that ``argument`` names: a folder, or a folder and, after a slash, what their names begin with.

    Raises
    ------
    DataError : no such folder, no IDX files in it, or those of several sets; it lists what is there.
    """
    place, wanted = Path(argument), ""
    if not place.is_dir():
        place, wanted = place.parent, place.name
        if not place.is_dir() or not any(one.name.startswith(wanted) for one in place.iterdir()):
            raise DataError(f"data: mnist: {argument} is not a folder")
    sets = [one for one in _sets(place) if not wanted or one.name.lower() == wanted.lower().rstrip("-_. ")]
    if not sets:
        raise DataError(
            f"data: mnist: {argument} holds neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz; "
            f"{held(place)}"
        )
    if len(sets) > 1:
        choices = listed([f"mnist:{one.specification}" for one in sets])
        raise DataError(f"data: mnist: {argument} holds {len(sets)} sets of images; name one of {choices}")
    return sets[0]


def held(folder: Path) -> str:
    """What ``folder`` holds, for a message."""
    return f"it holds {listed(sorted(one.name + '/' * one.is_dir() for one in _entries(folder))) or 'nothing'}"


def _sets(place: Path) -> list[IdxSet]:
    """The sets in ``place``, or, where it has none itself, in the nearest folders below."""
    for level in _levels(place):
        sets: dict[tuple[Path, str], IdxSet] = {}
        for path in sorted((path for folder in level for path in _files(folder)), key=_plain_first):
            match = NAME.fullmatch(path.name)
            if match:
                own = NAME.fullmatch(path.parent.name) and path.parent != place  # a folder for this file alone
                folder, name = path.parent.parent if own else path.parent, match["set"]
                one = sets.setdefault((folder, name.lower()), IdxSet(folder, name))
                one.files.setdefault((PARTS[match["part"].lower()], match["kind"].lower()), path)
        if sets:
            return sorted(sets.values(), key=lambda one: one.specification)
    return []


def _plain_first(path: Path) -> tuple[bool, str]:
    return path.suffix.lower() == ".gz", str(path)


def _levels(place: Path) -> Iterator[list[Path]]:
    """``place`` alone, then all folders in it, then all in those."""
    level, seen = [place], 0
    for _ in range(1 + DEPTH):
        yield level
        seen += len(level)
        below = [path for folder in level for path in _entries(folder) if path.is_dir() and path.name[0] != "."]
        level = sorted(below)[: FOLDERS - seen]


def _files(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_file()]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except PermissionError:
        return []
