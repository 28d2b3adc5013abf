"""Pane 4: a migration with its flags, a model file's diff, or a revision in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.messages import EditRequested
from opsmig_tui.ui.panes.changes_rows import standing
from opsmig_tui.ui.panes.review import diff, head, sql
from opsmig_tui.ui.panes.review.compare import compare
from opsmig_tui.ui.panes.review.content import Content, digits_of
from opsmig_tui.ui.panes.review.finding_keys import FindingKeys
from opsmig_tui.ui.panes.review.levels import next_level
from opsmig_tui.ui.panes.review.linked import ByLine, by_line, counterpart
from opsmig_tui.ui.panes.review.tab_bar import TabBar
from opsmig_tui.ui.panes.review.tabs import TABS, Tab, named, neighbour
from opsmig_tui.ui.widgets import code
from opsmig_tui.ui.widgets.code import CodeLine, Piece, inked
from opsmig_tui.ui.widgets.paint import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange
    from opsmig_tui.history.model import History, Revision
    from opsmig_tui.review.model import Finding, Review, Severity
    from opsmig_tui.ui.panes.review.compare import Step
    from opsmig_tui.ui.panes.review.rows import Row
    from opsmig_tui.ui.panes.review.sql import Sql
    from opsmig_tui.ui.panes.review.view import Layout
    from opsmig_tui.ui.widgets.line_view import LineView
    from opsmig_tui.worker.protocol import RehearseResult, RenderedRevision
    from opsmig_tui.workspace.state import WorkspaceState

HINT = "Press enter on a revision in History to review it, or on a file in Changes to see its diff."

#: Cells of the lower edge that its words leave to corners and blanks.
FOOT_MARGIN = 6


class ReviewPane(FindingKeys):
    """The main pane. The `show_…` methods give it what to show; `review` is the one on show."""

    number = 4
    heading = "Review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "flag(1)", "next flag", key_display="]",
                id="review.next-flag", tooltip="Go to the next flag"),
        Binding("left_square_bracket", "flag(-1)", "previous flag", key_display="[", show=False,
                id="review.previous-flag", tooltip="Go to the previous flag"),
        Binding("right_curly_bracket", "tab(1)", "next tab", key_display="}",
                id="review.next-tab",
                tooltip="The next tab: Code, SQL, Findings, Schema, Rehearsal"),
        Binding("left_curly_bracket", "tab(-1)", "previous tab", key_display="{", show=False,
                id="review.previous-tab", tooltip="The previous tab"),
        Binding("v", "level", "severity", id="review.severity",
                tooltip="Show all flags, warnings and errors, or errors only"),
        Binding("e", "edit", "edit", id="review.edit",
                tooltip="Open the file in $EDITOR at this line"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = "review") -> None:
        super().__init__(id=id)
        self.bar = TabBar()
        self.path: Path | None = None
        self.tab: Tab = TABS[0]
        self.level: Severity = "note"
        self._wish: Tab | None = None
        self._by_line: ByLine = {}
        self._history: History | None = None
        self._roots: tuple[Path, ...] = ()
        self._title: Sequence[Piece] = ()
        self._counts: Sequence[Piece] = ()
        self._busy = ""

    def compose(self) -> ComposeResult:
        yield self.bar
        yield from super().compose()

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
        self.list.put(lambda _width, _words: [], 3, keep=False)

    def show_busy(self, text: str) -> None:
        """Say what is being worked out, "" nothing any more; what was on show stays until then."""
        self._busy = text
        if not self.list.rows:
            self.list.hint = text or HINT
        self._retitle()

    def show_review(
        self,
        review: Review,
        *,
        waiting: bool = False,
        rehearsal: RehearseResult | None = None,
        tab: str = "",
    ) -> None:
        """The code with its findings. The same file again keeps the cursor on its line.

        `waiting`: there is more to come, from the models, the database and the rendered SQL.
        `rehearsal` is what was seen of it, where it was rehearsed as it is. `tab` is turned to;
        without one the same file keeps its tab, another begins with the code.
        """
        if tab:
            self._wish = named(tab)
        keep = self.review is not None and self.review.path == review.path
        title: list[Piece] = [("  " + (review.message or review.path.name), "text")]
        self._begin(review, review.path, title, head.counts(review, self.level))
        # Partial: a worker that another one replaces at once leaves no coroutine behind.
        self.run_worker(
            partial(self._load_review, review, keep, waiting, rehearsal),  # type: ignore[arg-type]
            group="review",
            exclusive=True,
        )

    def show_diff(self, change: FileChange) -> None:
        """A model file against the merge-base."""
        keep = self.review is None and self.path == change.path
        counts: list[Piece] = []
        if change.added:
            counts.append((f"+{change.added}", "added"))
        if change.removed:
            counts.append(("  " * bool(counts) + f"−{change.removed}", "removed"))
        self._begin(None, change.path, [("  " + change.shown, "text")], counts)
        self.run_worker(
            partial(self._load_diff, change, keep),  # type: ignore[arg-type]
            group="review",
            exclusive=True,
        )

    def show_details(
        self, revision: Revision, history: History | None = None, told: Sequence[str] = ()
    ) -> None:
        """The verbose view: parent, children, path, how it stands (`told`), docstring."""
        history = history or self._history
        children = history.children.get(revision.revision, ()) if history is not None else ()
        path = head.shown_path(revision.path, self._roots)
        self._begin(None, revision.path, [("  " + revision.message, "text")], ())
        self.workers.cancel_group(self, "review")
        self.list.put(
            lambda width, _words: head.details(revision, path, children, told, width),
            3,
            keep=False,
        )

    def _begin(
        self,
        review: Review | None,
        path: Path | None,
        title: Sequence[Piece],
        counts: Sequence[Piece],
    ) -> None:
        self.review, self.path = review, path
        self._title, self._counts, self._busy = title, counts, ""
        if review is None:
            self._content = None
            self.bar.show(None, "")
        self.list.hint = ""
        self._retitle()

    # ------------------------------------------------------------------------------------ loading

    async def _load_review(
        self, review: Review, keep: bool, waiting: bool, rehearsal: RehearseResult | None
    ) -> None:
        """First in one colour, at once; then in colours, when the lexer's thread has answered."""
        base, source = code.plain(review.diff_base), code.plain(review.source)
        content = Content(
            review,
            self._history.by_id.get(review.revision) if self._history is not None else None,
            head.shown_path(review.path, self._roots),
            await _steps(review, base, source),
            base,
            code.cached(review.source) or source,
            rehearsal=rehearsal,
            waiting=waiting,
        )
        self._by_line = by_line(review.rendered)
        self.list.forget()
        self._put(content, keep=keep)
        coloured = replace(
            content,
            source=await code.coloured(review.source),
            base=await code.coloured(review.diff_base),
        )
        if review.diff_base or coloured.source is not content.source:
            self._put(replace(coloured, sql=self._sql), keep=True)

    async def _load_sql(self, review: Review, rendered: RenderedRevision) -> None:
        """The colours and the locks of the SQL, once somebody looks at it."""
        coloured = await sql.coloured(rendered)
        if self._content is not None and self.review is review:
            self._put(replace(self._content, sql=coloured), keep=True)

    @property
    def _sql(self) -> Sql | None:
        """The SQL as far as it is made."""
        return self._content.sql if self._content is not None else None

    def _put(self, content: Content, *, keep: bool) -> None:
        self._content = content = replace(content, level=self.level)
        if not keep:
            self.tab = TABS[0]
        if self._wish is not None:
            self.tab, self._wish, keep = self._wish, None, False
        content = self._content = self._with_sql(content)
        self.bar.show(content, self.tab.name)
        self.list.put(self._layout(content), content.digits, keep=keep)
        self._retitle()

    def _with_sql(self, content: Content) -> Content:
        """For the tab that shows it, the SQL: at once in one colour."""
        rendered = content.review.rendered
        if self.tab.name != "sql" or content.sql is not None or rendered is None:
            return content
        self.run_worker(
            partial(self._load_sql, content.review, rendered),  # type: ignore[arg-type]
            group="review-sql",
            exclusive=True,
        )
        return replace(content, sql=sql.plain(rendered))

    def _layout(self, content: Content) -> Layout:
        tab = self.tab
        return lambda width, words: tab.rows(replace(content, words=words), width)

    async def _load_diff(self, change: FileChange, keep: bool) -> None:
        apart = await asyncio.to_thread(diff.take_apart, change.diff)
        last = max((row.number or 0 for row in apart.rows), default=0)
        where = standing(change)

        def layout(rows: Sequence[Row]) -> Callable[[int, str], list[Row]]:
            none = [head.text((" No text to compare: the file is binary or only moved.", "dim"))]
            return lambda width, _: [*head.change_head(change, where, width), *(rows or none)]

        digits = digits_of(last)
        self.list.put(layout(apart.rows), digits, keep=keep)
        old, new = await code.coloured(apart.old), await code.coloured(apart.new)
        self.list.put(layout(diff.in_colour(apart, old, new)), digits, keep=True)

    # ------------------------------------------------------------------------------------- title

    def _retitle(self) -> None:
        ink = self.ink
        left = inked(tuple(self._title), ink)
        words = self._busy or cut(self._counterpart(), self.size.width - FOOT_MARGIN)
        foot = [(words, ink.accent if self._busy else ink.dim)] if words else []
        self.set_frame(left, inked(tuple(self._counts), ink), foot)

    def _counterpart(self) -> str:
        if self._content is None or self.list.cursor >= len(self.list.rows):
            return ""
        row = self.list.rows[self.list.cursor]
        return counterpart(row, self._content.source, self._by_line)

    def restyle(self) -> None:
        self._retitle()
        super().restyle()

    # ------------------------------------------------------------------------------------ actions

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        event.stop()
        self._retitle()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Opens a fold; from a finding or a statement, goes to its code."""
        event.stop()
        row = self.list.rows[event.index]
        leads_to_code = row.kind in ("finding", "sql") or (row.kind == "text" and row.number)
        if self.list.open_fold(event.index) or not leads_to_code:
            return
        place = self.list.place
        self._turn(TABS[0])
        self.list.go(place)

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        event.stop()
        self.view.focus()
        self._turn(named(event.name))

    def action_tab(self, step: int) -> None:
        self._turn(neighbour(self.tab.name, step))

    def _turn(self, tab: Tab) -> None:
        """Another tab of the same review, at the corresponding place."""
        if self._content is None or tab is self.tab:
            return
        self.tab = tab
        self._content = self._with_sql(self._content)
        self.bar.show(self._content, tab.name)
        self.list.turn(self._layout(self._content), tab.name)
        self._retitle()

    def action_level(self) -> None:
        if self._content is None or self.review is None:
            return
        self.level = next_level(self.level)
        self._counts = head.counts(self.review, self.level)
        self._put(self._content, keep=True)

    def action_flag(self, step: int) -> None:
        if self.list.next_flag(step):
            return
        filtered = self.review is not None and self.review.findings and self.level != "note"
        told = (
            "Only less severe flags here: v shows them." if filtered else "There are no flags here."
        )
        self.notify(told, timeout=3)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("tab", "level"):
            return self._content is not None
        return super().check_action(action, parameters)

    def action_edit(self) -> None:
        if self.path is not None:
            self.post_message(EditRequested(self.path, self.list.file_line()))

    @property
    def finding(self) -> Finding | None:
        """The finding whose words are under the cursor."""
        if self.review is None or self.list.cursor >= len(self.list.rows):
            return None
        at = self.list.rows[self.list.cursor].finding
        return self.review.findings[at] if at is not None else None

    def picture(self, live: bool) -> str:
        """The open tab as an SVG, without what the database told unless `live`.

        Raises OpsmigError where there is nothing to picture, or too much.
        """
        from opsmig_tui.ui.panes.review.picture import picture

        if self._content is None:
            raise OpsmigError("There is no review to picture.")
        return picture(self._content, self.tab, live=live, dark=self.app.current_theme.dark)

    def copied(self) -> tuple[str, str]:
        finding = self.finding
        if finding is not None and self.review is not None:
            place = f"{self.review.path.name}:{finding.line}"
            text = f"{place}: {finding.rule}: {finding.message} {finding.why} {finding.remedy}"
            return text.strip(), "finding"
        if self.list.cursor >= len(self.list.rows):
            return "", ""
        return self.list.rows[self.list.cursor].text, "line"


async def _steps(
    review: Review, base: Sequence[CodeLine], source: Sequence[CodeLine]
) -> tuple[Step, ...]:
    """Both texts compared; of an edited file in a thread, for that may take its time."""
    texts = [[code.text_of(one) for one in lines] for lines in (base, source)]
    if not review.diff_base or review.diff_base == review.source:
        return compare(*texts)
    return await asyncio.to_thread(compare, *texts)
