"""The history pane: every revision with its lanes, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.messages import (
    DetailsRequested,
    EditRequested,
    GhostsRequested,
    HeadsRequested,
    ReviewRequested,
    UndoRequested,
)
from opsmig_tui.ui.panes import history_rows
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.widgets.line_view import LineView

if TYPE_CHECKING:
    from pathlib import Path

    from opsmig_tui.history.model import Revision
    from opsmig_tui.ui.panes.history_rows import HistoryFacts, HistoryRow
    from opsmig_tui.ui.widgets.paint import Part
    from opsmig_tui.ui.widgets.search_bar import SearchBar
    from opsmig_tui.workspace.state import WorkspaceState


class HistoryList(LineView):
    """The lines. Filtering leaves rows out, so the pane hears of it through `build`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "review", id="history.review",
                tooltip="Review the selected revision"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="history-list")
        self.facts: HistoryFacts | None = None
        self.rows: list[HistoryRow] = []
        self.branch_only = False
        self._id_width = 0
        self._index: dict[str, int] = {}
        self.problem_count = 0

    @property
    def line_count(self) -> int:
        return len(self.rows)

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        return history_rows.paint(self.rows[index], self.ink, width, self._id_width, selected)

    def row_text(self, index: int) -> str:
        return self.rows[index].text

    def selectable(self, index: int) -> bool:
        row = self.rows[index]
        return row.revision is not None or row.ghost is not None

    def width_changed(self, width: int) -> None:
        if self.facts is not None and history_rows.wraps(self.facts):
            self.build(self.selected)

    @property
    def item(self) -> Revision | None:
        return self.rows[self.cursor].revision if self.cursor < len(self.rows) else None

    @property
    def selected(self) -> str | None:
        return self.item.revision if self.item is not None else None

    def build(self, select: str | None) -> None:
        """Make the lines anew and stand on `select`, or on the same place when it is gone."""
        if self.facts is None:
            return
        self.rows = history_rows.build(
            self.facts,
            branch_only=self.branch_only,
            words=self.query_text,
            width=self.row_width,
        )
        self.problem_count = sum(1 for row in self.rows if row.revision is None)
        self._id_width = max((len(row.short) for row in self.rows), default=0)
        self._index = {
            row.revision.revision: at for at, row in enumerate(self.rows) if row.revision
        }
        self.lines_changed(self._index.get(select) if select is not None else None)
        if self.row_width:
            self.show_row(self.cursor)

    def search(self, words: str) -> int:
        """`/` leaves only the revisions that hold the words."""
        before = self.selected
        self.query_text = words
        self.build(before)
        return len(self.matches)


class HistoryPane(Pane):
    """Pane 2. `selected` is the revision under the cursor, `selected_path` its file."""

    number = 2
    heading = "History"
    signs = history_rows.SIGNS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "branch_only", "this branch", id="history.branch-only",
                tooltip="Only the revisions that are new on this branch, and back"),
        Binding("m", "heads", "two heads", show=False, id="history.heads",
                tooltip="Several heads side by side: merge them, or move one on top of another"),
        Binding("z", "undo", "undo", show=False, id="history.undo",
                tooltip="Take the last change of revision files back"),
        Binding("v", "details", "details", show=False, id="history.details",
                tooltip="Parent, path and docstring of the selected revision"),
        Binding("e", "edit", "edit", show=False, id="history.edit",
                tooltip="Open the revision's file in $EDITOR"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = "history") -> None:
        self.list = HistoryList()
        super().__init__(self.list, id=id)
        self._touched = False

    @property
    def selected(self) -> str | None:
        return self.list.selected

    @property
    def selected_path(self) -> Path | None:
        return self.list.item.path if self.list.item is not None else None

    def select(self, revision: str) -> None:
        """Stand on this revision from now on; nothing when it is not shown."""
        self._touched = True
        self.list.build(revision)

    def show(self, state: WorkspaceState) -> None:
        status, git = state.status.value, state.git.value
        if not self.is_news(state.history, git, status, state.ghosts, state.edited):
            return
        facts = history_rows.gather(state)
        if facts is None:
            self.list.hint = state.history.problem or "Reading the revisions …"
            return
        self._hint_when_empty()
        if facts != self.list.facts:
            wanted = self.selected
            if not self._touched:
                wanted = history_rows.first_choice(facts, state.status.value)
            self.list.facts = facts
            self.list.build(wanted)
            self._retitle()

    def _hint_when_empty(self) -> None:
        self.list.hint = (
            "No revision is new on this branch. Press b to see all."
            if self.list.branch_only
            else "No revisions yet. Press c to create the first one."
        )

    def _retitle(self) -> None:
        facts = self.list.facts
        if facts is None:
            return
        ink = self.ink
        left: list[Part] = [("  this branch", ink.pending)] if self.list.branch_only else []
        right: list[Part] = []
        if facts.pending is not None:
            many = f"○ {facts.pending} pending"
            right = [(many, ink.pending)] if facts.pending else [("✓ at head", ink.applied)]
        if facts.ghosts:  # then nothing is at head, whatever waits
            count = len(facts.ghosts)
            ghosts: Part = (f"? {count} ghost{'' if count == 1 else 's'}", ink.error)
            right = [ghosts, ("  ", ink.dim), *right] if facts.pending else [ghosts]
        total, shown = len(facts.history.revisions), len(self.list.rows) - self.list.problem_count
        at = self.list.cursor - self.list.problem_count + 1
        foot: list[Part] = []
        if shown != total:
            foot = [(f"{shown} of {total}", ink.dim)]
        elif total:
            foot = [(f"{at}/{total}" if at > 0 else f"{total}", ink.dim)]
        self.set_frame(left, right, foot)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()
        self._touched = True
        self._retitle()

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        super().on_search_bar_changed(event)
        self._retitle()

    def action_unsearch(self) -> None:
        super().action_unsearch()
        self._retitle()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        item = self.list.item
        if self.list.rows[event.index].ghost is not None:
            self.post_message(GhostsRequested())
        elif item is not None:
            # An id that could not be read ("?stem") says nothing to alembic: the file does.
            unread = item.revision.startswith("?")
            self.post_message(ReviewRequested(item.path if unread else item.revision))

    def action_branch_only(self) -> None:
        before = self.selected
        self.list.branch_only = not self.list.branch_only
        self._hint_when_empty()
        self.list.build(before)
        self._retitle()

    def action_heads(self) -> None:
        self.post_message(HeadsRequested())

    def action_undo(self) -> None:
        self.post_message(UndoRequested())

    def action_details(self) -> None:
        if self.selected is not None:
            self.post_message(DetailsRequested(self.selected))

    def action_edit(self) -> None:
        if self.selected_path is not None:
            self.post_message(EditRequested(self.selected_path))

    def copied(self) -> tuple[str, str]:
        return (self.selected or "", "revision id")
