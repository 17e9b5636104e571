"""Elements of the page, escaped and closed."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """Element ``name``; text inside is escaped, markup is not.

    An attribute's underscores are hyphens, one at its end (``class_``) is dropped; those that are None are left out.
    Floats are written with two decimals at most: hundredths of a pixel.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _text(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{join(inside)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """``parts`` behind each other."""
    return Markup("").join(escape(part) for part in parts)


def short(value: float) -> str:
    """With two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], class_: str | None = None) -> Markup:
    """A table whose first column names its rows, in `scrolling`."""
    head = tag("tr", *(tag("th", heading, scope="col") for heading in headings))
    body = [tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others)) for first, *others in rows]
    inside = tag("caption", caption), tag("thead", head), tag("tbody", *body)
    return scrolling(caption, tag("table", *inside, class_=class_))


def scrolling(caption: str, inside: str) -> Markup:
    """What scrolls by itself where the page is too narrow for it, from the keyboard too."""
    return tag("div", inside, class_="scroll", tabindex=0, role="region", aria_label=caption)


def legend(*entries: tuple[str, str]) -> Markup:
    """What marks of a picture mean: (class of the mark, text)."""
    marks = (tag("li", tag("span", class_=f"mark {mark}", aria_hidden="true"), text) for mark, text in entries)
    return tag("ul", *marks, class_="legend")


def figure(caption: str, *inside: str) -> Markup:
    """A picture or table with what there is to say of it."""
    return tag("figure", *inside, tag("figcaption", caption))


def _text(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)
