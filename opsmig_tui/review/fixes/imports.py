"""missing-import: the import of a name, where it is certain which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.rules.imports import import_of
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def missing(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """Adds the import below the others."""
    line = subject.migration.source.split("\n")[finding.line - 1].encode("utf-8", "replace")
    whole = line[finding.column : finding.end_column].decode("utf-8", "replace")
    code = import_of(subject, whole.partition(".")[0], whole)
    if code is None or finding.end_line != finding.line:
        return

    def edit(sheet: Sheet, value: str) -> None:
        sheet.add_import(code)

    yield Fix(finding.rule, f"Adds `{code}`.", edit)
