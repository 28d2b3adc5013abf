"""`python -m tests.readme_rules` writes the README's table of rules from the rules themselves."""

from __future__ import annotations

import re
from pathlib import Path

from opsmig_tui.project.atomic import write_whole
from opsmig_tui.review.catalogue import table

README = Path(__file__).parents[1] / "README.md"
_TABLE = re.compile(r"(<!-- rules: [^>]*-->\n).*?(<!-- /rules -->)", re.S)


def with_table(text: str) -> str:
    """The README with the table as it must be."""
    assert _TABLE.search(text), "the README has no place for the table of rules"
    return _TABLE.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", text)


if __name__ == "__main__":
    write_whole(README, with_table(README.read_text(encoding="utf-8")).encode())
