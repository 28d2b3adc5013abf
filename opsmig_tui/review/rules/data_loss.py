"""Rules about data that goes away."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, keyword, quoted, table_of
from opsmig_tui.review.subject import Subject


def _drop_table(subject: Subject) -> Iterator[Finding]:
    renamed = {id(pair.drop) for pair in subject.table_renames}
    for item in subject.operations:
        if item.kind != "drop_table" or id(item) in renamed:
            continue
        if subject.before(item).has_table(item) or _expected(subject, item):
            continue
        if _rebuilt(subject, item) or _is_scratch(subject, item):
            continue
        yield flag(
            "drop-table",
            "error",
            item,
            f"Drops table {table_of(item)} with every row in it.",
            "The data is gone for good, and the drop waits for and then blocks every query on the "
            "table and on those its foreign keys point to.",
            "Stop using it in one release, drop it in a later one, after a backup.",
        )


def _rebuilt(subject: Subject, drop: Operation) -> bool:
    """Its rows were copied into another table, which then takes its name."""
    copies = {i.table for i in subject.earlier(drop, "insert") if i.old_name == drop.table}
    if drop.table is None or not copies:
        return False
    return any(
        item.kind == "rename_table" and item.name == drop.table and item.table in copies
        for item in subject.migration.operations(drop.context.direction)[drop.order :]
    )


def _is_scratch(subject: Subject, drop: Operation) -> bool:
    """What batch mode left behind when it failed, or a table of this file's own: made right after
    the drop, and no earlier revision knows it."""
    if (drop.table or "").startswith("_alembic_tmp_"):
        return True
    known = subject.facts.known_tables
    return (
        drop.guard is True
        and known is not None
        and drop.table not in known
        and table_facts(subject.facts, drop.table, drop.schema) is None
        and subject.created("upgrade").made_table(drop.table, drop.schema)
    )


def _drop_column(subject: Subject) -> Iterator[Finding]:
    renamed = {id(pair.drop) for pair in subject.column_renames}
    added = [item for item in subject.operations if item.kind == "add_column"]
    computed = [i for i in added if i.columns[0].fill in ("stored", "virtual", "generated")]
    for item in subject.operations:
        if item.kind != "drop_column" or id(item) in renamed:
            continue
        if subject.before(item).has_column(item, item.column) or _expected(subject, item):
            continue
        if any(_comes_again(subject, item, other) for other in computed):
            continue
        yield flag(
            "drop-column",
            "error",
            item,
            f"Drops {column_of(item)} with every value in it.",
            "The values are gone for good, and code of the running release that still selects the "
            "column fails at once.",
            "Remove it from the models first and drop it one release later.",
        )


def _comes_again(subject: Subject, drop: Operation, computed: Operation) -> bool:
    """The generated column is the one that was dropped: its values come of the others again."""
    same = computed.context.direction == drop.context.direction
    return same and computed.order > drop.order and subject.same_column(computed, drop)


def _expected(subject: Subject, item: Operation) -> bool:
    """The inverse of what this revision adds, or the mirror of a rename flagged in upgrade()."""
    if item.context.direction == "upgrade":
        return False
    return subject.undoes_own(item) or subject.is_renamed(item)


def _renamed_column(subject: Subject) -> Iterator[Finding]:
    for pair in subject.column_renames:
        table = pair.drop.table or ""
        schema = keyword("schema", pair.drop.schema or pair.add.schema)
        owner = (
            "batch_op.alter_column(" if pair.drop.batch else f"op.alter_column({quoted(table)}, "
        )
        end = ")" if pair.drop.batch else f"{schema})"
        call = f"{owner}{quoted(pair.old)}, new_column_name={quoted(pair.new)}{end}"
        yield flag(
            "rename-as-drop-add-column",
            "error",
            pair.drop,
            f"Column {table_of(pair.drop)}.{pair.old} is dropped and {pair.new} added: this looks "
            f"like a rename: {pair.score}.",
            "Autogenerate writes a rename this way; the new column starts out empty and the old "
            "values are lost.",
            f"Put {call} in place of both, and the reverse in downgrade().",
        )


def _renamed_table(subject: Subject) -> Iterator[Finding]:
    for pair in subject.table_renames:
        schema = keyword("schema", pair.drop.schema)
        yield flag(
            "rename-as-drop-add-table",
            "error",
            pair.drop,
            f"Table {table_of(pair.drop)} is dropped and {table_of(pair.add)} created: this looks "
            f"like a rename: {pair.score}.",
            "Autogenerate writes a rename this way; the new table starts out empty and the old "
            "rows are lost.",
            f"Put op.rename_table({quoted(pair.old)}, {quoted(pair.new)}{schema}) in place of "
            "both, rename its indexes, constraints and sequence too, and reverse it in "
            "downgrade().",
        )


_TABLE = """
op.create_table(
    "{}", sa.Column("id", sa.Integer()), sa.Column("vat", sa.Text()), sa.Column("town", sa.Text())
)
"""

RULES = (
    Rule(
        "drop-table",
        "error",
        "data-loss",
        "A table is dropped: its rows are gone for good. DROP TABLE takes ACCESS EXCLUSIVE on the "
        "table and on every table its foreign keys reference. Not said of a table that the same "
        "revision creates, nor in downgrade() of one that upgrade() creates.",
        _drop_table,
        fires=Example(
            """
