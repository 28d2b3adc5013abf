"""Rules about what runs in one transaction: locks are held to its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from opsmig_tui.review.companions import owner_table
from opsmig_tui.review.created import Created, created
from opsmig_tui.review.locks import exclusive
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, flag, listed, table_of
from opsmig_tui.review.rules.lock_words import in_use
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.transactions import Transaction, transactions

_LATER = "in an autocommit_block, or in another deployment"
_SOURCE = "PostgreSQL documentation: Explicit Locking"
Required = dict[tuple[str | None, str | None], int]


def _validate(subject: Subject) -> Iterator[Finding]:
    for part in transactions(subject, "upgrade"):
        added: set[tuple[str | None, str | None]] = set()
        for item in (*part.before, *part.own):
            made = item.constraint
            if item.kind == "create_constraint" and made is not None and made.valid is False:
                added.add((item.table, item.name))
        for item in part.own:
            if item.kind != "validate_constraint" or item.name is None:
                continue
            if (item.table, item.name) not in added or not in_use(subject, item):
                continue
            yield flag(
                "validate-same-transaction",
                "warning",
                item,
                f"Validates constraint {item.name or ''} of {table_of(item)} in the transaction "
                "that adds it.",
                "The lock of adding it is still held, so the scan keeps others waiting as if NOT "
                "VALID had not been said.",
                f"Validate it {_LATER}; a later revision alone is not enough, since alembic runs "
                "all pending ones in one transaction.",
            )


def _work_after(subject: Subject) -> Iterator[Finding]:
    required = _required(subject)
    for part in transactions(subject, "upgrade"):
        if part.alone:
            continue
        before = created(part.before)
        held: dict[str, None] = {}
        for item in part.before:
            held.update(dict.fromkeys(_taken(before, item, subject.version)))
        for item in part.own:
            if held and _slow(subject, item, required):
                yield _after(item, held)
            # A dropped table has no readers left to wait.
            new = [name for name in exclusive(item, subject.version) if name not in held]
            if new and item.kind != "drop_table" and in_use(subject, item):
                held.update(dict.fromkeys(new))


def _after(item: Operation, held: Iterable[str]) -> Finding:
    tables = listed(held)
    return flag(
        "work-after-ax",
        "warning",
        item,
        f"Changes rows of {table_of(item)} while the lock on {tables} is held.",
        f"ACCESS EXCLUSIVE is kept until the transaction ends: reads and writes of {tables} wait "
        "for this too.",
        f"Do it before the lock is taken, or {_LATER}.",
    )


_BY_KEY = re.compile(r"\bwhere\s+\(?\s*(?:\w+\.)?\"?id\"?\s*=", re.I)


def _slow(subject: Subject, item: Operation, required: Required) -> bool:
    """May touch many rows that were there before. Filling a column of the same revision cannot be
    done earlier, and is the ordinary way."""
    if not in_use(subject, item):
        return False
    if item.kind == "update":
        new = [subject.before(item).has_column(item, name) for name in item.column_names]
        filled = bool(new) and all(new)
        if filled or not item.complete or _BY_KEY.search(item.text):
            return False
        # Filling what is set NOT NULL afterwards is what the other rules ask for.
        return not any(
            required.get((item.table, name), -1) > item.order for name in item.column_names
        )
    if item.kind == "delete":
        return not _BY_KEY.search(item.text)
    if item.kind == "insert":
        source = item.old_name
        return source is not None and not subject.before(item).made_table(source)
    return False


def _required(subject: Subject) -> Required:
    """Columns that upgrade() sets NOT NULL, and where last."""
    return {
        (item.table, item.column): item.order
        for item in subject.migration.upgrade
        if item.change is not None and item.change.nullable is False
    }


def _taken(made: Created, item: Operation, version: int | None) -> tuple[str, ...]:
    if item.context.dialect == "other" or item.kind == "drop_table":
        return ()
    found = exclusive(item, version)
    return tuple(name for name in found if not made.made_table(name.rsplit(".", 1)[-1]))


def _several(subject: Subject) -> Iterator[Finding]:
    for part in transactions(subject, "upgrade"):
        if part.alone:
            continue
        before = created(part.before)
        held = [n for item in part.before for n in _taken(before, item, subject.version)]
        held = [owner_table(subject.facts, name) for name in held]
        for item in part.own:
            if item.kind == "drop_table" or not exclusive(item, subject.version):
                continue
            if not in_use(subject, item):
                continue
            own = subject.before(item)
            names = [
                owner_table(subject.facts, name)
                for name in exclusive(item, subject.version)
                if not own.made_table(name.rsplit(".", 1)[-1], None, item.order)
            ]
            more = [name for name in names if name not in held]
            held += more
            if more and len(set(held)) > 1:
                yield _many(item, held)
                break


def _many(item: Operation, held: list[str]) -> Finding:
    tables = listed(dict.fromkeys(held))
    return flag(
        "multi-table-ax",
        "note",
        item,
        f"Takes the strongest lock on several tables in one transaction: {tables}.",
        "The application takes them in an order of its own: each may wait for the other, and "
        "PostgreSQL then cancels one of the two.",
        f"Set a lock_timeout, or do one table {_LATER}.",
    )


def _data_and_ddl(subject: Subject) -> Iterator[Finding]:
    for part in transactions(subject, "upgrade"):
        if not part.alone:
            yield from _pending_events(subject, part)


def _pending_events(subject: Subject, part: Transaction) -> Iterator[Finding]:
    deferred: set[str] = set()  # tables with a deferred constraint
    changed: set[str] = set()
    for number, item in enumerate((*part.before, *part.own)):
        table = item.table
        if item.object_type == "set constraints" and item.values:
            text = item.values[0]
            if text.endswith("immediate"):
                changed.clear()
            continue
        if table is None:
            continue
        deferred |= {table} if any(c.deferred for c in item.constraints) else set()
        if item.is_data:
            changed |= {table} if table in deferred or _kept_deferred(subject, item) else set()
        elif table in changed and number >= len(part.before) and _alters(item):
            if subject.locks(item):
                yield flag(
                    "data-and-ddl",
                    "warning",
                    item,
                    f"Alters {table_of(item)} after its rows changed in the same transaction.",
                    "A deferred constraint still has to check those rows, and PostgreSQL refuses "
                    "to alter a table with pending trigger events.",
                    f"Before it, run SET CONSTRAINTS ALL IMMEDIATE, or alter the table {_LATER}.",
                )
            changed.discard(table)


def _kept_deferred(subject: Subject, item: Operation) -> bool:
    """The change leaves events pending of a deferred foreign key that the database has: an INSERT
    does, and an UPDATE of its columns."""
    table = table_facts(subject.facts, item.table, item.schema)
    if table is None or not subject.is_next(item):
        return False
    for kept in table.constraints:
        if kept.kind == "foreign" and "INITIALLY DEFERRED" in kept.definition:
            own = not set(item.column_names).isdisjoint(kept.columns)
            if item.kind == "insert" or (item.kind == "update" and own):
                return True
    return False


def _alters(item: Operation) -> bool:
    return item.kind == "create_index" or bool(exclusive(item))


def _no_timeout(subject: Subject) -> Iterator[Finding]:
    if subject.facts.bounds_waiting:
        return
    for item in subject.migration.upgrade:
        if item.opaque and item.context.dialect != "other":
            return  # it may set one
        if item.object_type == "set" and item.name in ("lock_timeout", "statement_timeout"):
            return
        # Of a dropped index index-drop-not-concurrent says it; a table is dropped when its readers
        # are gone.
        if item.kind in ("drop_index", "drop_table"):
            continue
        if in_use(subject, item) and exclusive(item, subject.version):
            tables = exclusive(item, subject.version)
            yield flag(
                "no-lock-timeout",
                "note",
                item,
                f"Waits for the strongest lock on {listed(tables)} without a lock_timeout.",
                "While it waits for a long query to end, every later query on the table waits "
                "behind it.",
                "Before it, run SET LOCAL lock_timeout = '5s', or set it in env.py, and try again "
                "when it gives up.",
            )
            return


RULES = (
    Rule(
        "validate-same-transaction",
        "warning",
        "locking",
        "A constraint is added NOT VALID and validated in the same transaction: the scan runs "
        "under the lock of the first, so nothing is won. A second revision does not help by "
        "itself, since alembic runs all pending revisions in one transaction.",
        _validate,
        fires=Example(
            """
            op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], postgresql_not_valid=True)
            op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")  #!
            """
        ),
        silent=Example(
            """
            op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], postgresql_not_valid=True)
            with op.get_context().autocommit_block():
                op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")
            """
        ),
        source=f"{_SOURCE}; ALTER TABLE, VALIDATE CONSTRAINT",
    ),
    Rule(
        "work-after-ax",
        "warning",
        "locking",
        "Rows of an existing table are changed after ACCESS EXCLUSIVE was taken in the same "
        "transaction: readers wait until the last row is written. Filling a column that the same "
        "revision adds is the ordinary way and not flagged.",
        _work_after,
        fires=Example(
            """
            op.drop_column("a", "old")
            op.execute("UPDATE b SET c = 0 WHERE c IS NULL")  #!
            """
        ),
        silent=Example(
            """
            op.add_column("a", sa.Column("b", sa.Integer()))
            op.execute("UPDATE a SET b = c * 2 WHERE b IS NULL")
            """
        ),
        source=f"{_SOURCE}: a lock is held until the end of the transaction",
    ),
    Rule(
        "multi-table-ax",
        "note",
        "locking",
        "ACCESS EXCLUSIVE on two or more existing tables in one transaction may deadlock with the "
        "application. A table and its companion count as one. Said once a transaction.",
        _several,
        fires=Example(
            """
            op.add_column("a", sa.Column("c", sa.Integer()))
            op.add_column("b", sa.Column("c", sa.Integer()))  #!
            """
        ),
        silent=Example(
            """
            op.add_column("a", sa.Column("c", sa.Integer()))
            op.add_column("a_history", sa.Column("c", sa.Integer()))
            """
        ),
        source=f"{_SOURCE}, Deadlocks",
    ),
    Rule(
        "data-and-ddl",
        "warning",
        "locking",
        "Rows of a table with a deferred constraint change and the table is altered in the same "
        "transaction: PostgreSQL refuses, because trigger events are pending. Said where the "
        "migration itself, one that runs with it, or the database shows the constraint.",
        _data_and_ddl,
        fires=Example(
            """
            op.create_foreign_key(
                "fk", "a", "b", ["b_id"], ["id"], initially="DEFERRED", postgresql_not_valid=True
            )
            op.execute("UPDATE a SET b_id = 1 WHERE b_id IS NULL")
            op.drop_column("a", "c")  #!
            """
        ),
        silent=Example(
            """
            op.create_foreign_key(
                "fk", "a", "b", ["b_id"], ["id"], initially="DEFERRED", postgresql_not_valid=True
            )
            op.execute("UPDATE a SET b_id = 1 WHERE b_id IS NULL")
            op.execute("SET CONSTRAINTS ALL IMMEDIATE")
            op.drop_column("a", "c")
            """
        ),
        source="PostgreSQL's error 55006, measured on 18; documentation: SET CONSTRAINTS",
    ),
    Rule(
        "no-lock-timeout",
        "note",
        "locking",
        "An ACCESS EXCLUSIVE lock is waited for without a lock_timeout: while it waits, every "
        "query on the table waits behind it. Said once a revision, and not where env.py sets one; "
        "a timeout in the connection's options or of the role is not seen.",
        _no_timeout,
        fires=Example("""op.add_column("a", sa.Column("b", sa.Integer()))  #!"""),
        silent=Example(
            """
            op.execute("SET LOCAL lock_timeout = '5s'")
            op.add_column("a", sa.Column("b", sa.Integer()))
            """
        ),
        source="PostgreSQL documentation: lock_timeout, Explicit Locking; the lock queue measured",
    ),
)
