"""The constraint that a VALIDATE CONSTRAINT is about, and the rows that would break it."""

from __future__ import annotations

import re

from opsmig_tui.review.operations import Constraint, Operation, same_table
from opsmig_tui.review.probes import key_orphans
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.sql_columns import kept_constraint
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ConstraintFacts, Probe

_NOT_NULL = re.compile(r'\(*\s*(?:"([^"]+)"|([A-Za-z_]\w*))\s+IS\s+NOT\s+NULL\s*\)*\s*', re.I)


def orphans_validated(subject: Subject, item: Operation) -> Probe | None:
    """Rows without a parent below a foreign key that is NOT VALID so far."""
    found = _constraint(subject, item)
    if found is None:
        return None
    key, source = found
    return key_orphans(item, key, named=isinstance(source, Operation) and not source.is_sql)


def misfits(subject: Subject, item: Operation) -> Probe | None:
    """Rows that break a CHECK which is validated, or added and held against them at once.

    Only the server's own text of a constraint is ever run; of a migration's, IS NOT NULL alone is
    understood.
    """
    if item.kind == "create_constraint":
        check = item.constraint
        valid = check is not None and check.valid is True and item.complete
        return _nulls(item, check) if check is not None and valid else None
    found = _constraint(subject, item)
    if found is None:
        return None
    check, source = found
    if isinstance(source, Operation):
        return _nulls(item, check)
    if check.kind != "check" or not source.columns or item.table is None or source.name is None:
        return None
    return Probe("misfits", item.table, item.schema, source.columns, value=source.name)


def _nulls(item: Operation, check: Constraint) -> Probe | None:
    if item.table is None:
        return None
    if check.kind == "not null" and check.columns:
        return Probe("nulls", item.table, item.schema, check.columns)
    found = _NOT_NULL.fullmatch(check.text) if check.kind == "check" else None
    if found is None:
        return None
    column = found[1] or found[2].lower()
    return Probe("nulls", item.table, item.schema, (column,))


def _constraint(
    subject: Subject, item: Operation
) -> tuple[Constraint, Operation | ConstraintFacts] | None:
    """The constraint, and the operation that adds it or what the database has; None where it is
    valid already, or not known."""
    if item.kind != "validate_constraint" or item.name is None or item.table is None:
        return None
    for other in reversed(subject.named_before(item)):
        if same_table(other, item):
            made = other.constraint if other.kind == "create_constraint" else None
            return (made, other) if made is not None and made.valid is False else None
    table = table_facts(subject.facts, item.table, item.schema)
    for kept in table.constraints if table is not None else ():
        if kept.name == item.name and kept.kind in ("foreign", "check"):
            made = kept_constraint(kept.definition)
            return (made, kept) if made.valid is False else None
    return None
