"""What each statement of a rehearsal locks, changes, reads and rewrites: asked of the server.

Right after a statement, in its transaction and past SQLAlchemy, one query over pg_locks and the
transaction's own statistics: a few tenths of a millisecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Optional

from .asking import raw_rows
from .protocol import TableWork, TakenLock

MODES = (
    *("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE"),
    *("SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"),
)
"""Weakest first (PostgreSQL's documentation, table 13.2)."""
BLOCKS_WRITES = MODES.index("SHARE")
"""From this one on an application's writes wait."""
FIRST_OWN_OID = 16384
"""Below are the server's own objects (FirstNormalObjectId)."""
_KINDS = {
    "r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table",
    "S": "sequence", "i": "index", "I": "index",
}  # fmt: skip
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_THERE = f"""
SELECT c.oid::bigint, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text,
  CASE WHEN c.reltuples >= 0 AND (c.reltuples > 0 OR c.relpages > 0) THEN c.reltuples::bigint END,
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) END,
  c.relfilenode::bigint,
  (SELECT x.indrelid::bigint FROM pg_catalog.pg_index x WHERE x.indexrelid = c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= {FIRST_OWN_OID} AND left(n.nspname, 3) <> 'pg_'
"""
_NOW = f"""
SELECT coalesce(l.relation, 0)::bigint, l.modes, coalesce(c.relfilenode, 0)::bigint,
  pg_stat_get_xact_numscans(l.relation), pg_stat_get_xact_tuples_returned(l.relation),
  pg_stat_get_xact_tuples_inserted(l.relation), pg_stat_get_xact_tuples_updated(l.relation),
  pg_stat_get_xact_tuples_deleted(l.relation), txid_current_if_assigned(),
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) END
FROM (SELECT) always LEFT JOIN (
  SELECT relation, string_agg(mode, ' ') AS modes FROM pg_catalog.pg_locks
  WHERE locktype = 'relation' AND pid = pg_backend_pid() AND granted
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND relation::bigint >= {FIRST_OWN_OID}
  GROUP BY relation
) l ON true LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
"""


@dataclass(frozen=True)
class Relation:
    """Something that was there when the rehearsal began."""

    name: str
    kind: str
    rows: Optional[int]
    bytes: Optional[int]
    table: Optional[int] = None
    """Of an index."""


@dataclass(frozen=True)
class _State:
    """`size` is in bytes, 0 for what holds no rows of its own."""

    strength: int
    file: int
    counts: tuple[int, ...]
    size: int


class LockTrace:
    """The locks and counters of one transaction, told as what is new since the last look."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._there: dict[int, Relation] = {}
        self._states: dict[int, _State] = {}
        for oid, name, kind, rows, size, file, table in raw_rows(connection, _THERE):
            if kind in _KINDS:
                self._there[oid] = Relation(name, _KINDS[kind], rows, size, table)
                self._states[oid] = _State(-1, file, (0,) * 5, size or 0)
        self.transaction = self._look()

    def restart(self) -> None:
        """A leg begins: what is held now was not taken by it."""
        for oid in self._states:
            old = self._states[oid]
            self._states[oid] = _State(-1, old.file, old.counts, old.size)
        self._look()

    def look(self) -> tuple[Optional[int], list[tuple[Relation, str]], list[TableWork]]:
        """(transaction id, locks taken, work done) since the last look."""
        before = dict(self._states)
        transaction = self._look()
        locks: list[tuple[Relation, str]] = []
        work: list[TableWork] = []
        for oid, now in self._states.items():
            old, relation = before[oid], self._there[oid]
            if now == old:
                continue
            if now.strength > old.strength and self._told(relation, now.strength):
                locks.append((relation, MODES[now.strength]))
            done = _work(relation, old, now)
            if done is not None:
                work.append(done)
        locks.sort(key=lambda one: (-MODES.index(one[1]), one[0].name))
        return transaction, locks, sorted(work, key=lambda one: one.relation)

    def _told(self, relation: Relation, strength: int) -> bool:
        """Of an index only what keeps readers of its table away, where the table's own lock does
        not do so anyway: the rest follows from the table."""
        if relation.kind != "index":
            return True
        table = self._states.get(relation.table or 0)
        return strength == len(MODES) - 1 and (table is None or table.strength < strength)

    def _look(self) -> Optional[int]:
        transaction = None
        for oid, modes, file, *counts, number, size in raw_rows(self._connection, _NOW):
            transaction = number
            old = self._states.get(oid)  # None, too, where nothing is locked
            if old is not None:
                strength = max(_strength(mode) for mode in modes.split())
                self._states[oid] = _State(
                    max(strength, old.strength), file or old.file, tuple(counts), size or 0
                )
        return transaction


def taken(relation: Relation, mode: str, held_ms: float) -> TakenLock:
    """A lock as it is reported."""
    return TakenLock(relation.name, relation.kind, mode, relation.rows, relation.bytes, held_ms)


def _strength(mode: str) -> int:
    """pg_locks says AccessExclusiveLock."""
    name = _WORD.sub(" ", mode[: -len("Lock")]).upper()
    return MODES.index(name) if name in MODES else -1


def _work(relation: Relation, old: _State, now: _State) -> Optional[TableWork]:
    if relation.kind not in ("table", "materialized view"):
        return None
    scans, read, inserted, updated, deleted = (b - a for a, b in zip(old.counts, now.counts))
    anew = now.file != old.file
    emptied = anew and old.size > 0 and now.size == 0
    found = TableWork(
        relation.name,
        rewritten=anew and not emptied,
        emptied=emptied,
        scanned=max(read, 0) if scans > 0 else 0,
        inserted=max(inserted, 0),
        updated=max(updated, 0),
        deleted=max(deleted, 0),
    )
    return None if found == TableWork(relation.name) else found
