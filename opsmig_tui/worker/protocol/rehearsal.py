"""A rehearsal: both directions of some revisions inside one transaction that is rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .events import Failed
from .results import DatabaseStatus, DriftOperation, Loss
from .schema import SchemaDelta

NO_CHANGE = SchemaDelta()


@dataclass(frozen=True)
class Rehearse:
    """Try the planned steps, and back, and again; nothing stays.

    `direction` is that of the first leg ("downgrade" for revisions that are applied), `target`,
    `steps`, `digests` and `expected` are those of its plan: any difference aborts before the first
    statement. `seconds` bounds the whole of it, `lock_timeout_ms` each wait for a lock, `most_rows`
    the size of a table that it may keep others from, and how many rows it may change.

    In a worker that was redirected to a scratch database each leg runs for good there, as a run
    would, and none of these limits holds: nobody waits for it.
    """

    op = "rehearse"
    direction: str
    target: str
    expected: tuple[DatabaseStatus, ...]
    steps: tuple[str, ...]
    digests: tuple[str, ...]
    seconds: float = 5.0
    lock_timeout_ms: int = 1_000
    most_rows: int = 1_000_000


@dataclass(frozen=True)
class TakenLock:
    """A lock that a statement took, on something that was there before the rehearsal.

    `relation` is quoted and qualified ("ops.vendor"), `kind` a word ("table", "index", "view",
    "sequence"), `mode` as PostgreSQL's documents write it ("ACCESS EXCLUSIVE"). `rows` is the
    planner's estimate and `bytes` the size before, None where not known. It is held until the
    transaction ends: `held_ms` from the statement's begin to the end of its leg. What the
    transaction held before, as strong or stronger, is not told again.
    """

    relation: str
    kind: str
    mode: str
    rows: Optional[int]
    bytes: Optional[int]
    held_ms: float


@dataclass(frozen=True)
class TableWork:
    """What a statement did to a table that was there before: counted by the server.

    `rewritten`: its files were written anew; `emptied`: TRUNCATE threw them away; `scanned`: rows
    read by scans of the whole table.
    """

    relation: str
    rewritten: bool = False
    emptied: bool = False
    scanned: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class Retyped:
    """A column whose type a statement changed, over rows.

    `values` that were not NULL before were compared with what is there now, `changed` of them no
    longer tell what they told; both None where that could not be done, and `problem` says why.
    `sampled`: every n-th row of a large table only. `relation` and `column` are quoted.
    """

    relation: str
    column: str
    before: str
    after: str
    values: Optional[int] = None
    changed: Optional[int] = None
    sampled: bool = False
    problem: str = ""


@dataclass(frozen=True)
class RehearsedStatement:
    """A statement with the migration file's line it came from, where known.

    `rows` is what the driver counted. `told` are the server's own debug notices of rewriting,
    verifying and building.
    """

    sql: str
    file: Optional[str]
    line: Optional[int]
    elapsed_ms: float
    rows: Optional[int] = None
    locks: tuple[TakenLock, ...] = ()
    work: tuple[TableWork, ...] = ()
    told: tuple[str, ...] = ()
    retyped: tuple[Retyped, ...] = ()


@dataclass(frozen=True)
class RehearsedLeg:
    """One direction of one revision.

    `outcome`: "ok"; "failed" (the migration or the server refused: `failed` says where and why);
    "refused" (it tried to commit or to connect anew, which a rehearsal in a transaction must not
    let happen); "stopped" (time limit, row threshold, a lock that did not come, or cancelled).
    `changes` is the schema before against after, `losses` what the leg destroys, counted before it.
    """

    revision: str
    direction: str
    path: str
    outcome: str
    elapsed_ms: float
    statements: tuple[RehearsedStatement, ...] = ()
    losses: tuple[Loss, ...] = ()
    changes: SchemaDelta = NO_CHANGE
    failed: Optional[Failed] = None


@dataclass(frozen=True)
class RoundTrip:
    """The schema before against after upgrade() and downgrade() of one revision: what is left.

    Where the downgrade came first, `residue` compares the schema after it with the schema after
    the second one, and `restored` the database as it was found with it after the upgrade: what
    upgrade() does not bring back.
    """

    revision: str
    path: str
    residue: SchemaDelta
    restored: SchemaDelta = NO_CHANGE


@dataclass(frozen=True)
class MovedSequence:
    """A sequence whose value went on, which no rollback takes back. None: never called."""

    sequence: str
    before: Optional[int]
    after: Optional[int]


@dataclass(frozen=True)
class RehearseResult:
    """What was tried and seen. The legs end early where one makes the next impossible.

    `refused` is why nothing was tried, one sentence with what to do, "" where it was tried.
    `current` is the position read back afterwards, None where it could not be read; `unchanged`
    whether schema and position were then as before. `sequences` moved all the same. `drift` is what
    autogenerate would still emit at the heads, None where the last leg did not lead there or there
    are no models. `on`: "here", or "scratch" with `copy` telling what is in it; `current` and
    `unchanged` then speak of the project's own database.
    """

    legs: tuple[RehearsedLeg, ...] = ()
    round_trips: tuple[RoundTrip, ...] = ()
    sequences: tuple[MovedSequence, ...] = ()
    refused: str = ""
    current: Optional[tuple[str, ...]] = None
    unchanged: bool = False
    drift: Optional[tuple[DriftOperation, ...]] = None
    elapsed_ms: float = 0.0
    database: Optional[DatabaseStatus] = None
    on: str = "here"
    copy: str = ""
