"""Pane 4: a migration with its flags, a model file's diff, or a revision in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from opsmig_tui.ui.messages import EditRequested
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.panes.changes_rows import standing
from opsmig_tui.ui.panes.review import document, head
from opsmig_tui.ui.panes.review.view import ReviewList
from opsmig_tui.ui.widgets import code
from opsmig_tui.ui.widgets.code import CodeLine, Piece, inked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange
    from opsmig_tui.history.model import History, Revision
    from opsmig_tui.review.model import Finding, Review
    from opsmig_tui.ui.panes.review.document import Step
    from opsmig_tui.ui.panes.review.rows import Row
    from opsmig_tui.ui.widgets.line_view import LineView
    from opsmig_tui.workspace.state import WorkspaceState

HINT = "Press enter on a revision in History to review it, or on a file in Changes to see its diff."


class ReviewPane(Pane):
    """The main pane. The `show_…` methods give it what to show; `review` is the one on show."""

    number = 4
    heading = "Review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "flag(1)", "next flag", key_display="]",
                id="review.next-flag", tooltip="Go to the next flag"),
        Binding("left_square_bracket", "flag(-1)", "previous flag", key_display="[", show=False,
                id="review.previous-flag", tooltip="Go to the previous flag"),
        Binding("e", "edit", "edit", id="review.edit",
                tooltip="Open the file in $EDITOR at this line"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = "review") -> None:
        self.list = ReviewList()
        super().__init__(self.list, id=id)
        self.review: Review | None = None
        self.path: Path | None = None
        self._history: History | None = None
        self._roots: tuple[Path, ...] = ()
        self._title: Sequence[Piece] = ()
        self._counts: Sequence[Piece] = ()
        self._busy = ""

    def on_mount(self) -> None:
        super().on_mount()
        if not self.list.hint:
            self.list.hint = HINT

    def show(self, state: WorkspaceState) -> None:
        if not self.is_news(state.history.value, state.project):
            return
        project = state.project
        self._roots = tuple(root for root in (project.root, project.repository) if root is not None)
        self._history = state.history.value.history if state.history.value is not None else None

    # -------------------------------------------------------------------------- what can be shown

    def show_hint(self, text: str) -> None:
        """Nothing but these words."""
        self._begin(None, None, (), ())
        self.list.hint = text
        self.list.put(lambda _width: [], 3, keep=False)

    def show_busy(self, text: str) -> None:
        """Say what is being worked out; what was on show stays until there is an answer."""
        self._busy = text
        if not self.list.rows:
            self.list.hint = text
        self._retitle()

    def show_review(self, review: Review) -> None:
        """The code with its findings. The same file again keeps the cursor on its line."""
        keep = self.review is not None and self.review.path == review.path
        title: list[Piece] = [("  " + (review.message or review.path.name), "text")]
        self._begin(review, review.path, title, head.counts(review))
        self.run_worker(self._load_review(review, keep), group="review", exclusive=True)

    def show_diff(self, change: FileChange) -> None:
        """A model file against the merge-base."""
        keep = self.review is None and self.path == change.path
        counts: list[Piece] = []
        if change.added:
            counts.append((f"+{change.added}", "added"))
        if change.removed:
            counts.append(("  " * bool(counts) + f"−{change.removed}", "removed"))
        self._begin(None, change.path, [("  " + change.shown, "text")], counts)
        self.run_worker(self._load_diff(change, keep), group="review", exclusive=True)

    def show_details(self, revision: Revision, history: History | None = None) -> None:
        """The verbose view: parent, children, path, docstring."""
        history = history or self._history
        children = history.children.get(revision.revision, ()) if history is not None else ()
        path = head.shown_path(revision.path, self._roots)
        self._begin(None, revision.path, [("  " + revision.message, "text")], ())
        self.workers.cancel_group(self, "review")
        self.list.put(lambda width: head.details(revision, path, children, width), 3, keep=False)

    def _begin(
        self,
        review: Review | None,
        path: Path | None,
        title: Sequence[Piece],
        counts: Sequence[Piece],
    ) -> None:
        self.review, self.path = review, path
        self._title, self._counts, self._busy = title, counts, ""
        self.list.hint = ""
        self._retitle()

    # ------------------------------------------------------------------------------------ loading

    async def _load_review(self, review: Review, keep: bool) -> None:
        """First in one colour, at once; then in colours, when the lexer's thread has answered."""
        base, source = code.plain(review.diff_base), code.plain(review.source)
        texts = [[code.text_of(one) for one in lines] for lines in (base, source)]
        steps = await asyncio.to_thread(document.compare, *texts)
        known = code.cached(review.source)
        self._put_review(review, steps, base, known or source, keep=keep)
        coloured = await code.coloured(review.source)
        coloured_base = await code.coloured(review.diff_base)
        if known is None or review.diff_base:
            self._put_review(review, steps, coloured_base, coloured, keep=True)

    def _put_review(
        self,
        review: Review,
        steps: Sequence[Step],
        base: Sequence[CodeLine],
        source: Sequence[CodeLine],
        *,
        keep: bool,
    ) -> None:
        item = self._history.by_id.get(review.revision) if self._history is not None else None
        path = head.shown_path(review.path, self._roots)

        def layout(width: int) -> list[Row]:
            rows = head.review_head(review, item, path, width)
            rows.append(head.rule("Code", width))
            rows += document.code_rows(review, steps, base, source, width)
            return rows + head.not_checked(review.not_checked, width)

        self.list.put(layout, document.digits_of(len(source)), keep=keep)

    async def _load_diff(self, change: FileChange, keep: bool) -> None:
        apart = await asyncio.to_thread(document.take_apart, change.diff)
        last = max((row.number or 0 for row in apart.rows), default=0)
        where = standing(change)

        def layout(rows: Sequence[Row]) -> Callable[[int], list[Row]]:
            none = [head.text((" No text to compare: the file is binary or only moved.", "dim"))]
            return lambda width: [*head.change_head(change, where, width), *(rows or none)]

        digits = document.digits_of(last)
        self.list.put(layout(apart.rows), digits, keep=keep)
        old, new = await code.coloured(apart.old), await code.coloured(apart.new)
        self.list.put(layout(document.in_colour(apart, old, new)), digits, keep=True)

    # ------------------------------------------------------------------------------------- title

    def _retitle(self) -> None:
        ink = self.ink
        left = inked(tuple(self._title), ink)
        foot = [(self._busy, ink.accent)] if self._busy else []
        self.set_frame(left, inked(tuple(self._counts), ink), foot)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    # ------------------------------------------------------------------------------------ actions

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.list.open_fold(event.index)

    def action_flag(self, step: int) -> None:
        if not self.list.next_flag(step):
            self.notify("There are no flags here.", timeout=3)

    def action_edit(self) -> None:
        if self.path is not None:
            self.post_message(EditRequested(self.path, self.list.file_line()))

    @property
    def finding(self) -> Finding | None:
        """The finding whose line or note is under the cursor."""
        if self.review is None or self.list.cursor >= len(self.list.rows):
            return None
        row = self.list.rows[self.list.cursor]
        if row.finding is not None:
            return self.review.findings[row.finding]
        return None

    def copied(self) -> tuple[str, str]:
        finding = self.finding
        if finding is not None and self.review is not None:
            place = f"{self.review.path.name}:{finding.line}"
            text = f"{place}: {finding.rule}: {finding.message} {finding.why} {finding.remedy}"
            return text.strip(), "finding"
        if self.list.cursor >= len(self.list.rows):
            return "", ""
        return self.list.rows[self.list.cursor].text, "line"
