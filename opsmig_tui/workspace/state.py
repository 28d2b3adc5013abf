"""All that the screen shows of one project, immutable, and the function that changes it.

Data flows one way: a use case asks a service and turns the answer into an event, `apply` makes the
next state of it, and every listener is given that. Log lines are not in here: they live in the
bounded `OutputBuffer`; the state only carries its version, so that a line costs nothing to state.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange
    from opsmig_tui.history.ghosts import Ghost
    from opsmig_tui.history.model import GraphRow, History, Revision
    from opsmig_tui.project.model import Interpreter, Project
    from opsmig_tui.services.docker import ContainerState, DockerAnswer
    from opsmig_tui.services.docker.usage import Usage
    from opsmig_tui.services.git import Branch, Mark
    from opsmig_tui.services.locality import Locality
    from opsmig_tui.worker.protocol import (
        DatabaseStatus,
        DriftResult,
        Failed,
        PlanResult,
        RehearseResult,
        StatusResult,
        Waiting,
    )

T = TypeVar("T")
Phase = Literal["idle", "loading", "ready", "stale", "failed"]


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """A part that is read in the background: the last answer, and what became of the asking.

    "stale" keeps the old value while a newer one is awaited; "failed" keeps it too and says in
    `problem`, in one line, what went wrong; `failed` is the worker's whole answer where it has one.
    """

    value: T | None = None
    phase: Phase = "idle"
    problem: str = ""
    failure: Failed | None = None


@dataclass(frozen=True)
class HistoryView:
    """The history and how it is drawn: both read statically, both ready before the worker is.

    `saves` counts the times that revision files were saved since: they may do something else, and
    be the same history.
    """

    history: History
    rows: tuple[GraphRow, ...]
    saves: int = 0


@dataclass(frozen=True)
class GitView:
    """What git says of the project; `problem` is the reason when there is nothing to say. `ahead`
    are revisions that the branch `ahead_of` got since this one left it, newest first. `marks` and
    `changed` are of revision files, see `services.git.Marks`."""

    branch: Branch | None = None
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    changed: Mapping[Path, str] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
    problem: str = ""
    ahead: tuple[Revision, ...] = ()
    ahead_of: str = ""


@dataclass(frozen=True)
class Edited:
    """A revision whose file is another one than what was applied. `basis` is what says so: the
    SHA-256 in a run's log, or only git; `text` says it in words."""

    basis: Literal["log", "git"]
    text: str


@dataclass(frozen=True)
class LoggedCommand:
    """An action as the command it stands for, without passwords. `at` is local time, HH:MM:SS."""

    at: str
    command: str


RunPhase = Literal["running", "cancelling", "done", "failed", "refused", "stopped", "cancelled"]


@dataclass(frozen=True)
class RunView:
    """The run that is under way, or the last one. `number` of `total` steps; times in ms.

    `waiting` is the lock that it waits for just now. `left_ms` is about how long the steps that
    have not ended may take, None where that cannot be told.
    """

    title: str
    command: str
    phase: RunPhase = "running"
    number: int = 0
    total: int = 0
    step: str = ""
    message: str = ""
    waiting: Waiting | None = None
    left_ms: float | None = None

    @property
    def active(self) -> bool:
        return self.phase in ("running", "cancelling")


@dataclass(frozen=True)
class Rehearsal:
    """The last rehearsal: what was planned, with the digests of its files, and what was seen."""

    plan: PlanResult
    result: RehearseResult


Part = Literal["history", "git", "status", "container", "drift", "ghosts"]


@dataclass(frozen=True)
class WorkspaceState:
    """See the module. Everything derived is a property, nothing is stored twice.

    `switched_from` is the branch that was left while the project was open, until the database has
    been seen to belong to the new one.
    """

    project: Project
    trusted: bool = False
    history: Loaded[HistoryView] = Loaded()
    git: Loaded[GitView] = Loaded()
    status: Loaded[StatusResult] = Loaded()
    container: Loaded[DockerAnswer] = Loaded()
    drift: Loaded[DriftResult] = Loaded()
    ghosts: Loaded[tuple[Ghost, ...]] = Loaded()
    locality: Locality | None = None
    run: RunView | None = None
    commands: tuple[LoggedCommand, ...] = ()
    output_version: int = 0
    usage: tuple[Usage, ...] = ()
    rehearsal: Rehearsal | None = None
    edited: Mapping[str, Edited] = field(default_factory=dict)
    switched_from: str = ""

    @property
    def read_only(self) -> bool:
        return self.project.read_only

    @property
    def database(self) -> DatabaseStatus | None:
        """The first database env.py configures; None until the worker has answered."""
        value = self.status.value
        return value.databases[0] if value is not None and value.databases else None

    @property
    def service_container(self) -> ContainerState | None:
        """The container of the database's compose service; None where there is no such service, or
        no engine answers."""
        docker = self.container.value
        return docker.container if docker is not None else None

    @property
    def current(self) -> tuple[str, ...] | None:
        """Ids in the version tables, each once however many databases stand at it; None while not
        known."""
        value = self.status.value
        if value is None:
            return None
        return tuple(dict.fromkeys(item for one in value.databases for item in one.current))

    @cached_property
    def applied(self) -> frozenset[str] | None:
        """Every revision at or below the current ones, None while not known.

        Where the database stands at revisions that no file has, what these stand on counts once
        git has told; until then, where it has nothing else, all of ours may be applied or none.
        """
        from opsmig_tui.history.ghosts import stands_on

        current = self.current
        if current is None or self.history.value is None:
            return None
        history = self.history.value.history
        lost = {one for one in current if one not in history.by_id}
        ghosts = self.ghosts.value or ()
        below = None
        if lost and lost == {one.revision for one in ghosts if one.current}:
            below = stands_on(history, ghosts)
        if below is None and current and len(lost) == len(current):
            return None
        return history.ancestors((*current, *(below or ())))

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.active


