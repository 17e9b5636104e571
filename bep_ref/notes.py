"""Lines about what a reader understood, assumed, left out or lost, which travel with its result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One line. ``doubtful``: an assumption that may be wrong, or a loss that the user may not want."""

    text: str
    doubtful: bool = False

    def __str__(self) -> str:
        return f"warning: {self.text}" if self.doubtful else self.text


Notes = tuple[Note, ...]
