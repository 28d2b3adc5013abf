"""The one big screen: header, the five panes, footer. Keys and the panes' messages become flows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input

from opsmig_tui.project.preferences import load_preferences
from opsmig_tui.ui import messages
from opsmig_tui.ui.failures import Work
from opsmig_tui.ui.keys import MAIN
from opsmig_tui.ui.later import later
from opsmig_tui.ui.reasons import why_not, why_not_downgrade_to, why_not_upgrade_to
from opsmig_tui.ui.screens.banner import Banner
from opsmig_tui.ui.screens.board import Board
from opsmig_tui.ui.screens.footer import Footer
from opsmig_tui.ui.screens.header import Header
from opsmig_tui.ui.screens.history_requests import HistoryRequests
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from opsmig_tui.project.recent import Recent
    from opsmig_tui.ui.app import OpsmigApp
    from opsmig_tui.workspace.apply import Direction
    from opsmig_tui.workspace.rehearse import On

# States that come within one frame are painted once.
FRAME_SECONDS = 1 / 60


class MainScreen(HistoryRequests):
    """Shows the workspace's state.

    `shown` is what the review pane stands for: a file, a revision still being looked up, or "".
    `job` is the flow that is open (an upgrade's question, a create …): one at a time.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(MAIN)
    AUTO_FOCUS = "#history-list"

    #: As Textual's, save that another focus does not paint the whole screen: the panes it goes
    #: between and the footer do that for themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.header = Header(id="header")
        self.banner = Banner(id="banner")
        self.board = Board(workspace.output, id="board")
        self.footer = Footer(id="footer")
        self.shown: str | Path = ""
        self.job: tuple[str, ...] = ()
        self._reviewed: tuple[object, ...] = ()
        self._painting = False

    @property
    def host(self) -> OpsmigApp:
        return cast("OpsmigApp", self.app)

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.banner
        yield self.board
        yield self.footer

    def on_mount(self) -> None:
        self._show(self.workspace.state)
        self.board.restore(load_preferences().focused)
        self._unsubscribe = self.workspace.subscribe(self._state_moved)
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _begin(self) -> None:
        """After the first frame: what needs git, the worker and Docker, and a review to look at."""
        from opsmig_tui.ui.flows import opening

        self.host.start(lambda: opening.follow(self), group="live")
        self.host.start(lambda: opening.greet(self), group="greet")

    def on_resize(self) -> None:
        self.board.rearrange()

    # ------------------------------------------------------------------------------------- state

    def _state_moved(self, state: WorkspaceState) -> None:
        if not self._painting:
            self._painting = True
            later(self, FRAME_SECONDS, self._paint)

    def _paint(self) -> None:
        self._painting = False
        self._show(self.workspace.state)

    def _show(self, state: WorkspaceState) -> None:
        self.header.state = state
        self.banner.show(state)
        self.board.show(state)
        self.footer.running = state.running
        self._review_again(state)

    def _review_again(self, state: WorkspaceState) -> None:
        """What a review goes by: the files, whether the project may be asked, its position, and a
        rehearsal."""
        basis = (state.history.value, state.trusted, state.current, state.rehearsal)
        before, self._reviewed = self._reviewed, basis
        if before and basis != before and self.shown:
            from opsmig_tui.ui.flows.review import show_again

            self.host.start(lambda: show_again(self), group="review")

    # ------------------------------------------------------------------------------ getting around

    def action_go(self, pane: str) -> None:
        self.board.go(pane)

    def action_zoom(self) -> None:
        self.board.zoom()

    def action_close(self) -> None:
        if not self.board.question.close() and self.board.zoomed:
            self.board.zoom()

    def action_help(self) -> None:
        from opsmig_tui.ui.screens.help import HelpScreen, sections

        pane = self.board.focused_pane
        self.app.push_screen(HelpScreen(pane.heading, sections(self, pane)))

    def action_command_log(self) -> None:
        from opsmig_tui.ui.screens.command_log import CommandLogScreen

        self.app.push_screen(CommandLogScreen(self.workspace.state.commands))

    def action_answer(self, letter: str) -> None:
        self.board.question.answer(letter)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Answers are keys only while something is asked and the review has the keyboard."""
        if action != "answer":
            return True
        in_review = self.board.review.has_focus_within and not isinstance(self.focused, Input)
        return in_review and self.board.question.asks(str(parameters[0]))

    # ------------------------------------------------------------------------------------ the job

    def tell(self, text: str, *, warning: bool = False) -> None:
        """A toast."""
        severity = "warning" if warning else "information"
        self.notify(text, severity=severity, markup=False, timeout=6)  # type: ignore[arg-type]

    def why_not(self, action: str) -> str:
        """Why an action cannot run now, "" when it can."""
        return why_not(action, self.workspace.state)

    def begin(self, action: str, work: Work) -> None:
        """Starts a flow unless something speaks against it: then the reason is told.

        A question under a review counts as answered by going on to something else.
        """
        reason = self.why_not(action)
        if not reason and self.job and not self.board.question.close():
            reason = f"First finish what is open: {self.job[0]}."
        if reason:
            self.tell(reason, warning=True)
            return
        job = self.job = (action, str(id(work)))

        async def run() -> None:
            self.job = job
            try:
                await work()
            finally:
                if self.job is job:
                    self.job = ()

        self.host.start(run, group="job")

    def action_create(self) -> None:
        from opsmig_tui.ui.flows.create import create

        self.begin("create", lambda: create(self))

    def action_upgrade(self, target: str = "") -> None:
        self._migrate("upgrade", target)

    def action_downgrade(self, target: str = "") -> None:
        self._migrate("downgrade", target)

    def _migrate(self, direction: Direction, target: str) -> None:
        """Without a target: what History has selected when it has the keyboard, else `LAST`."""
        from opsmig_tui.ui.flows.apply import LAST, migrate

        reason = ""
        selected = self.board.history.selected if self.board.focused == "history" else None
        if not target and selected:
            check = why_not_upgrade_to if direction == "upgrade" else why_not_downgrade_to
            reason = check(selected, self.workspace.state)
        if reason and not self.why_not(direction):
            self.tell(reason, warning=True)
            return
        wanted = target or selected or LAST[direction]
        self.begin(direction, lambda: migrate(self, direction, wanted))

    @property
    def selected_revision(self) -> str | None:
        """What History has selected when it has the keyboard, what is under review when that has
        it."""
        board = self.board
        if board.focused == "review" and board.review.review is not None:
            return board.review.review.revision
        return board.history.selected if board.focused == "history" else None

    def action_rehearse(self, on: On = "here") -> None:
        """The selected revision, else all that are pending."""
        from opsmig_tui.ui.flows.rehearse import rehearse_revision

        selected = self.selected_revision
        self.begin("rehearse", lambda: rehearse_revision(self, selected, on))

    def action_test(self, revision: str = "") -> None:
        from opsmig_tui.ui.flows.test import test_revision

        self.begin("test", lambda: test_revision(self, revision or None))

    def action_start_database(self) -> None:
        from opsmig_tui.ui.flows.container import start

        self.begin("start_database", lambda: start(self))

    def action_stop_database(self) -> None:
        from opsmig_tui.ui.flows.container import stop

        self.begin("stop_database", lambda: stop(self, "stop"))

    def action_restart_database(self) -> None:
        from opsmig_tui.ui.flows.container import stop

        self.begin("restart_database", lambda: stop(self, "restart"))

    def action_psql(self) -> None:
        from opsmig_tui.ui.flows.container import psql

        self.begin("psql", lambda: psql(self))

    def action_logs(self) -> None:
        from opsmig_tui.ui.screens.logs import LogsScreen

        self.app.push_screen(LogsScreen(self.workspace))

    def switch_project(self, recent: Recent) -> None:
        from opsmig_tui.ui.flows.switch import switch

        self.begin("switch_project", lambda: switch(self, recent))

    def action_run_command(self, name: str) -> None:
        from opsmig_tui.ui.flows.commands import run

        self.begin("run_command", lambda: run(self, name))

    def action_interpreter(self) -> None:
        from opsmig_tui.ui.flows.interpreter import change

        self.begin("interpreter", lambda: change(self))

    def action_failure(self) -> None:
        from opsmig_tui.ui.failures import show_last_failure

        show_last_failure(self)

    def action_trust(self) -> None:
        from opsmig_tui.ui.flows.trust import trusted

        self.begin("trust", lambda: trusted(self))

    def action_refresh(self) -> None:
        refresh = self.workspace.refresh
        self.host.start(
            lambda: refresh("history", "git", "container", "status", "drift"), group="refresh"
        )

    # ------------------------------------------------------------------- what the panes ask for

    def review(self, target: str | Path | None) -> None:
        """Shows a review as soon as it is there; None: the uncommitted revision, else the head."""
        from opsmig_tui.ui.flows.review import show_review

        self.host.start(lambda: show_review(self, target), group="review")

    def on_review_requested(self, event: messages.ReviewRequested) -> None:
        self.board.go("review")
        self.review(event.target)

    def on_details_requested(self, event: messages.DetailsRequested) -> None:
        from opsmig_tui.ui.flows.review import show_details

        show_details(self, event.revision)

    def on_diff_requested(self, event: messages.DiffRequested) -> None:
        self.shown = ""
        self.board.review.show_diff(event.change)
        self.board.go("review")

    def on_end_session_requested(self) -> None:
        from opsmig_tui.ui.flows.holder import end_session

        self.host.start(lambda: end_session(self), group="holder")

    def on_start_database_requested(self) -> None:
        self.action_start_database()

    def on_logs_requested(self) -> None:
        self.action_logs()

    def on_failure_requested(self) -> None:
        self.action_failure()

    def on_psql_requested(self) -> None:
        self.action_psql()

    def on_usage_wanted(self, event: messages.UsageWanted) -> None:
        from opsmig_tui.workspace.usage import follow_usage

        self.host.workers.cancel_group(self.host, "usage")
        if event.wanted:
            self.host.start(lambda: follow_usage(self.workspace), group="usage")
