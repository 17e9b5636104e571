"""What a section of the page is."""

from dataclasses import dataclass

from markupsafe import Markup

EMPTY = Markup("")


@dataclass(frozen=True)
class Section:
    """A heading called ``name`` in links, and what is below it: ``body``, or, where the folder has no data for it,
    ``missing``, one line that says what command would add it. ``wide`` ones take the page's whole width."""

    name: str
    title: str
    body: Markup = EMPTY
    missing: Markup = EMPTY
    wide: bool = False
