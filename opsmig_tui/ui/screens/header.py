"""The first line: which project, which branch, which database, and where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from opsmig_tui.workspace.state import WorkspaceState

DOT = Content.styled(" · ", "$faint")
LEAST_RULE = 3
SHORT_ID = 6
SHORT_BRANCH = 18
# By the worker's kind of failure; anything else is the database's silence.
_FAILED = {
    "project": "the project's code failed",
    "dependency": "the worker cannot start",
    "crash": "the worker stopped",
}


class Header(Widget):
    """One line; what does not fit is shortened, then left out, from the least important on."""

    state: reactive[WorkspaceState | None] = reactive(None)

    def render(self) -> Content:
        return header(self.state, self.size.width) if self.state else Content("")


def header(state: WorkspaceState, width: int) -> Content:
    """The line for a terminal of `width` columns. "READ-ONLY", "PROTECTED" and "remote" go
    last of all."""
    branch = _branch(state)
    short = branch if len(branch) <= SHORT_BRANCH else f"{branch[: SHORT_BRANCH - 1]}…"
    drift = _drift(state)
    for names, where, position, more in (
        ([branch], _identity(state), _position(state, 0), drift),
        ([branch], _identity(state), _position(state, SHORT_ID), drift),
        ([branch], [], _position(state, SHORT_ID), drift),
        ([short], [], _position(state, SHORT_ID), drift),
        ([], [], _position(state, SHORT_ID), drift),
        ([], [], _position(state, SHORT_ID), []),
        ([], [], [], []),
    ):
        left = [*_project(state), *(Content(name) for name in names if name)]
        line = _line(left, [*where, *_not_local(state), *position, *more], width)
        if line is not None:
            return line
    return Content("opsmig")[:width]


def _line(left: list[Content], right: list[Content], width: int) -> Content | None:
    start = Content.assemble((" opsmig ", "bold $accent"), ("── ", "$edge")) + DOT.join(left) + " "
    end = Content(" ") + DOT.join(right) + " " if right else Content(" ")
    room = width - start.cell_length - end.cell_length
    if room < LEAST_RULE:
        return None
    return start + Content.styled("─" * room, "$edge") + end


def _project(state: WorkspaceState) -> list[Content]:
    name = Content.styled(state.project.name, "bold")
    word = Content.styled(" READ-ONLY ", "bold reverse $warning")
    return [word, name] if state.read_only else [name]


def _branch(state: WorkspaceState) -> str:
    branch = state.git.value.branch if state.git.value is not None else None
    return branch.name or "" if branch is not None else ""


def _identity(state: WorkspaceState) -> list[Content]:
    from opsmig_tui.workspace.apply import identity_text

    known = state.trusted and state.status.phase != "failed" and state.database is not None
    return [Content(identity_text(state.database.identity))] if known and state.database else []


def _not_local(state: WorkspaceState) -> list[Content]:
    """What makes a database one to be careful with: the settings protect it, it is not local."""
    from opsmig_tui.workspace.protection import protection

    words = []
    if state.database and protection(state.project.settings, [state.database.identity]):
        words.append(Content.styled(" PROTECTED ", "bold reverse $error"))
    where = state.locality
    if where is not None and not where.is_local:
        words.append(Content.styled(f"▲ {where.kind}", "bold $warning"))
    return words


def _position(state: WorkspaceState, length: int) -> list[Content]:
    """Where the database stands, ids cut to `length` characters (0: whole)."""
    value = state.status.value
    if not state.trusted:
        return [Content.styled("not trusted: t", "$warning")]
    if state.status.phase == "failed":
        failure = state.status.failure
        what = _FAILED.get(failure.kind if failure else "", "no answer from the database")
        return [Content.styled(f"✖ {what}", "$error")]
    if value is None or state.database is None:
        return [Content.styled("asking the database …", "$dim")]
    at = Content(", ".join(one[: length or None] for one in state.current or ()) or "base")
    if value.unknown:
        return [at + Content.styled(" ✖ unknown", "$error")]
    if value.pending:
        return [at + Content.styled(f" ○ {len(value.pending)} pending", "$pending")]
    return [at + Content.styled(" ✓ head", "$applied")]


def _drift(state: WorkspaceState) -> list[Content]:
    drift = state.drift
    if not state.trusted or state.status.phase == "failed":
        return []
    if drift.value is None:
        return [Content.styled("✖ drift", "$error")] if drift.phase == "failed" else []
    count = len(drift.value.operations)
    if drift.phase == "stale":
        return [Content.styled(f"{count} drift …", "$dim")]
    if drift.phase == "failed":
        return [Content.styled(f"✖ {count} drift before", "$error")]
    return [Content.styled(f"{count} drift", "$warning" if count else "$applied")]
