"""What a second connection sees of a run: a lock that is waited for, and how far a command is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Holder:
    """A session that the run waits for. `pid` 0: no session, but a prepared transaction, `gid`.

    `modes` are the locks it holds on what is waited for, as PostgreSQL names them; () for one that
    only stands before us in the queue. `waits_for` are the sessions it waits for itself. `state` is
    "" where this role may not see what the session does. `kind` is PostgreSQL's backend_type,
    `began` its backend_start: with the pid that tells one session from a later one.
    """

    pid: int
    application: str = ""
    user: str = ""
    database: str = ""
    address: str = ""
    kind: str = ""
    state: str = ""
    transaction_ms: Optional[float] = None
    state_ms: Optional[float] = None
    query: str = ""
    modes: tuple[str, ...] = ()
    waits_for: tuple[int, ...] = ()
    began: str = ""
    gid: str = ""


@dataclass(frozen=True)
class Waiting:
    """The run's session waits for a lock; told again while it lasts.

    `lock` is the wanted mode as PostgreSQL names it ("AccessExclusiveLock"), `target` its locktype
    ("relation", "transactionid", "advisory" …), `relation` the table or index, where there is one.
    `queue` is how many sessions wait for this one, `elapsed_ms` for how long it has waited itself.
    """

    event = "waiting"
    target: str
    lock: str
    relation: str
    elapsed_ms: float
    holders: tuple[Holder, ...] = ()
    queue: int = 0


@dataclass(frozen=True)
class WaitEnd:
    """The lock is there, or nobody waits for it any more."""

    event = "wait_end"
    elapsed_ms: float


@dataclass(frozen=True)
class Progress:
    """A statement that takes longer than a second, told about once a second.

    `elapsed_ms` is its time so far. Where the server tells how far it is: `command` (CREATE INDEX,
    CLUSTER, COPY …), `phase` in the server's words, `done` of `total` in `unit` (blocks, bytes,
    rows); `total` is 0 where that is not known. `queue` is how many sessions wait for the run.
    """

    event = "progress"
    elapsed_ms: float
    command: str = ""
    phase: str = ""
    relation: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    queue: int = 0


@dataclass(frozen=True)
class StopResult:
    """What became of an attempt to end another session's hold on the run.

    `outcome`: "released" (it no longer stands in the way), "still" (asked for, and it does), "gone"
    (it had let go before: nothing was done), "refused" (`problem` has the server's words).
    """

    outcome: str
    problem: str = ""
