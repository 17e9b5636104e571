"""What a model knows of the data it learned, and new data brought into the same shape: columns and classes by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bep_ref.datasets.dataset import DataError
from bep_ref.datasets.labels import is_missing, plain_number
from bep_ref.names import listed
from bep_ref.notes import Note, Notes


@dataclass(frozen=True)
class Schema:
    """``features`` of a sample (channels of a series), ``class_names`` in the order of the classes, ``columns``: the
    features' names in their order, empty where the training data had none; ``label``: the label column's name or "";
    ``sequential``: samples are series.
    """

    features: int
    class_names: tuple[str, ...]
    columns: tuple[str, ...] = ()
    label: str = ""
    sequential: bool = False

    def order(self, columns: tuple[str, ...], features: int, where: str) -> tuple[NDArray[np.int64], Notes]:
        """Position (features,) of each of the model's features in new data, and notes on what was assumed.

        ``columns`` are the names of the new data's ``features``, empty where it has none. Where both sides have names,
        names decide; otherwise positions do, and a note says so unless neither side has names. ``where`` names the
        data in messages.

        Raises
        ------
        DataError : a column that the model does not know or that is missing, or another number of features.
        """
        if columns and self.columns:
            return self._by_name(columns, where), ()
        if features != self.features:
            raise DataError(f"data: {where} has {features} features; the model needs {self.features}")
        notes: Notes = ()
        if self.columns:
            text = f"{where} names no columns; they are taken in the model's order: {listed(self.columns)}"
            notes = (Note(text, doubtful=True),)
        elif columns:
            text = f"the model knows no column names; {where} is taken in its own order: {listed(columns)}"
            notes = (Note(text, doubtful=True),)
        return np.arange(features), notes

    def _by_name(self, columns: tuple[str, ...], where: str) -> NDArray[np.int64]:
        needed = set(self.columns)
        if strange := [name for name in columns if name not in needed]:
            problem = f"data: {where} has columns that the model does not know: {listed(strange)}"
            hint = f"?label={strange[0]} or ?drop={strange[0]} after the file's name says that it is no feature"
            raise DataError(f"{problem}; it learned {listed(self.columns)}; {hint}")
        position = {name: index for index, name in enumerate(columns)}
        if missing := [name for name in self.columns if name not in position]:
            raise DataError(f"data: {where} lacks columns that the model needs: {listed(missing)}")
        return np.array([position[name] for name in self.columns], dtype=np.int64)

    def check_kind(self, sequential: bool, where: str) -> None:
        """Refuse sequences where the model needs none, and the other way round."""
        if sequential != self.sequential:
            needed, held = ("sequences", "none") if self.sequential else ("no sequences", "them")
            raise DataError(f"data: the model needs {needed}; {where} holds {held}")

    def code(self, label: str, where: str) -> int:
        """The model's class called ``label``; `DataError` if there is none."""
        for name in (label, plain_number(label)):
            if name in self._numbers:
                return self._numbers[name]
        if is_missing(label):
            raise DataError(
                f"data: {where} has samples whose label is missing ({label!r}): a comparison needs all labels"
            )
        raise DataError(f"data: class {label!r} of {where} is unknown to the model")

    def codes(self, class_names: Sequence[str], where: str) -> NDArray[np.int64]:
        """The model's class (len(class_names),) of each of ``class_names``; `DataError` for one it does not know."""
        return np.array([self.code(name, where) for name in class_names], dtype=np.int64)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.class_names)}
