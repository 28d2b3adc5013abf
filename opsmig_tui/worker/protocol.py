"""The worker's requests, answers and events: the one part of it that the tool imports.

One JSON object a line, both ways. A request is ``{"id": n, "op": name, "args": {...}}`` with the
fields of a request dataclass as args; everything the worker says is ``{"id": n | null,
"event": name, ...}`` with the fields of an event dataclass. Each request ends with exactly one
`done` (whose ``result`` is the request's own result dataclass) or one `failed`. `cancel` and
`shutdown` are read at any time. Runs under the project's Python: 3.9+, standard library only.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional, TypeVar, Union

PROTOCOL_VERSION = 1

T = TypeVar("T")


# ---------------------------------------------------------------- the database, and where it stands


@dataclass(frozen=True)
class Identity:
    """Which database a connection reached: compared with what was confirmed before a run.

    `host`, `port` are what the connection was asked for (a host starting with "/" is a Unix
    socket's directory); `server_address`, `server_port` what the server says it listens on (None
    over a socket). `system_identifier` is pg_control_system()'s, None where not readable.
    """

    dialect: str
    database: str
    user: str
    host: Optional[str] = None
    port: Optional[int] = None
    server_address: Optional[str] = None
    server_port: Optional[int] = None
    system_identifier: Optional[str] = None


@dataclass(frozen=True)
class DatabaseStatus:
    """One database (or tenant) that env.py configured a context for."""

    identity: Identity
    server_version: str
    current: tuple[str, ...]
    version_table: str = "alembic_version"
    driver: str = ""


@dataclass(frozen=True)
class StatusResult:
    """`heads` and `pending` are alembic's own answer; `pending` in the order they would be applied.

    `unknown` are ids in the version table that no file has.
    """

    databases: tuple[DatabaseStatus, ...]
    heads: tuple[str, ...]
    pending: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    elapsed_ms: float = 0.0


# ------------------------------------------------------------------------------------------- drift


@dataclass(frozen=True)
class DriftOperation:
    """One operation autogenerate would emit now.

    `sign` is "+", "-" or "~"; `table` the qualified table; `text` one line in words ("add column
    vendor_type ENUM vendor_kind"); `code` the rendered op call.
    """

    sign: str
    table: str
    text: str
    code: str
    kind: str


@dataclass(frozen=True)
class DriftResult:
    operations: tuple[DriftOperation, ...]
    elapsed_ms: float = 0.0


# ------------------------------------------------------------------------------------ review facts


@dataclass(frozen=True)
class ColumnFacts:
    """A column of the models or the database. `type` is its SQL on the database's dialect."""

    name: str
    type: str
    nullable: bool
    has_server_default: bool
    enum: Optional[str] = None


@dataclass(frozen=True)
class TableFacts:
    """A table of the models. `constraints` and `indexes`: name (None: unnamed) and columns.

    A constraint's `kind` is one of "unique", "foreign", "primary", "check", "index".
    """

    schema: Optional[str]
    name: str
    columns: tuple[ColumnFacts, ...]
    constraints: tuple[ConstraintFacts, ...] = ()


@dataclass(frozen=True)
class ConstraintFacts:
    kind: str
    name: Optional[str]
    columns: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True)
class EnumFacts:
    schema: Optional[str]
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ModelFacts:
    """What the project's metadata says.

    `type_imports` maps a custom type's class name to the module it is imported from, for
    missing-import; `companions` versioned table → companion table, both without schema, where the
    models hold both.
    """

    tables: tuple[TableFacts, ...]
    enums: tuple[EnumFacts, ...]
    companions: dict[str, str] = field(default_factory=dict)
    type_imports: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DatabaseFacts:
    """What the catalog says. `rows` is pg_class.reltuples-like: exact up to 10,000, else estimated.

    Keys of `rows` are "schema.table".
    """

    dialect: str
    server_version_num: int
    tables: tuple[TableFacts, ...]
    enums: tuple[EnumFacts, ...]
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FactsResult:
    """`database` is None when it could not be asked; `database_problem` says why."""

    models: Optional[ModelFacts]
    database: Optional[DatabaseFacts]
    models_problem: str = ""
    database_problem: str = ""


# -------------------------------------------------------------------------------- plan, create, run


@dataclass(frozen=True)
class Loss:
    """What a step would destroy: rows of a table or non-null values of a column; None: unknown.

    `what` is "table NAME", "column TABLE.NAME" or "rows of NAME".
    """

    what: str
    rows: Optional[int]


@dataclass(frozen=True)
class PlanStep:
    """One revision that would run. `commits` marks a step that commits for good while it runs."""

    revision: str
    down_revisions: tuple[str, ...]
    direction: str
    message: str
    path: str
    losses: tuple[Loss, ...] = ()
    commits: str = ""


@dataclass(frozen=True)
class PlanResult:
    """What a run would do, asked of alembic. `command` is the alembic command it stands for."""

    direction: str
    target: str
    steps: tuple[PlanStep, ...]
    databases: tuple[DatabaseStatus, ...]
    command: str
    transaction_per_migration: bool = False
    transactional_ddl: bool = True


@dataclass(frozen=True)
class CreatePlan:
    """What create would write, before it does. `file_name` is alembic's own answer."""

    file_name: str
    directory: str
    operations: tuple[DriftOperation, ...]
    command: str
    revision: str
    message: str = ""


@dataclass(frozen=True)
class CreateResult:
    """`path` is None when autogenerate found nothing: no file was left."""

    path: Optional[str]
    revision: str
    operations: int
    elapsed_ms: float = 0.0


@dataclass(frozen=True)
class RunResult:
    """The end of an upgrade or downgrade, read back from the database.

    `committed` are the revisions whose step is in the database for good.
    """

    direction: str
    applied: tuple[str, ...]
    committed: tuple[str, ...]
    current: tuple[str, ...]
    elapsed_ms: float


