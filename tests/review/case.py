"""How a case is written: a migration whose lines say which rules must flag them.

``#! rule, rule`` at a line's end (``--! rule`` inside SQL) names every finding expected there; a
line without it must stay silent for every rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts, Review

_EXPECTED = re.compile(r"(?:#|--)!\s*([a-z, -]+?)\s*$")
HEADER = '''"""add something

Revision ID: a1
Revises: a0
Create Date: 2026-01-02 03:04:05
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "a1"
down_revision = "a0"
branch_labels = None
depends_on = None

'''


@dataclass(frozen=True)
class Case:
    """`up` and `down` are the bodies of the two functions; `top` stands between header and them.
    `whole` replaces all of it. `down` None: there is no downgrade()."""

    name: str
    up: str = "pass"
    down: str | None = "op.execute(UNDO)"
    top: str = ""
    whole: str = ""
    facts: Facts = field(default_factory=Facts)

    @property
    def source(self) -> str:
        if self.whole:
            return dedent(self.whole)
        parts = [HEADER, dedent(self.top), "\n\ndef upgrade():\n", _body(self.up)]
        if self.down is not None:
            parts += ["\n\ndef downgrade():\n", _body(self.down)]
        return "".join(parts).replace("UNDO", 'f"{__name__}"')

    @property
    def expected(self) -> set[tuple[str, int]]:
        found = set()
        for number, line in enumerate(self.source.split("\n"), start=1):
            match = _EXPECTED.search(line)
            for rule in match.group(1).split(",") if match else ():
                found.add((rule.strip(), number))
        return found

    def review(self) -> Review:
        return review_source(Path("versions/a1_add.py"), self.source, self.facts)


def _body(text: str) -> str:
    return indent(dedent(text).strip("\n"), "    ") + "\n"
