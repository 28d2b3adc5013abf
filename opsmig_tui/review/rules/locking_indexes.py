"""Rules about the locks of building and dropping indexes."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, table_of
from opsmig_tui.review.rules.lock_words import each, in_use
from opsmig_tui.review.subject import Subject


def _index_not_concurrent(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        if not subject.locks(item) or subject.before(item).has_table(item):
            continue
        if item.kind == "create_index":
            if item.concurrently is not False or item.only:
                continue
            what = f"Builds {_index(item)} on {table_of(item)}"
        elif item.kind == "add_column" and item.columns[0].index and not item.is_sql:
            what = f"Builds an index along with {column_of(item)}"
        else:
            continue
        yield flag(
            "index-not-concurrent",
            "warning",
            item,
            f"{what} while writes to the table wait.",
            "CREATE INDEX holds a SHARE lock on the table for the whole build: reads go on, every "
            "INSERT, UPDATE and DELETE waits.",
            "Create it with postgresql_concurrently=True inside "
            "op.get_context().autocommit_block().",
        )


def _index_drop(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "drop_index" or item.concurrently is not False or not in_use(subject, item):
        return None
    if _goes_anyway(subject, item):
        return None
    return flag(
        "index-drop-not-concurrent",
        "note",
        item,
        f"Drops {_index(item)} while its table may not be used.",
        "DROP INDEX takes ACCESS EXCLUSIVE on the table: it is brief, but every query waits while "
        "it waits for its turn.",
        "Drop it with postgresql_concurrently=True inside op.get_context().autocommit_block(), or "
        "set a lock_timeout.",
    )


def _goes_anyway(subject: Subject, item: Operation) -> bool:
    """Its table is dropped afterwards, or it was created here."""
    later = subject.on_table(item.context.direction, item.table)
    if item.table is not None and any(i.kind == "drop_table" for i in later):
        return True
    return any(other.name == item.name for other in subject.earlier(item, "create_index"))


def _index(item: Operation) -> str:
    if item.name is not None:
        return f"index {item.name}"
    return "an index without a name" if item.unnamed else "an index"


def _concurrent_in_transaction(subject: Subject) -> Iterator[Finding]:
    ended = {"upgrade": False, "downgrade": False}
    for item in subject.operations:
        if item.kind == "commit" and item.is_sql and not item.context.branch:
            # After a COMMIT of the file's own there is no transaction, after a BEGIN there is.
            ended[item.context.direction] = item.object_type in ("commit", "rollback", "end")
        if item.concurrently is not True or not subject.locks(item):
            continue
        if item.object_type == "refresh":  # the one that may
            continue
        if item.context.autocommit or ended[item.context.direction]:
            continue
        what = {"create_index": "Creates", "drop_index": "Drops"}.get(item.kind, "Runs")
        name = f"index {item.name or ''}".strip() if what != "Runs" else "a statement"
        yield flag(
            "concurrent-in-transaction",
            "error",
            item,
            f"{what} {name} CONCURRENTLY inside a transaction.",
            "PostgreSQL refuses CONCURRENTLY inside a transaction block, and alembic runs a "
            "migration in one.",
            "Put it inside `with op.get_context().autocommit_block():`.",
        )


RULES = (
    Rule(
        "index-drop-not-concurrent",
        "note",
        "locking",
        "DROP INDEX takes ACCESS EXCLUSIVE on the index's table. It is brief unless it has to wait "
        "for a long query, and then everybody waits behind it. ",
        each(_index_drop),
        fires=Example("""op.drop_index("ix_a_b", table_name="a")  #!"""),
        silent=Example(
            """
            op.drop_index("ix_a_b", table_name="a")
            op.drop_table("a")
            """
        ),
        source="PostgreSQL documentation: DROP INDEX; measured on 15 and 18",
    ),
    Rule(
        "index-not-concurrent",
        "warning",
        "locking",
        "An index is built on a table that exists, without CONCURRENTLY: SHARE lock for as long as "
        "the build takes, so writes wait. Not said of a table created in the same revision, nor of "
        "ON ONLY a partitioned table.",
        _index_not_concurrent,
        fires=Example("""op.create_index("ix_a_b", "a", ["b"])  #!"""),
        silent=Example(
            """
            with op.get_context().autocommit_block():
                op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=True)
            """
        ),
        source="PostgreSQL documentation: CREATE INDEX, Building Indexes Concurrently; measured on "
        "15 and 18",
    ),
    Rule(
        "concurrent-in-transaction",
        "error",
        "locking",
        "CONCURRENTLY outside an autocommit_block always fails: it cannot run in a transaction.",
        _concurrent_in_transaction,
        fires=Example(
            """op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=True)  #!"""
        ),
        silent=Example(
            """
            with op.get_context().autocommit_block():
                op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=True)
            """
        ),
        source="PostgreSQL documentation: CREATE INDEX, DROP INDEX (CONCURRENTLY); measured",
    ),
)
