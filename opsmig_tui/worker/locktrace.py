"""What each statement of a rehearsal locks, changes, reads and rewrites: asked of the server.

Right after a statement, in its transaction and past SQLAlchemy, one query over pg_locks and the
transaction's own statistics: a few tenths of a millisecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
_COUNTS = """pg_stat_get_xact_numscans({0}), pg_stat_get_xact_tuples_returned({0}),
  pg_stat_get_xact_tuples_inserted({0}), pg_stat_get_xact_tuples_updated({0}),
  pg_stat_get_xact_tuples_deleted({0})"""
# The transaction's own lock is always there, and with it a row. Its number is another one for each
# transaction, also for one that has written nothing (documentation, pg_locks).
_NOW = f"""
SELECT coalesce(l.relation, 0)::bigint, l.modes, coalesce(c.relfilenode, 0)::bigint,
  {_COUNTS.format("l.relation")}, l.transaction,
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) END
FROM (
  SELECT CASE WHEN locktype = 'relation' AND relation::bigint >= {FIRST_OWN_OID} AND database =
      (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    THEN relation END AS relation,
    string_agg(mode, ' ') AS modes, max(virtualtransaction) AS transaction
  FROM pg_catalog.pg_locks WHERE pid = pg_backend_pid() AND granted
  GROUP BY 1
) l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
"""
_COUNTED = f"""
SELECT one::bigint, {_COUNTS.format("one")} FROM unnest(ARRAY[{{}}]::oid[]) AS one
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
    """The locks and counters of a session, told as what is new since the last look.

    `transaction` is the one that the last look found. Its locks end with it; the counters go on,
    until the server takes them over at the end of some transaction and they begin anew.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._there: dict[int, Relation] = {}
        self._states: dict[int, _State] = {}
        for oid, name, kind, rows, size, file, table in raw_rows(connection, _THERE):
            if kind in _KINDS:
                self._there[oid] = Relation(name, _KINDS[kind], rows, size, table)
                self._states[oid] = _State(-1, file, (0,) * 5, size or 0)
        self.transaction = ""
        self.restart()

    def restart(self) -> None:
        """What is held and counted by now is nobody's: a leg begins, or a transaction."""
        rows, another = self._ask()
        self._let_go()
        self._take(rows)
        if another:
            self._recount()

    def look(self) -> tuple[str, list[tuple[Relation, str]], list[TableWork]]:
        """(transaction, locks taken, work done) since the last look."""
        rows, another = self._ask()
        if another:
            self._let_go()
        before = dict(self._states)
        self._take(rows)
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
        if another:
            self._recount()
        locks.sort(key=lambda one: (-MODES.index(one[1]), one[0].name))
        return self.transaction, locks, sorted(work, key=lambda one: one.relation)

    def _told(self, relation: Relation, strength: int) -> bool:
        """Of an index only what keeps readers of its table away, where the table's own lock does
        not do so anyway: the rest follows from the table."""
        if relation.kind != "index":
            return True
        table = self._states.get(relation.table or 0)
        return strength == len(MODES) - 1 and (table is None or table.strength < strength)

    def _ask(self) -> tuple[list[Any], bool]:
        """Rows of what is held, and whether by another transaction than at the last look."""
        rows = raw_rows(self._connection, _NOW)
        before, self.transaction = self.transaction, rows[0][-2]
        return rows, before != self.transaction

    def _take(self, rows: list[Any]) -> None:
        for oid, modes, file, *counts, _, size in rows:
            old = self._states.get(oid)  # None for the locks that are on no relation, too
            if old is not None:
                strength = max(_strength(mode) for mode in modes.split())
                self._states[oid] = _State(
                    max(strength, old.strength), file or old.file, tuple(counts), size or 0
                )

    def _let_go(self) -> None:
        for oid, old in self._states.items():
            self._states[oid] = replace(old, strength=-1)

    def _recount(self) -> None:
        """The counters of what this transaction has not come to yet, where they were not at 0."""
        counted = [str(oid) for oid, one in self._states.items() if any(one.counts)]
        if counted:
            for oid, *counts in raw_rows(self._connection, _COUNTED.format(", ".join(counted))):
                self._states[oid] = replace(self._states[oid], counts=tuple(counts))


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
