"""Constraints and indexes that a migration does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.base import Example, Rule, flag, table_of
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ModelFacts

UNNAMED = "unnamed-constraint"
_KINDS = {
    **{"unique": "unique constraint", "foreign": "foreign key", "primary": "primary key"},
    "check": "CHECK constraint",
}
_TOKEN = re.compile(r"%\((\w+)\)")


def _unnamed(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        if not item.unnamed or not item.complete:
            continue
        what = _KINDS.get(item.object_type, "index" if "index" in item.kind else "constraint")
        if item.kind in ("drop_constraint", "drop_index"):
            # The name would be made of columns that are not there to be asked.
            tokens = _tokens(subject, item)
            if tokens is None or tokens - {"table_name"}:
                yield _dropped(item, what)
        elif item.kind == "create_constraint" and not item.is_sql:
            # An index without a name gets one from SQLAlchemy: ix_table_column.
            tokens = _tokens(subject, item)
            if tokens is None:
                yield _created(item, what)
            elif "constraint_name" in tokens:
                yield _refused(item, what)


def _tokens(subject: Subject, item: Operation) -> set[str] | None:
    """What the models' naming convention for this kind is made of; None: there is no convention,
    or the models are not known. Autogenerate would then have written a name."""
    models = subject.facts.models
    convention = models.conventions.get(item.object_type) if models is not None else None
    return set(_TOKEN.findall(convention)) if convention is not None else None


def _dropped(item: Operation, what: str) -> Finding:
    return flag(
        UNNAMED,
        "error",
        item,
        f"Drops a {what} of {table_of(item)} without saying which.",
        "Without its name the DROP cannot be rendered, or names what is not there: it fails when "
        "it runs.",
        "Look the name up in the database and write it here, and give the metadata a "
        "naming_convention.",
    )


def _created(item: Operation, what: str) -> Finding:
    return flag(
        UNNAMED,
        "note",
        item,
        f"Creates a {what} on {table_of(item)} without a name.",
        "The database chooses one, which a later drop then has to guess.",
        "Name it, or give the metadata a naming_convention.",
    )


def _refused(item: Operation, what: str) -> Finding:
    return flag(
        UNNAMED,
        "error",
        item,
        f"Creates a {what} on {table_of(item)} without the name that the naming convention needs.",
        "The convention holds %(constraint_name)s: SQLAlchemy raises InvalidRequestError.",
        "Give it the name that is to stand there.",
    )


_UNIQUE = 'op.create_unique_constraint(None, "a", ["b"])'
_CONVENTION = Facts(models=ModelFacts((), (), conventions={"unique": "uq_%(table_name)s"}))

RULES = (
    Rule(
        UNNAMED,
        "error",
        "correctness",
        "A constraint is dropped by the name None, which cannot be rendered (an error), or created "
        "without a name, so that the database chooses one (a note). Not said of a kind that the "
        "metadata's naming_convention names; an error where that convention asks for a name.",
        _unnamed,
        fires=Example(f"{_UNIQUE}  #!", 'op.drop_constraint(None, "a", type_="unique")  #!'),
        silent=Example(
            _UNIQUE, 'op.drop_constraint(op.f("uq_a"), "a", type_="unique")', facts=_CONVENTION
        ),
        source="Alembic documentation: The Importance of Naming Constraints; measured",
    ),
)
