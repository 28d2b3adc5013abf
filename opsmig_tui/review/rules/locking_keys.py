"""Rules about the locks of foreign keys."""

from __future__ import annotations

from opsmig_tui.review.locks import locks_of
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, qualified
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, listed, table_of
from opsmig_tui.review.rules.lock_words import each, in_use, waits
from opsmig_tui.review.subject import Subject

_SOURCE = "PostgreSQL documentation: ALTER TABLE, ADD table_constraint and VALIDATE CONSTRAINT; "
_MEASURED = "locks and notices measured on 15 and 18"
_SPLIT = (
    "Add it with postgresql_not_valid=True, and VALIDATE CONSTRAINT in another transaction: that "
    "scan lets reads and writes go on."
)


def _fk_validated(subject: Subject, item: Operation) -> Finding | None:
    made = item.constraint
    if item.kind != "create_constraint" or made is None or made.kind != "foreign":
        return None
    if made.valid is not True or not in_use(subject, item):
        return None
    to = f" to {qualified(made.referent, made.referent_schema)}" if made.referent else ""
    return flag(
        "fk-validated",
        "warning",
        item,
        f"Adds a foreign key from {table_of(item)}{to} and checks all rows at once.",
        f"During the scan {waits(item, subject.version)}.",
        _SPLIT,
    )


def _fk_inline(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "add_column" or not item.columns[0].foreign_key:
        return None
    column = item.columns[0]
    if column.foreign_valid is not True or not in_use(subject, item):
        return None
    # REFERENCES in the column's own definition needs no check where all rows are NULL.
    if (item.is_sql or "inline_references" in item.options) and column.default is False:
        return None
    return flag(
        "fk-inline-column",
        "warning",
        item,
        f"Adds {column_of(item)} together with its foreign key, which is checked at once.",
        "Alembic adds the key by a statement of its own, which scans the table while the column's "
        f"lock is still held: {waits(item, subject.version)}.",
        "Add the column alone, then create_foreign_key with postgresql_not_valid=True, and "
        "VALIDATE CONSTRAINT in another transaction.",
    )


def _fk_new_table(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "create_table" or not subject.locks(item) or item.object_type == "temporary":
        return None
    own = subject.before(item)
    parents = [
        lock.table
        for lock in locks_of(item, subject.version)
        if not own.made_table(lock.table.rsplit(".", 1)[-1], None, item.order)
        and lock.mode == "SHARE ROW EXCLUSIVE"
    ]
    if not parents:
        return None
    return flag(
        "fk-new-table",
        "note",
        item,
        f"Creates {table_of(item)} with a foreign key to {listed(parents)}.",
        f"That takes SHARE ROW EXCLUSIVE on {listed(parents)} until the transaction ends: writes "
        "there wait.",
        "Set a lock_timeout, and keep slow work out of this transaction.",
    )


RULES = (
    Rule(
        "fk-validated",
        "warning",
        "locking",
        "A foreign key is added to a table that exists and checked at once: SHARE ROW EXCLUSIVE on "
        "both tables for as long as the scan takes, so writes to both wait. Added as NOT VALID it "
        "holds for new rows; VALIDATE CONSTRAINT checks the old ones under a lock that lets "
        "everybody work, but in another transaction.",
        each(_fk_validated),
        fires=Example("""op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"])  #!"""),
        silent=Example(
            """
            op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], postgresql_not_valid=True)
            with op.get_context().autocommit_block():
                op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")
            """
        ),
        source=_SOURCE + _MEASURED,
    ),
    Rule(
        "fk-inline-column",
        "warning",
        "locking",
        "add_column with a ForeignKey: alembic emits ADD COLUMN and a separate ADD FOREIGN KEY, "
        "which scans the table under the ACCESS EXCLUSIVE lock of the first and locks the parent "
        "against writes. REFERENCES inside ADD COLUMN (raw SQL, or inline_references=True) scans "
        "nothing as long as the column has no default.",
        each(_fk_inline),
        fires=Example(
            """op.add_column("a", sa.Column("b_id", sa.Integer(), sa.ForeignKey("b.id")))  #!"""
        ),
        silent=Example('op.execute("ALTER TABLE a ADD COLUMN b_id int REFERENCES b (id)")'),
        source=f"alembic's add_column as it runs (1.8 to 1.20); {_SOURCE}{_MEASURED}",
    ),
    Rule(
        "fk-new-table",
        "note",
        "locking",
        "CREATE TABLE with a foreign key to a table that exists locks that table against writes "
        "until the transaction ends. It is brief unless it has to wait or slow work follows.",
        each(_fk_new_table),
        fires=Example(
            """
            op.create_table("t", sa.Column("a_id", sa.Integer(), sa.ForeignKey("a.id")))  #!
            """
        ),
        silent=Example(
            """
            op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))
            op.create_table("t", sa.Column("a_id", sa.Integer(), sa.ForeignKey("a.id")))
            """
        ),
        source=f"PostgreSQL documentation: CREATE TABLE, REFERENCES; {_MEASURED}",
    ),
)
