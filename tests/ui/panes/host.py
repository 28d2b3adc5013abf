"""A small app around panes, and states made of real history and git with chosen answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message

import opsmig_tui
from opsmig_tui.services.locality import Locality
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.theme import THEMES, variables
from opsmig_tui.worker.protocol import DatabaseStatus, Identity, StatusResult
from opsmig_tui.workspace.state import Answered, LocalityKnown, StateEvent, WorkspaceState, apply

STYLE = Path(opsmig_tui.__file__).parent / "ui" / "styles" / "panes.tcss"
LOCAL = Locality("container", True, "container db-1 at localhost:5432")


class Host(App[None]):
    """Panes one beneath the other; `heard` keeps what they said to the screen."""

    CSS_PATH = STYLE

    def __init__(self, *panes: Pane, theme: str = "opsmig-dark") -> None:
        super().__init__()
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme
        self.panes = panes
        self.heard: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(self.current_theme.dark)

    def compose(self) -> ComposeResult:
        yield from self.panes

    def give(self, state: WorkspaceState) -> None:
        for pane in self.panes:
            pane.show(state)

    def _hear(self, message: Message) -> None:
        self.heard.append(message)

    on_review_requested = _hear
    on_details_requested = _hear
    on_diff_requested = _hear
    on_edit_requested = _hear
    on_copy_requested = _hear
    on_end_session_requested = _hear
    on_start_database_requested = _hear
    on_logs_requested = _hear
    on_psql_requested = _hear
    on_usage_wanted = _hear
    on_peek_requested = _hear
    on_ghosts_requested = _hear
    on_fix_requested = _hear
    on_ignore_requested = _hear
    on_undo_requested = _hear


def after(state: WorkspaceState, *events: StateEvent) -> WorkspaceState:
    """The state after these events."""
    for event in events:
        state = apply(state, event)
    return state


def standing_at(
    state: WorkspaceState, *current: str, unknown: Sequence[str] = ()
) -> WorkspaceState:
    """The state of a database that answered and stands at these revisions."""
    view = state.history.value
    assert view is not None
    applied = view.history.ancestors(current)
    pending = tuple(
        item.revision for item in reversed(view.history.revisions) if item.revision not in applied
    )
    identity = Identity("postgresql", "ops", "ops", "localhost", 5432)
    status = StatusResult(
        (DatabaseStatus(identity, "18.1", tuple(current)),),
        view.history.heads,
        pending,
        tuple(unknown),
    )
    return after(state, Answered("status", status), LocalityKnown(LOCAL))
