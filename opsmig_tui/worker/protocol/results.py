"""What the worker answers: where a database stands, drift, plans, and how a run ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


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
class Loss:
    """What a step would destroy: rows of a table or non-null values of a column; None: unknown.

    `what` is "table NAME", "column TABLE.NAME", "rows of NAME" "values over 20 characters in
    TABLE.NAME" or "values that integer rounds or cannot hold in TABLE.NAME".
    """

    what: str
    rows: Optional[int]


@dataclass(frozen=True)
class PlanStep:
    """One revision that would run. `commits` marks a step that commits for good while it runs.

    `digest` is the SHA-256 of its file as it was read for the plan.
    """

    revision: str
    down_revisions: tuple[str, ...]
    direction: str
    message: str
    path: str
    losses: tuple[Loss, ...] = ()
    commits: str = ""
    digest: str = ""


@dataclass(frozen=True)
class PlanResult:
    """What a run would do, asked of alembic. `command` is the alembic command it stands for;
    `overlay` the folder of revision files that it was asked with."""

    direction: str
    target: str
    steps: tuple[PlanStep, ...]
    databases: tuple[DatabaseStatus, ...]
    command: str
    transaction_per_migration: bool = False
    transactional_ddl: bool = True
    overlay: str = ""


@dataclass(frozen=True)
class Placing:
    """Where a new revision goes, as the options of ``alembic revision`` say it.

    `version_path` is absolute. `splice`: `head` need not be one.
    """

    head: str = "head"
    splice: bool = False
    branch_label: Optional[str] = None
    version_path: Optional[str] = None
    depends_on: tuple[str, ...] = ()


AT_HEAD = Placing()


@dataclass(frozen=True)
class CreatePlan:
    """What create would write, before it does. `file_name` is alembic's own answer.

    `created` is the create date it goes by (ISO): given to `Create`, the file gets that very name,
    also when a minute has passed since.
    """

    file_name: str
    directory: str
    operations: tuple[DriftOperation, ...]
    command: str
    revision: str
    message: str = ""
    created: str = ""
    autogenerate: bool = True
    placing: Placing = AT_HEAD


@dataclass(frozen=True)
class CreateResult:
    """`path` is None when autogenerate found nothing: no file was left."""

    path: Optional[str]
    revision: str
    operations: int
    elapsed_ms: float = 0.0


@dataclass(frozen=True)
class ScriptResult:
    """`sql` as alembic writes it, save that passwords in it are masked. `command` stands for it."""

    sql: str
    command: str


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


@dataclass(frozen=True)
class StampPlan:
    """What a stamp would write: of each of the `databases` the rows `after` it.

    `skipped` would count as applied without having run, `dropped` as not applied although they
    were, both oldest first; `lost` are the rows that no file is known of, which go.
    """

    targets: tuple[str, ...]
    purge: bool
    databases: tuple[DatabaseStatus, ...]
    after: tuple[tuple[str, ...], ...]
    command: str
    skipped: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class StampResult:
    """The rows as they were read back."""

    current: tuple[str, ...]
    elapsed_ms: float


@dataclass(frozen=True)
class SessionGroup:
    """`count` sessions of one application (the name it gave itself), user and database."""

    application: str
    user: str
    database: str
    count: int


@dataclass(frozen=True)
class SessionsResult:
    """The sessions other than this tool's own, the largest group first."""

    groups: tuple[SessionGroup, ...]


@dataclass(frozen=True)
class Pong:
    pass
