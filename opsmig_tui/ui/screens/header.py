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


class Header(Widget):
    """One line; what does not fit is left out from the least important on."""

    state: reactive[WorkspaceState | None] = reactive(None)

    def render(self) -> Content:
        return header(self.state, self.size.width) if self.state else Content("")


def header(state: WorkspaceState, width: int) -> Content:
    """The line for a terminal of `width` columns."""
    left, right = _project(state), _database(state)
    for keep in range(len(right), -1, -1):
        line = _line(left, right[len(right) - keep :], width)
        if line is not None:
            return line
    shorter = _line(left[:1], [], width)
    return shorter if shorter is not None else Content("opsmig")[:width]


def _line(left: list[Content], right: list[Content], width: int) -> Content | None:
    start = Content.assemble((" opsmig ", "bold $accent"), ("── ", "$edge")) + DOT.join(left)
    end = DOT.join(right) + " " if right else Content("")
    room = width - start.cell_length - end.cell_length - (2 if right else 1)
    if room < LEAST_RULE:
        return None
    rule = Content.styled("─" * room, "$edge")
    return start + " " + rule + (Content(" ") + end if right else end)


def _project(state: WorkspaceState) -> list[Content]:
    parts = []
    if state.read_only:
        parts.append(Content.styled(" READ-ONLY ", "bold reverse $warning"))
    parts.append(Content.styled(state.project.name, "bold"))
    branch = state.git.value.branch if state.git.value is not None else None
    if branch is not None and branch.name:
        parts.append(Content(branch.name))
    return parts


def _database(state: WorkspaceState) -> list[Content]:
    """Most important last: the line drops from the front."""
    if not state.trusted:
        return [Content.styled("not trusted: t", "$warning")]
    status = state.status
    if status.phase == "failed":
        return [Content.styled("✖ database not asked: 1", "$error")]
    if state.database is None:
        return [Content.styled("asking the database …", "$dim")]
    drift = _drift(state)
    return [*_where(state), _position(state), *([drift] if drift else [])]


def _where(state: WorkspaceState) -> list[Content]:
    from opsmig_tui.workspace.apply import identity_text

    assert state.database is not None
    parts = [Content(identity_text(state.database.identity))]
    where = state.locality
    if where is not None and not where.is_local:
        parts.append(Content.styled(f"▲ {where.kind}", "bold $warning"))
    return parts


def _position(state: WorkspaceState) -> Content:
    value = state.status.value
    assert value is not None
    at = Content(", ".join(state.current or ()) or "base")
    if value.unknown:
        return at + Content.styled(" ✖ unknown", "$error")
    if value.pending:
        return at + Content.styled(f" ○ {len(value.pending)} pending", "$pending")
    return at + Content.styled(" ✓ head", "$applied")


def _drift(state: WorkspaceState) -> Content | None:
    drift = state.drift
    if drift.value is None:
        failed = drift.phase == "failed"
        return Content.styled("✖ drift", "$error") if failed else None
    count = len(drift.value.operations)
    if drift.phase == "stale":
        return Content.styled(f"{count} drift …", "$dim")
    return Content.styled(f"{count} drift", "$warning" if count else "$applied")
