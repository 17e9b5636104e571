from pathlib import Path

from bep_hw.link.reference import markdown
from bep_hw.plan.registers import REGISTERS

PAGE = Path(__file__).parents[2] / "docs/link.md"


def test_the_documentation_is_what_the_tables_say():
    assert PAGE.read_text() == markdown(), "run: python -m bep_hw.link.reference > docs/link.md"


def test_every_register_is_documented():
    assert all(f"| {name} |" in markdown() for name in REGISTERS)
