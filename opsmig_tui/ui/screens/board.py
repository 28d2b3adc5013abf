"""The five panes and the question bar in their two columns, or in one where there is no room."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.panes.changes import ChangesPane
from opsmig_tui.ui.panes.database import DatabasePane
from opsmig_tui.ui.panes.history import HistoryPane
from opsmig_tui.ui.panes.output import OutputPane
from opsmig_tui.ui.panes.review import ReviewPane
from opsmig_tui.ui.screens.layout import PANES, SIDE, Arrangement, arrange
from opsmig_tui.ui.screens.question import QuestionBar
from opsmig_tui.workspace.output import OutputBuffer
from opsmig_tui.workspace.state import WorkspaceState


class Board(Horizontal):
    """Owns the panes and decides which are open; see `layout.arrange`."""

    def __init__(self, output: OutputBuffer, *, id: str) -> None:
        super().__init__(id=id)
        self.database = DatabasePane(id="database")
        self.history = HistoryPane(id="history")
        self.changes = ChangesPane(id="changes")
        self.review = ReviewPane(id="review")
        self.question = QuestionBar(id="question")
        self.output = OutputPane(output, id="output")
        self.panes: dict[str, Pane] = {
            "database": self.database,
            "history": self.history,
            "changes": self.changes,
            "review": self.review,
            "output": self.output,
        }
        self.zoomed = False
        self.focused = "history"
        self._side = "history"
        self._run_active = False
        self._applied: tuple[Arrangement, str] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="side"):
            yield self.database
            yield self.history
            yield self.changes
        with Vertical(id="main"):
            yield self.review
            yield self.question
            yield self.output

    @property
    def focused_pane(self) -> Pane:
        """The pane that has the keyboard, or had it last."""
        return self.panes[self.focused]

    def show(self, state: WorkspaceState) -> None:
        """Gives every pane the state; each compares what it shows."""
        for pane in self.panes.values():
            pane.show(state)
        self._run_active = state.running
        self.rearrange()

    def go(self, name: str) -> None:
        """Gives a pane the keyboard, and room first: what is hidden cannot take the focus."""
        self.focused = name
        self.rearrange()
        if not self.panes[name].has_focus_within:
            self.panes[name].focus()

    def restore(self, name: str | None) -> None:
        """Begins where the person left off, as long as the history is on the screen as well."""
        if name in self.panes and self._applied == (Arrangement(narrow=False), self.focused):
            self.go(name)

    def zoom(self) -> None:
        """Shows the focused pane alone, and back."""
        self.zoomed = not self.zoomed
        self.rearrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        found = next((name for name, pane in self.panes.items() if pane.has_focus_within), None)
        if found is not None:
            self.focused = found
            self.rearrange()

    def on_click(self, event: events.Click) -> None:
        """A click on a frame, or on the title of a folded pane, goes to that pane."""
        for name, pane in self.panes.items():
            if event.widget is pane:
                self.go(name)

    def rearrange(self) -> None:
        """Opens, folds and hides panes for the present size, focus and run."""
        if self.focused in SIDE:
            self._side = self.focused
        size = self.app.size
        wanted = arrange(
            size.width,
            size.height,
            focused=self.focused,
            side=self._side,
            zoomed=self.zoomed,
            running=self._run_active,
        )
        if self._applied != (wanted, self.focused):
            self._applied = (wanted, self.focused)
            self._apply(wanted)

    def _apply(self, wanted: Arrangement) -> None:
        self.set_class(wanted.narrow, "-narrow")
        for name, pane in self.panes.items():
            pane.display = name not in wanted.hidden
            pane.set_class(name in wanted.folded, "-collapsed")
            pane.set_class(name == wanted.shares, "-sharing")
            pane.set_class(wanted.fills(name), "-filling")
            pane.draw_frame()
        for column, names in (("#side", SIDE), ("#main", PANES[len(SIDE) :])):
            box = self.query_one(column)
            box.display = not wanted.hidden.issuperset(names)
            box.set_class(wanted.narrow and self.focused in names, "-open")
            box.set_class(wanted.hidden.issuperset(set(PANES) - set(names)), "-alone")
