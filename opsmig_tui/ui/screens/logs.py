"""The log of the database's container on a screen of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.panes.logs import LogsPane
from opsmig_tui.ui.screens.footer import Footer
from opsmig_tui.workspace.logs import LogFeed

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace


class LogsScreen(Screen[None]):
    """Follows for as long as it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("logs.close", "escape,q", "close", "close", "Back to the panes", show=True),
        key("app.help", "question_mark", "help", "help", "The keys of this screen", show=True),
    ]
    AUTO_FOCUS = "#logs-list"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.feed = LogFeed(workspace)
        self.pane = LogsPane(self.feed.buffer)

    def compose(self) -> ComposeResult:
        yield self.pane
        yield Footer(id="footer")

    def on_mount(self) -> None:
        self._show(self.workspace.state)
        self._unsubscribe = self.workspace.subscribe(self._show)
        cast("OpsmigApp", self.app).start(self.feed.follow, group="logs")

    def on_unmount(self) -> None:
        self._unsubscribe()
        self.app.workers.cancel_group(self.app, "logs")

    def _show(self, state: WorkspaceState) -> None:
        self.pane.show(state)

    def action_help(self) -> None:
        from opsmig_tui.ui.screens.help import HelpScreen, sections

        self.app.push_screen(HelpScreen(self.pane.heading, sections(self, self.pane)))

    def action_close(self) -> None:
        self.dismiss(None)
