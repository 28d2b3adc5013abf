"""The keys that do something with the finding at the cursor, or say why they cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from opsmig_tui.review.fixes.planners import EXPLAINED
from opsmig_tui.ui.messages import FixRequested, IgnoreRequested, PeekRequested, UndoRequested
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.panes.review.here import choose, findings_at
from opsmig_tui.ui.panes.review.view import ReviewList

if TYPE_CHECKING:
    from opsmig_tui.review.model import Finding, Review
    from opsmig_tui.ui.panes.review.content import Content


class FindingKeys(Pane):
    """A part of `ReviewPane`: its list, what is on show, and these keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fix", "fix", id="review.fix",
                tooltip="Fix the flag at this line; shows the change first"),
        Binding("i", "ignore", "ignore", id="review.ignore",
                tooltip="Ignore the flag at this line, for a reason that is written into the file"),
        Binding("z", "undo", "undo", show=False, id="review.undo",
                tooltip="Take the last fix or ignore back"),
        Binding("p", "peek", "rows", show=False, id="review.peek",
                tooltip="Look at some of the rows behind a finding about this database"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None) -> None:
        self.list = ReviewList()
        super().__init__(self.list, id=id)
        self.review: Review | None = None
        self._content: Content | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("peek", "fix", "ignore"):
            return self._content is not None
        return super().check_action(action, parameters)

    def action_peek(self) -> None:
        finding = self._here(
            lambda one: one.probe is not None,
            lambda one: f"No rows stand behind {one.rule}: it was read from the file.",
        )
        if finding is not None:
            self.post_message(PeekRequested(finding))

    def action_fix(self) -> None:
        finding = self._here(
            lambda one: one.fixable,
            lambda one: f"{one.rule} has no fix that opsmig could make. {one.remedy}".strip(),
            lambda one: one.rule in EXPLAINED,  # the reason is worked out where fixes are
        )
        if finding is not None and self.review is not None:
            self.post_message(FixRequested(self.review, finding))

    def action_ignore(self) -> None:
        finding = self._here(lambda _: True, lambda _: "")
        if finding is not None and self.review is not None:
            self.post_message(IgnoreRequested(self.review, finding))

    def action_undo(self) -> None:
        self.post_message(UndoRequested())

    def _here(
        self,
        fits: Callable[[Finding], bool],
        otherwise: Callable[[Finding], str],
        second: Callable[[Finding], bool] = lambda _: False,
    ) -> Finding | None:
        """The finding at the cursor that fits, failing that one that is `second`; where there is
        none, it is told why."""
        if self._content is None or self.list.cursor >= len(self.list.rows):
            return None
        findings = findings_at(self._content, self.list.rows[self.list.cursor])
        fits = fits if any(map(fits, findings)) else second
        finding, reason = choose(findings, fits, otherwise)
        if reason:
            self.notify(reason, timeout=5, markup=False)
        return finding
