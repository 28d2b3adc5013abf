"""Rules about the way back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from opsmig_tui.review.inverse import unmatched
from opsmig_tui.review.model import Finding, Severity
from opsmig_tui.review.operations import EnumUse, Operation, Span, qualified
from opsmig_tui.review.order import misplaced
from opsmig_tui.review.rules.base import Example, Rule, flag, keyword
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.words import sentence

# What a downgrade() need not undo; enum values cannot even be removed.
NO_INVERSE = frozenset({"add_enum_value", "validate_constraint", "sql", "commit"})


def _empty(subject: Subject) -> Iterator[Finding]:
    migration = subject.migration
    if migration.revision.is_merge or not migration.upgrade:
        return
    raised = next((item for item in migration.downgrade if item.kind == "raise"), None)
    if raised is not None and len(migration.downgrade) == 1:
        yield _no_way_back("warning", raised, "downgrade() refuses to run.")
        return
    if migration.downgrade or not _does_nothing(subject):
        return
    where = migration.function_span("downgrade") or migration.function_span("upgrade") or Span(1)
    missing = "downgrade" not in migration.functions
    text = "There is no downgrade()." if missing else "downgrade() does nothing."
    severity: Severity = "error"
    lasting = [item for item in migration.upgrade if item.kind not in NO_INVERSE]
    if subject.on_postgresql:
        lasting = [item for item in lasting if item.context.dialect != "other"]
    if all(item.is_data or _may_be_data(item) for item in lasting):
        severity = "warning" if lasting else "note"
    yield _no_way_back(severity, where, text)


def _may_be_data(item: Operation) -> bool:
    """It does what its text does not tell, without being handed `op`: rows, as a rule."""
    return item.kind == "undecided" and re.search(r"\bop\b(?!\.get_bind)", item.text) is None


def _no_way_back(severity: Severity, where: Operation | Span, text: str) -> Finding:
    return flag(
        "downgrade-empty",
        severity,
        where,
        text,
        "There is no way back from this revision: what upgrade() did stays in the database."
        if severity != "note"
        else "What upgrade() does cannot be undone by PostgreSQL, or need not be.",
        "Write the inverse of upgrade() in reverse order."
        if severity == "error"
        else "Write the way back, or a comment on why there is none.",
    )


def _does_nothing(subject: Subject) -> bool:
    """Nothing in the body can have an effect: pass, a docstring, return, print."""
    node = subject.migration.functions.get("downgrade")
    return node is None or all(_is_idle(statement) for statement in node.body)


def _is_idle(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass | ast.Return | ast.Assign | ast.AnnAssign):
        return True
    if not isinstance(node, ast.Expr):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return isinstance(node.value, ast.Constant) or isinstance(called, ast.Name | ast.Attribute)


def _asymmetric(subject: Subject) -> Iterator[Finding]:
    migration = subject.migration
    down = migration.downgrade
    if not down or any(item.kind == "raise" for item in down):
        return
    for item in unmatched(migration):
        if subject.is_renamed(item):
            continue
        yield flag(
            "downgrade-asymmetric",
            "error",
            item,
            f"downgrade() does not undo this: upgrade() {sentence(item)}.",
            "After a downgrade the schema is not what it was, so the next upgrade fails or works "
            "on the wrong one.",
            "Add the inverse to downgrade(), in reverse order.",
        )
    if not subject.on_postgresql:
        return
    for problem in misplaced(migration):
        yield flag(
            "downgrade-asymmetric",
            "error",
            problem.operation,
            f"Wrong order: downgrade() {problem.problem}.",
            "PostgreSQL refuses it, so the downgrade fails.",
            problem.remedy,
        )


def _enum_leak(subject: Subject) -> Iterator[Finding]:
    migration = subject.migration
    down = migration.downgrade
    if not down or not subject.on_postgresql or migration.opaque_downgrade:
        return
    dropped = {item.name for item in down if item.kind == "drop_enum"}
    if None in dropped or any(item.kind == "raise" for item in down):
        return
    for name, (made, enum) in made_enums(subject).items():
        if name in dropped or in_use_elsewhere(subject, name):
            continue
        where = _removal(down, made)
        if where is None or where.cascade:
            continue
        yield flag(
            "downgrade-enum-leak",
            "warning",
            where,
            f"downgrade() leaves enum type {qualified(name, enum.schema)} behind.",
            "Dropping a table or column does not drop its enum type, so the next upgrade fails: "
            "the type already exists.",
            f'After it, add sa.Enum(name="{name}"{keyword("schema", enum.schema)})'
            ".drop(op.get_bind(), checkfirst=True).",
        )


def made_enums(subject: Subject) -> dict[str, tuple[Operation, EnumUse]]:
    """Enum types that upgrade() brings along with a table, or creates only if missing."""
    found: dict[str, tuple[Operation, EnumUse]] = {}
    made = {item.name: item for item in subject.migration.upgrade if item.kind == "create_enum"}
    for item in subject.migration.upgrade:
        if item.kind not in ("create_table", "add_column") or item.is_sql:
            continue
        if item.context.dialect == "other":
            continue
        for column in item.columns:
            enum = column.type.enum if column.type is not None else None
            if enum is None or enum.name is None:
                continue
            explicit = made.get(enum.name)
            if (explicit is not None and explicit.guard is not False) or (
                explicit is None and item.kind == "create_table" and enum.creates is True
            ):
                found.setdefault(enum.name, (item, enum))
    return found


def in_use_elsewhere(subject: Subject, name: str) -> bool:
    """The type was there before, or other tables have it: it has to stay."""
    facts = subject.facts
    if facts.known_enums is not None and name in facts.known_enums:
        return True
    own = subject.created("upgrade")
    for table in facts.database.tables if facts.database is not None else ():
        for column in table.columns:
            if column.enum == name and not own.made_column(table.name, column.name):
                return True
    return False


def _removal(down: tuple[Operation, ...], made: Operation) -> Operation | None:
    """The operation of downgrade() that drops what the type came with."""
    for item in down:
        if item.table != made.table:
            continue
        if item.kind == "drop_table" or (
            item.kind == "drop_column" and made.kind == "add_column" and item.column == made.column
        ):
            return item
    return None


_FILE = """
from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():
    op.execute("CREATE VIEW v AS SELECT 1")