# ---------------------------------------------------------------------------------------- requests


@dataclass(frozen=True)
class Status:
    op = "status"


@dataclass(frozen=True)
class Drift:
    op = "drift"


@dataclass(frozen=True)
class GatherFacts:
    op = "facts"


@dataclass(frozen=True)
class Revisions:
    """alembic's own reading of the history, for files whose values are computed."""

    op = "revisions"


@dataclass(frozen=True)
class Plan:
    op = "plan"
    direction: str
    target: str


@dataclass(frozen=True)
class PlanCreate:
    op = "plan_create"
    message: str
    autogenerate: bool = True


@dataclass(frozen=True)
class Create:
    op = "create"
    message: str
    revision: Optional[str] = None
    autogenerate: bool = True


@dataclass(frozen=True)
class Run:
    """`expected` are the databases that were confirmed: any difference aborts before the first
    statement. `steps` are the revisions of the confirmed plan in order: likewise."""

    op = "run"
    direction: str
    target: str
    expected: tuple[DatabaseStatus, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Cancel:
    """Cancel the request `target`; `force` escalates (see WORKER: flag, server cancel, SIGINT)."""

    op = "cancel"
    target: int
    force: bool = False


@dataclass(frozen=True)
class Ping:
    op = "ping"


@dataclass(frozen=True)
class Shutdown:
    op = "shutdown"


@dataclass(frozen=True)
class RevisionFacts:
    revision: str
    down_revisions: tuple[str, ...]
    depends_on: tuple[str, ...]
    branch_labels: tuple[str, ...]
    path: str
    message: str


@dataclass(frozen=True)
class RevisionsResult:
    revisions: tuple[RevisionFacts, ...]


@dataclass(frozen=True)
class Pong:
    pass


Request = Union[
    Status, Drift, GatherFacts, Revisions, Plan, PlanCreate, Create, Run, Cancel, Ping, Shutdown
]
RESULTS: dict[str, Any] = {
    "status": StatusResult,
    "drift": DriftResult,
    "facts": FactsResult,
    "revisions": RevisionsResult,
    "plan": PlanResult,
    "plan_create": CreatePlan,
    "create": CreateResult,
    "run": RunResult,
    "ping": Pong,
    "cancel": Pong,
    "shutdown": Pong,
}


# ------------------------------------------------------------------------------------------ events


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
    missing), "crash" (the process died), "protocol".
    `committed` are revisions of the run that stay, `rolled_back` those undone, `current` the
    position read back, None when the database could not be asked.
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


Event = Union[
    Ready, Output, Log, StepStart, StepEnd, SqlStart, SqlEnd, Notice, Commit, Rollback, Done, Failed
]
EVENTS: dict[str, Any] = {cls.event: cls for cls in typing.get_args(Event)}
REQUESTS: dict[str, Any] = {cls.op: cls for cls in typing.get_args(Request)}


# ------------------------------------------------------------------------------------------ coding


def encode_request(number: int, request: Any) -> bytes:
    """One line for the worker's stdin."""
    return _line({"id": number, "op": request.op, "args": dataclasses.asdict(request)})


def encode_event(
    number: Optional[int], event: Any, clean: Optional[Callable[[Any], Any]] = None
) -> bytes:
    """One line for the tool. `clean` rewrites the event's dict before it is written (redaction)."""
    data = dataclasses.asdict(event)
    return _line({"id": number, "event": event.event, **(clean(data) if clean else data)})


def decode_request(line: Union[bytes, str]) -> tuple[int, Any]:
    """(request id, request). Raises ValueError for anything that is not a known request."""
    data = _object(line)
    cls = REQUESTS.get(data.get("op", ""))
    if cls is None or not isinstance(data.get("id"), int):
        raise ValueError(f"not a request: {line[:200]!r}")
    return data["id"], from_dict(cls, data.get("args") or {})


def decode_event(line: Union[bytes, str]) -> tuple[Optional[int], Any]:
    """(request id or None, event). `Done.result` stays a dict: the asker knows its class (RESULTS).

    Raises ValueError for anything that is not a known event.
    """
    data = _object(line)
    number = data.pop("id", None)
    cls = EVENTS.get(data.pop("event", ""))
    if cls is None:
        raise ValueError(f"not an event: {line[:200]!r}")
    return number, from_dict(cls, data)


def from_dict(cls: type[T], data: dict[str, Any]) -> T:
    """A dataclass from what `dataclasses.asdict` made of it; unknown keys are ignored."""
    hints = _hints(cls)
    known = {
        f.name: _value(hints[f.name], data[f.name])
        for f in dataclasses.fields(cls)  # type: ignore[arg-type]
        if f.name in data
    }
    try:
        return cls(**known)
    except TypeError as error:
        raise ValueError(f"{cls.__name__}: {error}") from error


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(cls: Any) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]))
    return _HINTS[cls]


def _value(hint: Any, value: Any) -> Any:
    if value is None or hint is Any:
        return value
    origin = typing.get_origin(hint)
    if origin is Union or origin is getattr(types, "UnionType", Union):
        inner = [item for item in typing.get_args(hint) if item is not type(None)]
        return _value(inner[0], value)
    if origin is tuple:
        return tuple(_value(typing.get_args(hint)[0], item) for item in value)
    if origin in (dict, list):
        return value
    if dataclasses.is_dataclass(hint):
        return from_dict(hint, value)  # type: ignore[arg-type]
    return value


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), default=str).encode() + b"\n"


def _object(line: Union[bytes, str]) -> dict[str, Any]:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise ValueError(f"not an object: {line[:200]!r}")
    return data
