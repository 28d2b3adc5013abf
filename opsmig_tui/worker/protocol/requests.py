"""What the worker can be asked, and which dataclass answers it."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Any, Optional, Union

from .facts import FactsResult
from .migration import LiveResult, PeekResult, Probe, RenderResult
from .rehearsal import Rehearse, RehearseResult
from .results import (
    AT_HEAD,
    CreatePlan,
    CreateResult,
    DatabaseStatus,
    DriftResult,
    Placing,
    PlanResult,
    Pong,
    RevisionsResult,
    RunResult,
    ScriptResult,
    SessionsResult,
    StampPlan,
    StampResult,
    StatusResult,
)
from .scratch import (
    DropScratch,
    DropScratchResult,
    ListScratch,
    ListScratchResult,
    MakeScratch,
    MakeScratchResult,
)
from .watching import StopResult


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
class Render:
    """Run upgrade() and downgrade() of these files offline: no connection can be made.

    Absolute paths, in the version locations; the answers have their order. `seconds` for one
    direction of one file: the first one may import the application's code.
    """

    op = "render"
    files: tuple[str, ...]
    seconds: float = 5.0


@dataclass(frozen=True)
class AskLive:
    """Count in the database, read-only: each probe within `timeout_ms` and all of them within
    `total_ms`, a table of more than `sample_above` rows by a sample or an estimate."""

    op = "live"
    probes: tuple[Probe, ...]
    timeout_ms: int = 1_000
    total_ms: int = 3_000
    sample_above: int = 1_000_000


@dataclass(frozen=True)
class Peek:
    """At most `limit` of the rows behind a probe, read-only."""

    op = "peek"
    probe: Probe
    limit: int = 50
    timeout_ms: int = 2_000


@dataclass(frozen=True)
class Revisions:
    """alembic's own reading of the history, for files whose values are computed."""

    op = "revisions"


@dataclass(frozen=True)
class Plan:
    """`overlay` is a folder with further revision files, "" for none. `rehearsing`: it is not going
    to be run, so what it would destroy or commit is not wanted."""

    op = "plan"
    direction: str
    target: str
    overlay: str = ""
    rehearsing: bool = False


@dataclass(frozen=True)
class PlanCreate:
    op = "plan_create"
    message: str
    autogenerate: bool = True
    revision: Optional[str] = None
    placing: Placing = AT_HEAD


@dataclass(frozen=True)
class Create:
    """`revision` and `created` (ISO) are those of the plan; without them new ones are made."""

    op = "create"
    message: str
    revision: Optional[str] = None
    autogenerate: bool = True
    created: Optional[str] = None
    placing: Placing = AT_HEAD


@dataclass(frozen=True)
class PlanMerge:
    """`revisions` are the heads to merge, as alembic takes them; an empty message is none."""

    op = "plan_merge"
    revisions: tuple[str, ...]
    message: str = ""
    revision: Optional[str] = None
    branch_label: Optional[str] = None


@dataclass(frozen=True)
class Merge:
    """`revision` and `created` (ISO) are those of the plan."""

    op = "merge"
    revisions: tuple[str, ...]
    message: str
    revision: str
    created: str
    branch_label: Optional[str] = None


@dataclass(frozen=True)
class Script:
    """An upgrade or downgrade as SQL, which nobody runs. `start` None: from the base."""

    op = "sql_script"
    direction: str
    target: str
    start: Optional[str] = None
    tag: Optional[str] = None


@dataclass(frozen=True)
class Run:
    """`expected` are the databases that were confirmed: any difference aborts before the first
    statement. `steps` are the revisions of the confirmed plan in order, `digests` those of their
    files: likewise."""

    op = "run"
    direction: str
    target: str
    expected: tuple[DatabaseStatus, ...]
    steps: tuple[str, ...]
    digests: tuple[str, ...]
    overlay: str = ""


@dataclass(frozen=True)
class PlanStamp:
    """Where the version table would stand. `targets` as alembic takes them; with `purge` every
    other row goes. Rows that no file is known of go in any case."""

    op = "plan_stamp"
    targets: tuple[str, ...]
    purge: bool = False


@dataclass(frozen=True)
class Stamp:
    """`expected` and `after` are what was confirmed, by database: any difference aborts before the
    first statement."""

    op = "stamp"
    targets: tuple[str, ...]
    purge: bool
    expected: tuple[DatabaseStatus, ...]
    after: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sessions:
    """Who else is connected to the server."""

    op = "sessions"


@dataclass(frozen=True)
class StopSession:
    """Cancel what the session `pid` does, or terminate it, while the run under way waits for it.

    `began` is its Holder's: another session of the same number is left alone.
    """

    op = "stop_session"
    pid: int
    began: str
    terminate: bool = False


@dataclass(frozen=True)
class Cancel:
    """Cancel the request `target`: at its next statement, on the server, and after a second with
    SIGINT; `force` sends that at once."""

    op = "cancel"
    target: int
    force: bool = False


@dataclass(frozen=True)
class Ping:
    op = "ping"


@dataclass(frozen=True)
class Shutdown:
    op = "shutdown"


Request = Union[
    Status,
    Drift,
    GatherFacts,
    Render,
    AskLive,
    Peek,
    Revisions,
    Plan,
    PlanCreate,
    Create,
    PlanMerge,
    Merge,
    Script,
    Run,
    PlanStamp,
    Stamp,
    Rehearse,
    ListScratch,
    MakeScratch,
    DropScratch,
    Sessions,
    StopSession,
    Cancel,
    Ping,
    Shutdown,
]
REQUESTS: dict[str, Any] = {cls.op: cls for cls in typing.get_args(Request)}
RESULTS: dict[str, Any] = {
    "status": StatusResult,
    "drift": DriftResult,
    "facts": FactsResult,
    "render": RenderResult,
    "live": LiveResult,
    "peek": PeekResult,
    "revisions": RevisionsResult,
    "plan": PlanResult,
    "plan_create": CreatePlan,
    "create": CreateResult,
    "plan_merge": CreatePlan,
    "merge": CreateResult,
    "sql_script": ScriptResult,
    "run": RunResult,
    "plan_stamp": StampPlan,
    "stamp": StampResult,
    "rehearse": RehearseResult,
    "list_scratch": ListScratchResult,
    "make_scratch": MakeScratchResult,
    "drop_scratch": DropScratchResult,
    "sessions": SessionsResult,
    "stop_session": StopResult,
    "ping": Pong,
    "cancel": Pong,
    "shutdown": Pong,
}
"""op → the class of the result that its `done` carries."""