def downgrade():{}
    {}
"""
_ENUM = 'op.create_table("t", sa.Column("k", sa.Enum("a", name="kind")))'

RULES = (
    Rule(
        "downgrade-empty",
        "error",
        "reversibility",
        "downgrade() is missing or does nothing (an error), or raises, or the migration only moves "
        "data (a warning). A merge revision, and one whose upgrade() is empty too, needs none.",
        _empty,
        fires=Example(whole=_FILE.format("  #!", "pass")),
        silent=Example(whole=_FILE.format("", "op.execute('DROP VIEW v')")),
        source="Alembic documentation: Tutorial (Downgrading)",
    ),
    Rule(
        "downgrade-asymmetric",
        "error",
        "reversibility",
        "An operation of upgrade() has no inverse in downgrade(), or downgrade() does things in an "
        "order that PostgreSQL refuses. Dropping a table undoes its indexes and constraints too.",
        _asymmetric,
        fires=Example(
            """
op.add_column("a", sa.Column("b", sa.Text()))
op.add_column("a", sa.Column("c", sa.Text()))  #!
""",
            """
op.drop_column("a", "b")
""",
        ),
        silent=Example(
            """
op.add_column("a", sa.Column("b", sa.Text()))
op.add_column("a", sa.Column("c", sa.Text()))
""",
            """
op.drop_column("a", "c")
op.drop_column("a", "b")
""",
        ),
        source="PostgreSQL documentation: Dependency Tracking; orders measured",
    ),
    Rule(
        "downgrade-enum-leak",
        "warning",
        "reversibility",
        "upgrade() brings an enum type along with a table or column, and downgrade() drops only "
        "that: the type stays, and the next upgrade fails with DuplicateObject.",
        _enum_leak,
        fires=Example(_ENUM, 'op.drop_table("t")  #!'),
        silent=Example(
            _ENUM,
            """
op.drop_table("t")
sa.Enum(name="kind").drop(op.get_bind())
""",
        ),
        source="SQLAlchemy documentation: PostgreSQL ENUM types; Alembic issue 886",
    ),
)
