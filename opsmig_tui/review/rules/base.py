"""What a rule is, and the words that findings share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from opsmig_tui.review.model import Facts, Finding, NotChecked, Severity
from opsmig_tui.review.operations import Operation, Span, qualified
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import LiveObject

Verdict = Finding | NotChecked


@dataclass(frozen=True)
class Example:
    """A migration, as the bodies of its two functions, and facts where the rule needs some.

    The lines that the rule flags end with ``#!``. `down` "" stands for one that undoes nothing and
    is not looked at; `top` stands before the functions. `whole` is the whole file instead.
    """

    up: str = ""
    down: str = ""
    top: str = ""
    whole: str = ""
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True)
class Rule:
    """`check` is pure. `explanation` is a paragraph for a person who asks what the rule is about;
    `severity` the one it usually has. `fires` is a migration it flags, `silent` one much like it
    that it must not. `source` says where its claim comes from: a page, or a measurement. `since`
    and `until` are the first and the last PostgreSQL major version it is about."""

    id: str
    severity: Severity
    category: str
    explanation: str
    check: Callable[[Subject], Iterable[Verdict]]
    fires: Example
    silent: Example
    source: str
    since: int | None = None
    until: int | None = None

    def concerns(self, version: int | None) -> bool:
        """Whether it is about this PostgreSQL version; one that is not known counts as any."""
        if version is None:
            return True
        return (self.since or 0) <= version <= (self.until or version)


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
        operation=where if isinstance(where, Operation) else None,
        evidence="rendered" if isinstance(where, Operation) and where.rendered else "static",
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


def listed_objects(objects: Iterable[LiveObject], most: int) -> str:
    """ "view ops.active, index ix_a and 2 more"."""
    return listed((object_name(item) for item in objects), most)


def object_name(item: LiveObject) -> str:
    """ "view ops.active", "trigger t of ops.agreement"."""
    if item.table:
        return f"{item.kind} {item.name} of {qualified(item.table, item.schema)}"
    return f"{item.kind} {qualified(item.name, item.schema)}"