# ------------------------------------------------------------------------------------------ events


@dataclass(frozen=True)
class Began:
    """A part is being read."""

    part: Part


@dataclass(frozen=True)
class Answered:
    part: Part
    value: Any


@dataclass(frozen=True)
class Unanswered:
    """A part could not be read."""

    part: Part
    problem: str
    failure: Failed | None = None


@dataclass(frozen=True)
class Staled:
    """Something these parts depend on has changed: the old answers stand, marked."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Trusted:
    pass


@dataclass(frozen=True)
class InterpreterSought:
    """The search that may run package tools is over; None and a reason when it found nothing."""

    interpreter: Interpreter | None
    problem: str = ""


@dataclass(frozen=True)
class ProtectionRead:
    """The patterns of databases to protect, as the settings have them now."""

    protected: tuple[str, ...]


@dataclass(frozen=True)
class LocalityKnown:
    locality: Locality | None


@dataclass(frozen=True)
class RunChanged:
    run: RunView


@dataclass(frozen=True)
class Rehearsed:
    rehearsal: Rehearsal


@dataclass(frozen=True)
class EditsFound:
    """By revision: what was edited after it was applied."""

    edited: Mapping[str, Edited]


@dataclass(frozen=True)
class UsageMeasured:
    """What the container takes now; None: it is not measured (any more)."""

    usage: Usage | None


@dataclass(frozen=True)
class CommandLogged:
    command: LoggedCommand


@dataclass(frozen=True)
class OutputMoved:
    version: int


StateEvent = (
    Began | Answered | Unanswered | Staled | Trusted | InterpreterSought | LocalityKnown
    | ProtectionRead | RunChanged | CommandLogged | OutputMoved | UsageMeasured | Rehearsed
    | EditsFound
)  # fmt: skip

MOST_COMMANDS = 500
# One a second: the last minute.
MOST_MEASURED = 60


def apply(state: WorkspaceState, event: StateEvent) -> WorkspaceState:
    """The next state. Pure; the same event on the same state gives the same answer."""
    match event:
        case Began(part):
            old = _part(state, part)
            phase: Phase = "loading" if old.value is None else "stale"
            return _with(state, part, replace(old, phase=phase))
        case Answered(part, value):
            return _belonging(state, _with(state, part, Loaded(value, "ready")), part)
        case Unanswered(part, problem, failure):
            return _with(state, part, Loaded(_part(state, part).value, "failed", problem, failure))
        case Staled(parts):
            for part in parts:
                old = _part(state, part)
                if old.phase == "ready":
                    state = _with(state, part, replace(old, phase="stale"))
            return state
        case Trusted():
            return replace(state, trusted=True)
        case InterpreterSought(interpreter, problem):
            project = replace(state.project, interpreter=interpreter, interpreter_problem=problem)
            return replace(state, project=project)
        case ProtectionRead(protected):
            settings = replace(state.project.settings, protected=protected)
            return replace(state, project=replace(state.project, settings=settings))
        case LocalityKnown(locality):
            return replace(state, locality=locality)
        case RunChanged(run):
            return replace(state, run=run)
        case Rehearsed(rehearsal):
            return replace(state, rehearsal=rehearsal)
        case EditsFound(edited):
            return replace(state, edited=edited)
        case CommandLogged(command):
            # What is read again on every change stands once, with its last time.
            others = tuple(one for one in state.commands if one.command != command.command)
            return replace(state, commands=(*others[1 - MOST_COMMANDS :], command))
        case OutputMoved(version):
            return replace(state, output_version=version)
        case UsageMeasured(usage):
            before = state.usage[1 - MOST_MEASURED :]
            return replace(state, usage=(*before, usage) if usage is not None else ())


def _belonging(before: WorkspaceState, after: WorkspaceState, part: Part) -> WorkspaceState:
    """Notes that another branch was checked out, and forgets it once the database belongs to it."""
    if part == "git":
        left, now = _branch(before), _branch(after)
        if not left or not now or left == now:
            return after
        # A rebase leaves the branch for no branch, and comes back: as if it had never been away.
        left = before.switched_from if left.startswith("(") and before.switched_from else left
        return replace(after, switched_from="" if now == left else left)
    if part == "status" and after.switched_from:
        status = after.status.value
        if status is not None and not status.pending and not status.unknown:
            return replace(after, switched_from="")
    return after


def _branch(state: WorkspaceState) -> str:
    view = state.git.value
    return view.branch.name if view is not None and view.branch is not None else ""


def _part(state: WorkspaceState, part: Part) -> Loaded[Any]:
    return getattr(state, part)  # type: ignore[no-any-return]


def _with(state: WorkspaceState, part: Part, loaded: Loaded[Any]) -> WorkspaceState:
    return replace(state, **{part: loaded})  # type: ignore[arg-type]