op.drop_table("a")  #!
""",
            """
op.create_table("a", sa.Column("id", sa.Integer()))
""",
        ),
        silent=Example(
            """
op.create_table("a", sa.Column("id", sa.Integer()))
""",
            """
op.drop_table("a")
""",
        ),
        source="PostgreSQL documentation: DROP TABLE; locks measured on 15 and 18",
    ),
    Rule(
        "drop-column",
        "error",
        "data-loss",
        "A column is dropped: its values are gone for good, and code of the running release that "
        "still names it fails. Not said in downgrade() of a column that upgrade() adds.",
        _drop_column,
        fires=Example(
            """
op.drop_column("a", "b")  #!
""",
            """
op.add_column("a", sa.Column("b", sa.Text()))
""",
        ),
        silent=Example(
            """
op.add_column("a", sa.Column("b", sa.Text()))
""",
            """
op.drop_column("a", "b")
""",
        ),
        source="PostgreSQL documentation: ALTER TABLE (DROP COLUMN)",
    ),
    Rule(
        "rename-as-drop-add-column",
        "error",
        "data-loss",
        "A column is dropped and a like one added to the same table. Autogenerate cannot tell a "
        "rename from that, so it writes both, and the data is lost. Judged by how alike the names "
        "are, then type, length, nullability, default, foreign key and index.",
        _renamed_column,
        fires=Example(
            """
op.add_column("a", sa.Column("nick_name", sa.Text()))
op.drop_column("a", "nickname")  #!
""",
            """
op.add_column("a", sa.Column("nickname", sa.Text()))
op.drop_column("a", "nick_name")
""",
        ),
        silent=Example(
            """
op.add_column("a", sa.Column("height", sa.Integer()))
op.drop_column("a", "nickname")
""",
            """
op.add_column("a", sa.Column("nickname", sa.Text()))
op.drop_column("a", "height")
""",
        ),
        source="Alembic documentation: What does Autogenerate Detect",
    ),
    Rule(
        "rename-as-drop-add-table",
        "error",
        "data-loss",
        "A table is dropped and one with at least 70 % of its columns created. Autogenerate cannot "
        "tell a rename from that, so it writes both, and the rows are lost.",
        _renamed_table,
        fires=Example(
            _TABLE.format("supplier") + "op.drop_table('vendor')  #!", _TABLE.format("vendor")
        ),
        silent=Example(
            _TABLE.format("supplier") + "op.drop_table('vendor')",
            'op.create_table("vendor", sa.Column("id", sa.Integer()))',
        ),
        source="Alembic documentation: What does Autogenerate Detect",
    ),
)
