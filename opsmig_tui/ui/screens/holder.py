"""A session that the run waits for: end it, and how?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.worker.protocol import Holder
from opsmig_tui.workspace.holders import idle
from opsmig_tui.workspace.waiting import doing

Answer = Literal["cancel", "terminate", "next"]


class HolderScreen(Dialog[Answer | None]):
    """Names the session. "cancel" means its statement; "next" wants to see another of `count`."""

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("holder.cancel", "c", "end('cancel')", "cancel", "Cancel the session's statement"),
        key("holder.terminate", "t", "end('terminate')", "terminate", "Terminate the session"),
        key("holder.next", "o", "end('next')", "another", "Show the next session in the way"),
        key("dialog.no", "n", "close", "no", "Do nothing and go back"),
    ]

    def __init__(self, holder: Holder, number: int = 1, count: int = 1) -> None:
        super().__init__(f"End session {holder.pid}?", classes="-danger")
        self.holder = holder
        self.number, self.count = number, count

    def body(self) -> ComposeResult:
        yield from about(self.holder)
        yield Line("", "")
        yield Line("", "Terminating closes its connection and undoes its transaction.")
        if idle(self.holder):
            yield Line("", "It runs no statement, so there is none to cancel.")
        else:
            yield Line("", "Cancelling ends its statement with an error; it stays connected.")

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("n", "No, go back", "close", id="no")
            if self.count > 1:
                yield Choice(
                    "o", f"Another ({self.number} of {self.count})", "end('next')", id="next"
                )
            if not idle(self.holder):
                yield Choice("c", "Cancel", "end('cancel')", id="cancel", focusable=False)
            yield Choice("t", "Terminate", "end('terminate')", id="terminate", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#no").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "end":
            return True
        return not (
            (parameters == ("next",) and self.count == 1)
            or (parameters == ("cancel",) and idle(self.holder))
        )

    def action_end(self, answer: Answer) -> None:
        if not self.deaf:
            self.dismiss(answer)


def about(holder: Holder) -> Sequence[Line]:
    """Who it is and what it does, a line each."""
    known = (
        ("program", holder.application or holder.kind or "not named"),
        ("user", holder.user or "not known"),
        ("from", holder.address or "this machine"),
        ("does", doing(holder)),
        ("query", " ".join(holder.query.split())),
    )
    return [
        Line(Content.styled(f"{name:<9}", "$dim"), Content.styled(text, "bold"))
        for name, text in (("pid", str(holder.pid)), *known)
        if text
    ]
