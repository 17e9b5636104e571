"""Matrices of classes as tables whose cells are shaded."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from bep_report.markup import join, scrolling, tag

MOST_CLASSES = 26
"""A table of more would not be read."""
NARROW = 12
"""A table of more takes the page's whole width."""


def heat_table(
    caption: str,
    names: Sequence[str],
    cell: Callable[[int, int], tuple[str, float, str]],
    corner: str,
    extra: tuple[str, Sequence[str]] | None = None,
) -> Markup:
    """A table of all pairs of ``names``. ``cell`` gives text, strength of its shade (0 to 1) and class for a row and a
    column; ``extra`` is one more column's heading and its cells."""
    more = [tag("th", extra[0], scope="col")] if extra else []
    head = [tag("th", corner, scope="col"), *(tag("th", name, scope="col") for name in names), *more]
    rows = []
    for row, name in enumerate(names):
        cells = [tag("th", name, scope="row")]
        for column in range(len(names)):
            text, strength, kind = cell(row, column)
            style = f"--heat:{100 * min(1.0, strength):.0f}%" if strength else None
            cells.append(tag("td", text, style=style, class_=kind or None))
        if extra:
            cells.append(tag("td", extra[1][row], class_="total"))
        rows.append(tag("tr", *cells))
    body = [tag("caption", caption), tag("thead", tag("tr", *head)), tag("tbody", *rows)]
    return scrolling(caption, tag("table", join(body), class_="heat"))
