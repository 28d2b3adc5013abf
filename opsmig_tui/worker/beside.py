"""What a run's second session reads before and after: where the database stands, what else moved.

It sees what is committed, needs no further run of env.py, and still holds the run's lock. What it
cannot tell (a role that may not read the version table) is asked through env.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from .position import position_query
from .side import PATIENCE, SideConnection

# Whatever writes takes a number, savepoints too. The function's name says next; it is one past the
# highest that has ended.
_ALL_ABORTED = """
SELECT coalesce(bool_and(txid_status(number) = 'aborted'), true)
FROM generate_series({}::bigint, txid_snapshot_xmax(txid_current_snapshot()) - 1) AS number
"""
_SEQUENCES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value
FROM pg_catalog.pg_sequences
"""
Sequences = dict[str, Optional[int]]


class Beside:
    """Reads the database of `context` in the session `side`, which is in a transaction."""

    def __init__(self, side: SideConnection, context: MigrationContext) -> None:
        self._side = side
        self._position = position_query(context)

    def position(self) -> Optional[tuple[str, ...]]:
        """The current revisions, None where it cannot be told."""
        if not self._position:
            return None
        try:
            ((*_, current),) = self._side.ask(self._position)
        except Exception:  # not allowed, or the connection is lost: env.py's own is asked
            return None
        return tuple(sorted(current))

    def sequences(self) -> Sequences:
        """Where they stand, at the very end: reading that locks each sequence against ALTER for as
        long as the transaction lasts."""
        try:
            return self._side.later(sequences).result(PATIENCE)
        except Exception:  # the connection is lost
            return {}

    def nothing_committed(self, since: int) -> bool:
        """Whether no transaction has committed on this server that began to write after `since` was
        the next number, be it whose it will; False: not known."""
        try:
            ((found,),) = self._side.ask(_ALL_ABORTED.format(since))
        except Exception:  # txid_status came with PostgreSQL 10
            return False
        return bool(found)


def sequences(run: Callable[[str], list[Any]]) -> Sequences:
    """Sequences and where they stand; none where that may not be asked."""
    try:
        return dict(run(_SEQUENCES))
    except Exception:
        return {}
