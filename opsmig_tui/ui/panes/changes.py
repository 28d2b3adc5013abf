"""The changes pane: what changed in model files, and what autogenerate would emit now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip

from opsmig_tui.ui.messages import (
    DiffRequested,
    EditRequested,
    ReviewRequested,
    StageRequested,
)
from opsmig_tui.ui.panes import changes_rows
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.widgets.line_view import LineView

if TYPE_CHECKING:
    from opsmig_tui.ui.panes.changes_rows import ChangesRow
    from opsmig_tui.ui.widgets.paint import Part
    from opsmig_tui.workspace.state import WorkspaceState


class ChangesList(LineView):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "diff", id="changes.diff",
                tooltip="Show the file's diff in the main pane"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="changes-list")
        self.rows: list[ChangesRow] = []
        self.state: WorkspaceState | None = None

    @property
    def line_count(self) -> int:
        return len(self.rows)

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        return changes_rows.paint(self.rows[index], self.ink, width)

    def row_text(self, index: int) -> str:
        return self.rows[index].searched

    def selectable(self, index: int) -> bool:
        return self.rows[index].kind in ("file", "revision", "model", "operation")

    @property
    def longest(self) -> int:
        return max((len(row.searched) + 6 for row in self.rows), default=0)

    def width_changed(self, width: int) -> None:
        self.build()

    def build(self) -> None:
        """Make the lines anew; the cursor stays on what it was on."""
        if self.state is None:
            return
        before = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        self.rows = changes_rows.build(self.state, self.row_width)
        self.lines_changed(self._place(before) if before is not None else 0)

    def _place(self, before: ChangesRow) -> int:
        key = _key(before)
        same = (at for at, row in enumerate(self.rows) if _key(row) == key)
        return next(same, self.cursor)


def _key(row: ChangesRow) -> tuple[str, str, str]:
    """What makes a line the same one after a refresh (its counts may have moved)."""
    return row.kind, str(row.file_path or ""), row.searched


class ChangesPane(Pane):
    """Pane 3."""

    number = 3
    heading = "Changes"
    signs = (
        ("?", "Untracked"),
        ("A M D R", "Added, changed, deleted, renamed beside the base branch"),
        ("✓", "Staged"),
        ("*", "Not staged, or not all of it"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", show=False, id="changes.edit",
                tooltip="Open the file in $EDITOR at the change"),
        Binding("space", "stage", "stage", id="changes.stage",
                tooltip="Stage the file, or take it out again; the palette commits what is staged"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = "changes") -> None:
        self.list = ChangesList()
        super().__init__(self.list, id=id)

    def show(self, state: WorkspaceState) -> None:
        history, status = state.history.value, state.status.value
        if self.is_news(state.git, state.drift, state.trusted, status, history):
            self.list.state = state
            self.list.build()
            self._retitle()

    def _retitle(self) -> None:
        state = self.list.state
        if state is None:
            return
        ink = self.ink
        view = state.git.value
        left: list[Part] = []
        branch = view.branch if view is not None else None
        if branch is not None and branch.base and not branch.is_base:
            left = [(f"  since {branch.base}", ink.dim)]
        right: list[Part] = []
        if state.drift.value is not None:
            count = len(state.drift.value.operations)
            stale = {"stale": " …", "loading": " …", "failed": " ✖"}.get(state.drift.phase, "")
            style = ink.changed if count else ink.applied
            if state.drift.phase == "failed":
                style = ink.error
            right = [(f"~ {count} drift{stale}" if count else f"✓ no drift{stale}", style)]
        self.set_frame(left, right)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        row = self.list.rows[event.index]
        if row.file is not None:
            self.post_message(DiffRequested(row.file))
        elif row.path is not None and row.letter != "D":
            self.post_message(ReviewRequested(row.path))

    def action_stage(self) -> None:
        if self.list.cursor >= len(self.list.rows):
            return
        path = self.list.rows[self.list.cursor].file_path
        if path is not None:
            self.post_message(StageRequested(path))
        else:
            self.notify("Select a file: drift is in the database, not in git.", markup=False)

    def action_edit(self) -> None:
        if self.list.cursor >= len(self.list.rows):
            return
        row = self.list.rows[self.list.cursor]
        if row.kind == "revision" and row.path is not None and row.letter != "D":
            self.post_message(EditRequested(row.path, 1))
        if row.file is not None and row.file.letter != "D":
            gone = row.model is None or row.model.sign == "-"
            line = 1 if gone or row.model is None else max(1, row.model.line)
            self.post_message(EditRequested(row.file.path, line))

    def copied(self) -> tuple[str, str]:
        if self.list.cursor >= len(self.list.rows):
            return "", ""
        row = self.list.rows[self.list.cursor]
        if row.operation is not None:
            return row.operation.code, "operation"
        return row.searched, "line"
