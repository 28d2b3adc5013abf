"""What a rehearsal proved of the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from opsmig_tui.review.model import Facts, Finding, Residue
from opsmig_tui.review.operations import Span
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject


def _residue(subject: Subject) -> Iterator[Finding]:
    lines = subject.migration.source.count("\n") + 1
    for one in subject.facts.residue or ():
        place = Span(one.line) if 0 < one.line <= lines else None
        where = place or subject.migration.function_span("upgrade") or Span(1)
        found = flag(
            "downgrade-residue",
            "note" if one.low else "error",
            where,
            f"After upgrade() and downgrade(), {one.what}.",
            "The rehearsal found another schema than before, so a second upgrade may fail or work "
            "on the wrong one."
            if not one.low
            else "PostgreSQL adds a column at the end; only a query without column names sees it.",
            "Undo it in downgrade(), then rehearse again."
            if not one.low
            else "Name the columns in queries; nothing else is needed.",
        )
        yield replace(found, evidence="live")


_UP = """
op.create_table("vendor", sa.Column("kind", sa.Enum("a", name="kind")))
op.execute("CREATE SEQUENCE vendor_number")  #!
"""
_DOWN = """
op.drop_table("vendor")
"""

RULES = (
    Rule(
        "downgrade-residue",
        "error",
        "reversibility",
        "A rehearsal ran upgrade() and downgrade() on this database, and the schema was not the "
        "same afterwards. Columns that stand in another order are a note.",
        _residue,
        fires=Example(
            _UP, _DOWN, facts=Facts(residue=(Residue(20, "sequence vendor_number is left"),))
        ),
        silent=Example(_UP, _DOWN, facts=Facts(residue=())),
        source="Measured: catalogs before and after, see `opsmig rehearse`",
    ),
)
