"""The database pane: where it runs, what it is, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.messages import (
    FailureRequested,
    LogsRequested,
    PsqlRequested,
    StartDatabaseRequested,
    UsageWanted,
)
from opsmig_tui.ui.panes import database_rows
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.widgets.code import inked
from opsmig_tui.ui.widgets.line_view import LineView
from opsmig_tui.ui.widgets.paint import Part, line

if TYPE_CHECKING:
    from opsmig_tui.ui.panes.database_rows import Line
    from opsmig_tui.workspace.state import WorkspaceState

#: "up 2 h" moves on by itself. Seconds.
CLOCK = 30.0


class DatabaseList(LineView):
    # Here, since a list's own `l` looks to the right: these lines fit themselves to the width.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "logs", "log", id="database.logs",
                tooltip="Follow the log of the database's container"),
        Binding("enter", "failure", "error", id="database.failure",
                tooltip="Show the whole error where the database could not be asked"),
    ]  # fmt: skip

    def __init__(self, built: Callable[[], None]) -> None:
        super().__init__(show_cursor=False, id="database-list")
        self._built = built
        self.lines: list[Line] = []
        self.state: WorkspaceState | None = None

    @property
    def line_count(self) -> int:
        return len(self.lines)

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        return line(*inked(self.lines[index], self.ink))

    def width_changed(self, width: int) -> None:
        self.build()

    def action_logs(self) -> None:
        self.post_message(LogsRequested())

    def action_failure(self) -> None:
        self.post_message(FailureRequested())

    def build(self) -> None:
        if self.state is not None and self.row_width:
            self.lines = database_rows.build(self.state, self.row_width)
            self.lines_changed()
            self._built()


class DatabasePane(Pane):
    """Pane 1. With the focus it grows by the lines that its usual height leaves out."""

    number = 1
    heading = "Database"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "start", id="database.start",
                tooltip="Start the database's container"),
        Binding("x", "psql", "psql", id="database.psql",
                tooltip="Open psql in the database's container"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = "database") -> None:
        self.list = DatabaseList(self._fit)
        super().__init__(self.list, id=id)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(CLOCK, self.list.build)

    def show(self, state: WorkspaceState) -> None:
        parts = (state.status, state.container, state.locality, state.trusted, state.history.value)
        if self.is_news(*parts, state.usage):
            self.list.state = state
            self.list.build()
            self._retitle()

    def _retitle(self) -> None:
        state = self.list.state
        if state is None:
            return
        ink = self.ink
        left: list[Part] = []
        right: list[Part] = []
        if state.database is not None:
            left = [(f"  {state.database.identity.database}", ink.text)]
        if state.read_only:
            right = [("read-only", ink.warning)]
        elif state.trusted and state.status.phase in ("loading", "stale"):
            right = [("asking …", ink.dim)]
        elif state.status.phase == "failed" and state.trusted:
            right = [("✖", ink.error)]
        elif state.locality is not None and state.database is not None:
            local = state.locality.is_local
            right = [("local", ink.applied) if local else ("▲ not local", ink.warning)]
        self.set_frame(left, right)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    def action_start(self) -> None:
        self.post_message(StartDatabaseRequested())

    def action_psql(self) -> None:
        self.post_message(PsqlRequested())

    def on_descendant_focus(self) -> None:
        super().on_descendant_focus()
        self._fit()
        self.post_message(UsageWanted(True))

    def on_descendant_blur(self) -> None:
        super().on_descendant_blur()
        self._fit()
        self.post_message(UsageWanted(False))

    def _fit(self) -> None:
        frame = 2
        self.styles.min_height = self.list.line_count + frame if self.list.has_focus else None

    def copied(self) -> tuple[str, str]:
        state = self.list.state
        if state is None or state.database is None:
            return "", ""
        return database_rows.address(state.database.identity), "database"
