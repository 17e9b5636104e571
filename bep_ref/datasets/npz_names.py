"""Which array of an archive is what: the names that Keras, scikit-learn's users and MedMNIST write, and NumPy itself.

A name is ``x`` or ``y``, or another word for it, with or without the name of a part: ``x``, ``X_train``, ``labels``,
``test_images``, ``xtest``. Arrays that were saved without names are ``arr_0`` and ``arr_1``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bep_ref.datasets.dataset import DataError
from bep_ref.names import listed

WORDS = {
    "x": ("x", "data", "features", "images", "samples", "inputs", "image", "imgs", "feature", "sample", "input"),
    "y": ("y", "labels", "target", "targets", "classes", "label", "class"),
}
"""Words for samples and for their labels. Of two that are there the first one counts."""
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
PARTS |= {"val": "validation", "valid": "validation", "validation": "validation", "dev": "validation"}
"""How a name says which part it is of."""
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
_WORD = "|".join(sorted(WORDS["x"] + WORDS["y"], key=len, reverse=True))
NAME = re.compile(rf"(?:({_PART})[-_. ]?)?({_WORD})(?:[-_. ]?({_PART}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Roles:
    """``names`` of arrays by kind ("x" or "y") and part: "train", "test", "validation" or, not said, ""."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def pair(self, *parts: str) -> tuple[str | None, str | None]:
        """Names of samples and labels of the first of ``parts`` that has either."""
        for part in parts:
            pair = self.names.get(("x", part)), self.names.get(("y", part))
            if any(pair):
                return pair
        return None, None


def roles(names: Sequence[str], path: Path) -> Roles:
    """What each of the ``names`` of an archive's arrays is; `DataError` where two of them have one meaning."""
    if set(names) in ({"arr_0"}, {"arr_0", "arr_1"}):
        return Roles({(kind, ""): name for kind, name in zip("xy", sorted(names), strict=False)})
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name in names:
        match = NAME.fullmatch(name)
        if match and not (match[1] and match[3]):
            word = match[2].lower()
            kind = "x" if word in WORDS["x"] else "y"
            part = PARTS.get((match[1] or match[3] or "").lower(), "")
            found.setdefault((kind, part), []).append((WORDS[kind].index(word), name))
    if ("x", "") in found and ("x", "train") in found:
        _refuse(path, found["x", ""][0][1], found["x", "train"][0][1])
    for candidates in found.values():
        candidates.sort()
        if len(candidates) > 1 and candidates[0][0] == candidates[1][0]:
            _refuse(path, candidates[0][1], candidates[1][1])
    return Roles({role: candidates[0][1] for role, candidates in found.items()})


def _refuse(path: Path, one: str, other: str) -> None:
    raise DataError(f"{path}: it holds {listed([one])} and {listed([other])}, which mean the same; keep one of them")
