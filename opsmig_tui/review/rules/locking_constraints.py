"""Rules about constraints that scan or index a table under ACCESS EXCLUSIVE."""

from __future__ import annotations

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag, table_of
from opsmig_tui.review.rules.lock_words import each, in_use, waits
from opsmig_tui.review.subject import Subject

_SOURCE = "PostgreSQL documentation: ALTER TABLE, ADD table_constraint; measured on 15 and 18"


def _is(item: Operation, kind: str) -> bool:
    """Adds a constraint of this kind, and not by taking over an index."""
    made = item.constraint
    return (
        item.kind == "create_constraint"
        and made is not None
        and made.kind == kind
        and made.using_index is None
    )


def _check(subject: Subject, item: Operation) -> Finding | None:
    added = item.kind == "add_column" and item.columns[0].checked
    valid = item.constraint is not None and item.constraint.valid is True
    if not (added or (_is(item, "check") and valid)) or not in_use(subject, item):
        return None
    name = f" {item.name}" if item.name and not added else ""
    along = f" along with {column_of(item)}" if added else ""
    return flag(
        "check-validated",
        "warning",
        item,
        f"Adds check constraint{name} on {table_of(item)}{along} and checks all rows at once.",
        f"During the scan {waits(item, subject.version)}.",
        "Add it with postgresql_not_valid=True, and VALIDATE CONSTRAINT in another transaction: "
        "that scan lets reads and writes go on.",
    )


def _unique(subject: Subject, item: Operation) -> Finding | None:
    # With index=True the column brings a unique index, of which index-not-concurrent speaks.
    added = item.kind == "add_column" and item.columns[0].unique and not item.columns[0].index
    if not (added or _is(item, "unique")) or not in_use(subject, item):
        return None
    what = f"Adds {column_of(item)} as UNIQUE" if added else f"Makes {_columns(item)} unique"
    return flag(
        "unique-constraint",
        "warning",
        item,
        f"{what}, which builds an index under the table's strongest lock.",
        f"For as long as the build takes {waits(item, subject.version)}.",
        "Create a unique index with postgresql_concurrently=True in an autocommit_block, then "
        "ALTER TABLE … ADD CONSTRAINT … UNIQUE USING INDEX.",
    )


def _columns(item: Operation) -> str:
    names = ", ".join(item.column_names)
    return f"{table_of(item)} ({names})" if names else table_of(item)


def _primary(subject: Subject, item: Operation) -> Finding | None:
    # A serial or identity column rewrites the table: rewriting-column says so.
    added = (
        item.kind == "add_column"
        and item.is_sql
        and item.columns[0].primary_key
        and item.columns[0].fill not in ("serial", "identity", "volatile", "stored")
    )
    if not (added or _is(item, "primary")) or not in_use(subject, item):
        return None
    return flag(
        "add-primary-key",
        "warning",
        item,
        f"Adds a primary key to {table_of(item)}, which builds its index under the table's "
        "strongest lock and sets its columns NOT NULL.",
        f"For the build and the scan {waits(item, subject.version)}.",
        "Create a unique index concurrently in an autocommit_block, prove the columns NOT NULL by "
        "a validated CHECK, then ALTER TABLE … ADD PRIMARY KEY USING INDEX.",
    )


def _exclude(subject: Subject, item: Operation) -> Finding | None:
    if not _is(item, "exclude") or not in_use(subject, item):
        return None
    return flag(
        "exclude-constraint",
        "warning",
        item,
        f"Adds an exclusion constraint to {table_of(item)}, which builds its index under the "
        "table's strongest lock.",
        f"For as long as the build takes {waits(item, subject.version)}, and it can be neither "
        "NOT VALID nor built concurrently.",
        "Run it in a maintenance window, with a lock_timeout.",
    )


RULES = (
    Rule(
        "check-validated",
        "warning",
        "locking",
        "A CHECK constraint is added without NOT VALID: the whole table is read under ACCESS "
        "EXCLUSIVE. Added as NOT VALID it holds for new rows at once, and VALIDATE CONSTRAINT "
        "checks the old ones in another transaction while everybody works.",
        each(_check),
        fires=Example("""op.create_check_constraint("ck", "a", "b > 0")  #!"""),
        silent=Example(
            """op.create_check_constraint("ck", "a", "b > 0", postgresql_not_valid=True)"""
        ),
        source=_SOURCE,
    ),
    Rule(
        "unique-constraint",
        "warning",
        "locking",
        "A unique constraint builds its index under ACCESS EXCLUSIVE. A unique index built "
        "concurrently can be made into the constraint afterwards, in no time.",
        each(_unique),
        fires=Example("""op.create_unique_constraint("uq", "a", ["b"])  #!"""),
        silent=Example(
            """
            with op.get_context().autocommit_block():
                op.create_index("uq", "a", ["b"], unique=True, postgresql_concurrently=True)
            op.execute("ALTER TABLE a ADD CONSTRAINT uq UNIQUE USING INDEX uq")
            """
        ),
        source=_SOURCE,
    ),
    Rule(
        "add-primary-key",
        "warning",
        "locking",
        "A primary key on a table that exists builds its index under ACCESS EXCLUSIVE, and sets "
        "its columns NOT NULL, which reads the table once more.",
        each(_primary),
        fires=Example("""op.create_primary_key("pk", "a", ["b"])  #!"""),
        silent=Example('op.execute("ALTER TABLE a ADD CONSTRAINT pk PRIMARY KEY USING INDEX ux")'),
        source=_SOURCE,
    ),
    Rule(
        "exclude-constraint",
        "warning",
        "locking",
        "An exclusion constraint builds its index under ACCESS EXCLUSIVE; there is no way to add "
        "it NOT VALID or from an index that exists.",
        each(_exclude),
        fires=Example(
            """
            op.create_exclude_constraint("ex", "a", (sa.column("during"), "&&"), using="gist")  #!
            """
        ),
        silent=Example(
            """
            op.create_table("t", sa.Column("during", postgresql.TSRANGE()))
            op.create_exclude_constraint("ex", "t", (sa.column("during"), "&&"), using="gist")
            """
        ),
        source=_SOURCE,
    ),
)
