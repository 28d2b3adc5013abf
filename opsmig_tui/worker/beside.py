"""What a run's second session reads before and after: where the database stands, what else moved.

It sees what is committed, needs no further run of env.py, and still holds the run's lock, which a
failed statement would let go: hence the savepoints. What it cannot tell is asked through env.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from .asking import LOCK_TIMEOUT_MS
from .position import position_query
from .side import PATIENCE, SideConnection

OLDEST = "txid_snapshot_xmin(txid_current_snapshot())"
"""The lowest number of a transaction that is not over yet: it may still commit."""
# Whatever writes takes a number, savepoints too; xmax is one past the highest that has ended. The
# first that did not abort ends the search: on a busy server there may be many.
_ALL_ABORTED = """
SELECT NOT EXISTS (
  SELECT FROM (
    SELECT generate_series({}::bigint, txid_snapshot_xmax(txid_current_snapshot()) - 1) AS number
  ) AS ended
  WHERE txid_status(number) IS DISTINCT FROM 'aborted'
)
"""
_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value
FROM pg_catalog.pg_sequences
"""
_Run = Callable[[str], list[Any]]
Sequences = dict[str, Optional[int]]


class Beside:
    """Reads the database of `context` in the session `side`, which is in a transaction, as `role`,
    an identifier of SQL."""

    def __init__(self, side: SideConnection, context: MigrationContext, role: str) -> None:
        self._side = side
        self._role = role
        self._position = position_query(context)

    def position(self) -> Optional[tuple[str, ...]]:
        """The current revisions, None where it cannot be told."""
        if not self._position:
            return None
        try:
            ((*_, current),) = self._within(self._position)
        except Exception:  # not allowed, or the connection is lost: env.py's own is asked
            return None
        return tuple(sorted(current))

    def sequences(self) -> Sequences:
        """Where they stand, {} where that cannot be told. At the very end: reading that locks each
        against ALTER for as long as the transaction lasts, savepoint or not."""
        try:
            return dict(self._within(_SEQUENCES))
        except Exception:  # one is locked, or the connection is lost
            return {}

    def nothing_committed(self, since: int) -> bool:
        """Whether no transaction has committed on this server of those with the number `since` and
        later, be it whose it will; False: not known."""
        try:
            ((found,),) = self._side.ask(_ALL_ABORTED.format(since))
        except Exception:  # txid_status came with PostgreSQL 10
            return False
        return bool(found)

    def _within(self, sql: str) -> list[Any]:
        name = "SAVEPOINT opsmig_beside"
        job = partial(_asked, role=self._role, sql=sql, begin=name, end=f"ROLLBACK TO {name}")
        return self._side.later(job).result(PATIENCE)


def sequences(run: _Run, role: str) -> Sequences:
    """Sequences and where they stand, {} where that cannot be told. In no transaction yet."""
    try:
        return dict(_asked(run, role, _SEQUENCES, "BEGIN", "ROLLBACK"))
    except Exception:  # one is locked
        return {}


def _asked(run: _Run, role: str, sql: str, begin: str, end: str) -> list[Any]:
    """The rows. env.py may have taken a role that can see more than its login."""
    run(begin)
    try:
        run(f"SET LOCAL ROLE {role}")
        run(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        return run(sql)
    finally:
        run(end)
