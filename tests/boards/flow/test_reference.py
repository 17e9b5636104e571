import json
from pathlib import Path

from bep_boards.flow.reference import MEASURED, markdown
from bep_boards.registry import NAMES, find

PAGE = Path(__file__).parents[3] / "docs/boards.md"


def test_the_documentation_is_what_the_boards_say():
    assert PAGE.read_text() == markdown(json.loads(MEASURED.read_text())["rows"]), (
        "run: python -m bep_boards.flow.reference > docs/boards.md"
    )


def test_every_board_is_wired_and_measured_or_said_not_to_be():
    page, measured = PAGE.read_text(), [row["name"] for row in json.loads(MEASURED.read_text())["rows"]]
    assert all(f"| `{name}` |" in page and f"\n## {find(name).title}\n" in page for name in NAMES)
    assert measured == [name for name in NAMES if name in measured]
    _, _, missing = page.partition("Not measured yet: ")
    assert all((find(name).title in missing) == (name not in measured) for name in NAMES)
