"""What a rule is, and the words that findings share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opsmig_tui.review.model import Finding, NotChecked, Severity
from opsmig_tui.review.operations import Operation, Span, qualified
from opsmig_tui.review.subject import Subject

Verdict = Finding | NotChecked


@dataclass(frozen=True)
class Rule:
    """`check` is pure. `explanation` is a paragraph for a person who asks what the rule is about;
    `severity` the one it usually has."""

    id: str
    severity: Severity
    category: str
    explanation: str
    check: Callable[[Subject], Iterable[Verdict]]


def flag(
    rule: str,
    severity: Severity,
    where: Operation | Span,
    message: str,
    why: str,
    remedy: str,
) -> Finding:
    """A finding at an operation or a place."""
    span = where.span if isinstance(where, Operation) else where
    return Finding(
        rule=rule,
        severity=severity,
        line=span.line,
        message=message,
        why=why,
        remedy=remedy,
        end_line=max(span.end_line, span.line),
        column=span.column,
        end_column=span.end_column,
    )


def table_of(operation: Operation) -> str:
    if operation.table is None:
        return "a table named at run time"
    return qualified(operation.table, operation.schema)


def column_of(operation: Operation) -> str:
    """ "column ops.agreement.nickname"."""
    name = operation.column
    if name is None:
        return f"a column of {table_of(operation)}, named at run time"
    if operation.table is None:
        return f"column {name} of {table_of(operation)}"
    return f"column {table_of(operation)}.{name}"


def keyword(name: str, value: str | None) -> str:
    """``, schema="ops"`` as the rest of a call, nothing where there is none."""
    return f", {name}={quoted(value)}" if value is not None else ""


def quoted(text: str | None) -> str:
    return '"' + (text or "").replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(names: Iterable[str], most: int = 3) -> str:
    """ "a, b, c and 4 more"."""
    found = list(names)
    shown = ", ".join(found[:most])
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"
