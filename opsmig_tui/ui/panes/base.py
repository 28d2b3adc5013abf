"""What all panes share: the frame with its title, the one list inside, and `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from opsmig_tui.ui.messages import CopyRequested
from opsmig_tui.ui.theme import Inks, inks
from opsmig_tui.ui.widgets.paint import Part, cut, measure
from opsmig_tui.ui.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.widgets.line_view import LineView
    from opsmig_tui.workspace.state import WorkspaceState

#: Characters a title may be cut down to; one that is short anyway is shown whole or not at all.
SHORTEST_CUT, SHORTEST_TO_CUT = 7, 13


class Pane(Vertical):
    """A frame around one `LineView`. It never calls a use case or another pane: it posts messages.

    `show` is given every new state; a pane compares the parts it shows and repaints only on change.
    """

    number: ClassVar[int] = 0
    heading: ClassVar[str] = ""
    #: Signs in its lines that help explains, each with its sentence.
    signs: ClassVar[tuple[tuple[str, str], ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Filter", key_display="/", show=False, id="pane.search",
                tooltip="Look for text in this pane"),
        Binding("n", "match(1)", "Next match", show=False, id="pane.next-match"),
        Binding("N", "match(-1)", "Previous match", show=False, id="pane.previous-match"),
        Binding("y", "copy", "Copy", show=False, id="pane.copy",
                tooltip="Copy the line to the clipboard"),
        Binding("escape", "unsearch", "Close", show=False, id="pane.unsearch",
                tooltip="Stop filtering"),
    ]  # fmt: skip

    def __init__(self, view: LineView, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self.view = view
        self._left: Sequence[Part] = ()
        self._right: Sequence[Part] = ()
        self._foot: Sequence[Part] = ()
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield self.view
        yield SearchBar()

    def show(self, state: WorkspaceState) -> None:
        raise NotImplementedError

    def is_news(self, *parts: object) -> bool:
        """Whether any of these parts of the state is another object than at the last call."""
        old, self._shown = self._shown, parts
        return len(old) != len(parts) or any(a is not b for a, b in zip(old, parts, strict=True))

    @property
    def ink(self) -> Inks:
        return inks(self.app.current_theme.dark)

    def focus(self, scroll_visible: bool = True) -> Self:
        self.view.focus(scroll_visible)
        return self

    # ------------------------------------------------------------------------------------- frame

    def on_mount(self) -> None:
        self.draw_frame()

    def on_resize(self) -> None:
        self.draw_frame()

    def on_descendant_focus(self) -> None:
        self.draw_frame()

    def on_descendant_blur(self) -> None:
        self.draw_frame()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_mounted:
            self.restyle()

    def restyle(self) -> None:
        """The theme is another one: whatever holds colours is made anew."""
        self.draw_frame()

    def set_frame(
        self, left: Sequence[Part] = (), right: Sequence[Part] = (), foot: Sequence[Part] = ()
    ) -> None:
        """What stands after the pane's name, at the right end of the upper edge, and below."""
        if (left, right, foot) != (self._left, self._right, self._foot):
            self._left, self._right, self._foot = left, right, foot
            self.draw_frame()

    def draw_frame(self) -> None:
        """Write the title so that its right part ends at the right corner."""
        if not self.is_mounted:
            return
        ink = self.ink
        focused = self.has_focus_within
        edge = ink.accent if focused else ink.edge
        name = ink.heading if focused else ink.strong
        number = f"{self.number} " if self.number else ""
        left: list[Part] = [(number, ink.dim), (self.heading, name), *self._left]
        right = list(self._right)
        # Textual keeps a cell at each end of an edge and, beside each corner, a blank and one more.
        corners = 0 if self.has_class("-collapsed") else 2
        room = self.outer_size.width - 2 - 2 * corners
        if not corners:
            left.insert(0, (" ", ink.dim))
            (right or left).append((" ", ink.dim))
        if right:
            keep = room - measure(right) - 4
            while len(left) > 3 - corners // 2 and measure(left) > keep:
                text, style = left.pop()
                shorter = cut(text, keep - measure(left))
                may_cut = len(text.strip()) >= SHORTEST_TO_CUT
                if may_cut and len(shorter.strip()) >= SHORTEST_CUT:
                    left.append((shorter, style))
                    break
            fill = room - measure(left) - measure(right) - 2
            left += [(" " + "─" * max(0, fill) + " ", edge), *right]
        self.border_title = _text(left)
        self.border_subtitle = _text(self._foot) if self._foot else None

    # ------------------------------------------------------------------------------------ search

    def action_search(self) -> None:
        self.query_one(SearchBar).open()

    def action_match(self, step: int) -> None:
        self.view.next_match(step)

    def action_unsearch(self) -> None:
        self.query_one(SearchBar).dismiss()
        self.view.search("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("unsearch", "match"):
            return bool(self.view.query_text)
        return super().check_action(action, parameters)

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        event.stop()
        count = self.view.search(event.words)
        many = "1 match" if count == 1 else f"{count:,} matches"
        self.query_one(SearchBar).say(many if event.words else "")

    def on_search_bar_closed(self, event: SearchBar.Closed) -> None:
        event.stop()
        self.view.focus()
        if not event.keep:
            self.action_unsearch()

    # -------------------------------------------------------------------------------------- copy

    def copied(self) -> tuple[str, str]:
        """What `y` copies, and what to call it. "" when there is nothing."""
        if not self.view.line_count:
            return "", ""
        return self.view.row_text(self.view.cursor).strip(), "line"

    def action_copy(self) -> None:
        text, what = self.copied()
        if text:
            self.post_message(CopyRequested(text, what))


def _text(parts: Sequence[Part]) -> Text:
    return Text.assemble(*[(text, style) for text, style in parts], no_wrap=True, end="")
