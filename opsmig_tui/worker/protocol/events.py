"""What the worker says while a request is under way, and how it ends."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Any, Optional, Union

from .watching import Progress, WaitEnd, Waiting

PROTOCOL_VERSION = 1


@dataclass(frozen=True)
class Ready:
    """The worker is up. It has not run any of the project's code yet."""

    event = "ready"
    protocol: int
    pid: int
    python: str
    alembic: str
    sqlalchemy: str


@dataclass(frozen=True)
class Output:
    """A line env.py, a model or a migration printed (`stream` is "stdout" or "stderr")."""

    event = "output"
    text: str
    stream: str = "stdout"


@dataclass(frozen=True)
class Log:
    event = "log"
    level: str
    logger: str
    text: str


@dataclass(frozen=True)
class StepStart:
    """`number` counts from 1 to `total`."""

    event = "step_start"
    number: int
    total: int
    revision: str
    down_revisions: tuple[str, ...]
    direction: str
    message: str


@dataclass(frozen=True)
class StepEnd:
    event = "step_end"
    number: int
    total: int
    revision: str
    elapsed_ms: float


@dataclass(frozen=True)
class SqlStart:
    """A statement begins. `file`, `line`: the migration file's line it came from, where known."""

    event = "sql_start"
    number: int
    sql: str
    file: Optional[str] = None
    line: Optional[int] = None


@dataclass(frozen=True)
class SqlEnd:
    event = "sql_end"
    number: int
    elapsed_ms: float
    rows: Optional[int] = None


@dataclass(frozen=True)
class Notice:
    """A message of the server itself (NOTICE, WARNING …)."""

    event = "notice"
    severity: str
    text: str


@dataclass(frozen=True)
class Commit:
    """Something became permanent; `revisions` are those of this run that now stand for good."""

    event = "commit"
    revisions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rollback:
    event = "rollback"


@dataclass(frozen=True)
class Done:
    event = "done"
    result: Any = None


@dataclass(frozen=True)
class Failed:
    """A request ended without its result. Everything that helps to understand it, redacted.

    `kind`: "database" (the server refused: sqlstate, detail, hint), "connection", "identity" (not
    the database that was confirmed), "locked" (another run holds the advisory lock), "cancelled",
    "project" (the project's own code raised: file and line of *their* frame), "alembic" (a
    CommandError: unknown revision, several heads …), "dependency" (alembic or a driver is
    missing), "refused" (what a rehearsal does not let a migration do), "crash" (the process died),
    "protocol".
    `committed` are revisions of the run that stay, `rolled_back` those undone, `current` the
    position read back, None when the database could not be asked. `kept` are statements that stay
    although their revision does not (an autocommit_block), `invalid` the indexes that CONCURRENTLY
    left invalid, each as (index, table). `host`, `port` are what a PostgreSQL connection that
    failed was asked for, None where that is not known.
    """

    event = "failed"
    kind: str
    message: str
    detail: str = ""
    hint: str = ""
    sqlstate: str = ""
    statement: str = ""
    file: Optional[str] = None
    line: Optional[int] = None
    traceback: str = ""
    committed: tuple[str, ...] = ()
    rolled_back: tuple[str, ...] = ()
    current: Optional[tuple[str, ...]] = None
    kept: tuple[str, ...] = ()
    invalid: tuple[tuple[str, ...], ...] = ()
    host: Optional[str] = None
    port: Optional[int] = None


Event = Union[
    Ready,
    Output,
    Log,
    StepStart,
    StepEnd,
    SqlStart,
    SqlEnd,
    Notice,
    Waiting,
    WaitEnd,
    Progress,
    Commit,
    Rollback,
    Done,
    Failed,
]
EXPENDABLE = (Output, Log, SqlStart, SqlEnd, Notice)
"""What nobody waits for: it may come a little late and, in a flood, some of it not at all."""
EVENTS: dict[str, Any] = {cls.event: cls for cls in typing.get_args(Event)}
