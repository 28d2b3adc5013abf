"""The locks that each statement of a rendered migration takes on tables that others use."""

from __future__ import annotations

from opsmig_tui.review.locks import Lock, locks_of
from opsmig_tui.review.operations import Context, Span, qualified
from opsmig_tui.review.sql_reader import read_sql
from opsmig_tui.worker.protocol import RenderedDirection

Locks = tuple[Lock, ...]
_NOWHERE = Span(0, 0, 0, 0)


def statement_locks(direction: RenderedDirection, version: int | None = None) -> tuple[Locks, ...]:
    """For each statement its locks, the strongest of a table, as far as the SQL tells.

    Tables that an earlier statement of the same direction creates are left out: nobody else sees
    them yet. `version` is PostgreSQL's major version, None: any.
    """
    created: set[str] = set()
    found: list[Locks] = []
    for statement in direction.statements:
        locks: dict[str, Lock] = {}
        for item in read_sql(statement.sql, lambda start, end: _NOWHERE, Context()):
            for lock in locks_of(item, version):
                held = locks.get(lock.table)
                stronger = held is None or held.strength < lock.strength
                if lock.table not in created and stronger:
                    locks[lock.table] = lock
            if item.kind == "create_table" and item.table is not None:
                created.add(qualified(item.table, item.schema))
        found.append(tuple(locks.values()))
    return tuple(found)
