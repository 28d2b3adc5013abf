"""Server defaults that the models have and the database has not."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.defaults import differ
from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import Operation, Span, qualified
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, listed
from opsmig_tui.review.rules.compared import COMMENT_ONLY, pairs, to_come
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ColumnFacts, DatabaseFacts, ModelFacts, TableFacts

DEFAULT = "server-default-missed"
_LONGEST = 40
_Found = tuple[TableFacts, ColumnFacts, ColumnFacts]


def _default_missed(subject: Subject) -> Iterator[Verdict]:
    facts = subject.facts
    if not facts.is_last_pending or not subject.on_postgresql:
        return
    if facts.models is None or facts.database is None:
        reason = facts.no_models_reason if facts.models is None else facts.no_database_reason
        yield NotChecked(DEFAULT, reason)
        return
    found = list(_differences(facts))
    pending = to_come(subject)
    if found and any(op.opaque for op in pending):
        yield NotChecked(DEFAULT, "what the pending revisions do is not all known")
        return
    found = [one for one in found if not any(_may_set(op, one) for op in pending)]
    if not found:
        return
    names = listed(f"{_name(one)} ({_words(one)})" for one in found)
    _, column, _ = first = found[0]
    yield flag(
        DEFAULT,
        "note",
        subject.migration.function_span("upgrade") or Span(1),
        f"The models give {'a server default' if len(found) == 1 else 'server defaults'} that the "
        f"database has not: {names}.",
        "Autogenerate compares them only where env.py sets compare_server_default=True, and a row "
        "written without the column gets another value.",
        f"Set it: ALTER TABLE {qualified(first[0].name, first[0].schema)} ALTER {column.name} "
        f"SET DEFAULT {_shown(column.default or '')}.",
    )


def _differences(facts: Facts) -> Iterator[_Found]:
    for table, there in pairs(facts):
        columns = {column.name: column for column in there.columns}
        for column in table.columns:
            own = columns.get(column.name)
            if own is None or column.default is None or own.default is None:
                continue
            if differ(column.default, own.default, own.type, enum=own.enum is not None):
                yield table, column, own


def _may_set(op: Operation, found: _Found) -> bool:
    """A pending operation may give the column another default, or make it another column."""
    table, column, _ = found
    if op.table is None:
        return op.kind in ("alter_column", "add_column", "rename_column", "create_table")
    if table.name not in (op.table, op.name):
        return False
    if op.kind in ("alter_column", "add_column", "drop_column", "rename_column"):
        return op.column is None or column.name in (op.column, op.name)
    return op.kind in ("create_table", "rename_table", "drop_table")


def _name(found: _Found) -> str:
    table, column, _ = found
    return f"{qualified(table.name, table.schema)}.{column.name}"


def _words(found: _Found) -> str:
    _, column, own = found
    wanted = _shown(column.default or "")
    return f"{wanted} instead of {_shown(own.default)}" if own.default else wanted


def _shown(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _facts(default: str) -> Facts:
    """The models' column a.b has the default 'new', the database's this one."""

    def table(schema: str | None, sql: str) -> TableFacts:
        return TableFacts(schema, "a", (ColumnFacts("b", "text", True, bool(sql), default=sql),))

    return Facts(
        models=ModelFacts((table(None, "'new'"),), ()),
        database=DatabaseFacts("postgresql", 160000, (table("public", default),), ()),
    )


RULES = (
    Rule(
        DEFAULT,
        "note",
        "correctness",
        "A column of the models has a server default that the database lacks, or has otherwise, "
        "and no pending revision sets it: autogenerate does not compare them unless env.py asks "
        "for it. Only constants of numbers, booleans, text and enums are compared; a default that "
        "the database alone has is left alone, since filling the rows of a new column leaves one.",
        _default_missed,
        fires=Example(whole=COMMENT_ONLY.format("  #!"), facts=_facts("")),
        silent=Example(whole=COMMENT_ONLY.format(""), facts=_facts("'new'::text")),
        source="Alembic documentation: What does Autogenerate Detect, compare_server_default",
    ),
)
