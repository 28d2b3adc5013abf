"""A revision's place in the history: its parent, and what its docstring says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.identity import bind, edit_docstring
from opsmig_tui.review.fixes.model import Fix, FixRefused
from opsmig_tui.review.model import Finding
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def wrong_parent(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """down_revision and the docstring's Revises become the one head of the base branch."""
    chain, own = subject.facts.chain, subject.migration.revision
    if chain is None or chain.base_heads is None or len(chain.base_heads) != 1:
        return
    (head,) = chain.base_heads
    if len(own.down_revisions) != 1 or head not in chain.history.by_id:
        return
    old = own.down_revisions[0]

    def edit(sheet: Sheet, value: str) -> None:
        bind(sheet, "down_revision", (head,))
        if re.search(rf"^\s*Revises:[ \t]*{re.escape(old)}[ \t]*$", own.docstring, re.M):
            edit_docstring(sheet, {"Revises": head})

    yield Fix(finding.rule, f"Moves the revision on top of {head}.", edit)


def revises_mismatch(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """The docstring says what the variables do."""
    own = subject.migration.revision
    parents = ", ".join(own.down_revisions)
    label, value = ("Revises", parents) if "Revises:" in finding.message else ("Revision ID", "")
    value = value if label == "Revises" else own.revision

    def edit(sheet: Sheet, answer: str) -> None:
        if not edit_docstring(sheet, {label: value}):
            raise FixRefused("The file's docstring is not one literal.")

    yield Fix(finding.rule, f"Writes {label}: {value or 'None'} into the docstring.", edit)
