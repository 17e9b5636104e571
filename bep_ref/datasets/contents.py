"""What the files of a data set hold, before classes are numbered and before anything is held out.

Learning needs classes and a test part: `Contents.dataset`. Using a model needs neither, and takes samples as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError, Dataset, held_out, name_classes
from bep_ref.names import listed
from bep_ref.notes import Notes


@dataclass(frozen=True)
class Part:
    """Samples ``x`` (n, ...) and the label of each, ``labels`` (n,) of whole numbers or strings.

    ``labels`` is None where the files have none; ``missing`` is then the message for whoever needs them. ``where``
    names labels in messages, ``stranger`` is the message about a ``label`` of sample number ``row`` that the training
    part (whose labels are ``known``) does not have.
    """

    x: NDArray[Any]
    labels: NDArray[Any] | None
    where: str
    missing: str = ""
    stranger: str = "label {label!r} of sample {row} does not occur in the training part"

    @property
    def needed_labels(self) -> NDArray[Any]:
        """``labels``, or `DataError` where there are none."""
        if self.labels is None:
            raise DataError(self.missing or f"{self.where}: it has no labels")
        return self.labels

    @property
    def label_names(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The names that occur, in order, and the index of each sample's."""
        unique, index = np.unique(self.needed_labels, return_inverse=True)
        return tuple(str(label) for label in unique), index.astype(np.int64)


@dataclass(frozen=True)
class Contents:
    """``parts`` "train" and "test", or "all" where the files make no difference; not every part need be there.

    ``columns``, ``label`` and ``notes`` are those of `Dataset`.
    """

    spec: str
    parts: Mapping[str, Part]
    columns: tuple[str, ...] = ()
    label: str = ""
    notes: Notes = ()

    @classmethod
    def of(cls, dataset: Dataset) -> "Contents":
        """A data set that is made and not read."""
        names = np.array(dataset.class_names)
        parts = {
            "train": Part(dataset.x_train, names[dataset.y_train], dataset.spec),
            "test": Part(dataset.x_test, names[dataset.y_test], dataset.spec),
        }
        return cls(dataset.spec, parts, dataset.columns, dataset.label, dataset.notes)

    @property
    def learned(self) -> Part:
        """The part that is learned from, or that becomes so."""
        return self.parts["train"] if "train" in self.parts else self.parts["all"]

    def dataset(self, binarise: str, **options: Any) -> Dataset:
        """To learn from: classes numbered, and a fixed share held out as the test part where the files have none.

        ``binarise`` and ``options`` are fields of `Dataset`.

        Raises
        ------
        DataError : missing labels, fewer than 2 or more than 256 classes, a test label that training does not have.
        """
        train = self.learned
        class_names, y = name_classes(train.needed_labels, train.where)
        about = {"columns": self.columns, "label": self.label, "notes": self.notes, **options}
        if "test" in self.parts:
            test = self.parts["test"]
            y_test = _codes(test, class_names)
            return Dataset(self.spec, train.x, y, test.x, y_test, class_names, binarise, **about)
        kept, held = held_out(y, self.spec)
        x = train.x
        return Dataset(self.spec, x[kept], y[kept], x[held], y[held], class_names, binarise, **about)


def _codes(test: Part, class_names: tuple[str, ...]) -> NDArray[np.int64]:
    """The class (n,) of each label of the test part."""
    number = {name: code for code, name in enumerate(class_names)}
    names, index = test.label_names
    for code, name in enumerate(names):
        if name not in number:
            row = int(np.flatnonzero(index == code)[0]) + 1
            told = test.stranger.format(label=name, row=row, known=_described(class_names))
            raise DataError(f"{test.where}: {told}")
    return np.array([number[name] for name in names], np.int64)[index]


def _described(class_names: tuple[str, ...]) -> str:
    """Classes for a message: a range of numbers, or all of them."""
    ends = f"{class_names[0]} to {class_names[-1]}"
    digits = all(name.isdecimal() for name in class_names)
    gapless = digits and int(class_names[-1]) - int(class_names[0]) == len(class_names) - 1
    return ends if gapless else f"one of {listed(class_names)}"
