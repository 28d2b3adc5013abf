"""A revision's place in the history: its parent, and what its docstring says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

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
        _bind(sheet, "down_revision", head)
        if re.search(rf"^\s*Revises:[ \t]*{re.escape(old)}[ \t]*$", own.docstring, re.M):
            _docstring(sheet, "Revises", head)

    yield Fix(finding.rule, f"Moves the revision on top of {head}.", edit)


def revises_mismatch(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """The docstring says what the variables do."""
    own = subject.migration.revision
    parents = ", ".join(own.down_revisions)
    label, value = ("Revises", parents) if "Revises:" in finding.message else ("Revision ID", "")
    value = value if label == "Revises" else own.revision

    def edit(sheet: Sheet, answer: str) -> None:
        _docstring(sheet, label, value)

    yield Fix(finding.rule, f"Writes {label}: {value or 'None'} into the docstring.", edit)


def _docstring(sheet: Sheet, label: str, value: str) -> None:
    import libcst as cst

    first = sheet.module.body[0] if sheet.module.body else None
    small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
    node = small.value if isinstance(small, cst.Expr) else None
    if not isinstance(node, cst.SimpleString):
        raise FixRefused("The file's docstring is not one literal.")

    def change(literal: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(literal, cst.SimpleString)
        pattern = re.compile(rf"^([\"'rRuU]*\s*{label}:)[ \t]*[^\n\"']*?([ \t]*)(?=$|[\"'])", re.M)
        after = f" {value}" if value else ""
        text = pattern.sub(lambda match: f"{match.group(1)}{after}{match.group(2)}", literal.value)
        return literal.with_changes(value=text)

    sheet.change(node, change)


def _bind(sheet: Sheet, name: str, value: str) -> None:
    """``name = "value"`` at the file's top, in the quotes that the old value has."""
    import libcst as cst

    def change(literal: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(literal, cst.SimpleString)
        return literal.with_changes(value=f"{literal.quote}{value}{literal.quote}")

    for line in sheet.module.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if not isinstance(node, cst.Assign | cst.AnnAssign):
                continue
            targets = (
                [item.target for item in node.targets]
                if isinstance(node, cst.Assign)
                else [node.target]
            )
            named = any(isinstance(item, cst.Name) and item.value == name for item in targets)
            if named and isinstance(node.value, cst.SimpleString):
                sheet.change(node.value, change)
                return
    raise FixRefused(f"{name} is not one literal.")
