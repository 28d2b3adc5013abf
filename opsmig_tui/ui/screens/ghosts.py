"""Ghosts: what the database has and no file here, who has it, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from opsmig_tui.history.ghosts import Ghost
from opsmig_tui.ui.keys import SCROLL, key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.workspace.ghosts import Way, told

MOST = 9  # answers: each is a digit


class GhostsScreen(Dialog[Way | None]):
    """Results in the way that was taken; what changes something is shown and asked about again.
    `why_not` is why nothing may be changed now, "" when it may."""

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(f"ghosts.{n}", str(n), f"take({n})", f"way {n}", f"Take way {n}")
            for n in range(1, MOST + 1)
        ),
        *SCROLL,
    ]

    def __init__(self, ghosts: Sequence[Ghost], ways: Sequence[Way], why_not: str = "") -> None:
        super().__init__("Only the database has these", classes="-wide")
        self.ghosts, self.ways, self.why_not = ghosts, tuple(ways)[:MOST], why_not

    def body(self) -> ComposeResult:
        for one in self.ghosts:
            yield from _ghost(one)

    def below(self) -> ComposeResult:
        with Vertical(id="ways"):
            for number, way in enumerate(self.ways, 1):
                text = f"{way.command}   {_why(way)}"
                choice = Choice(str(number), text, f"take({number})", id=f"way-{number}")
                choice.set_class(bool(self._reason(way)), "-off")
                yield choice
        with Horizontal(classes="choices"):
            yield Choice("esc", "Leave", "close", id="leave")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#leave").focus()

    def action_take(self, number: int) -> None:
        if self.deaf:
            return
        way = self.ways[number - 1]
        if reason := self._reason(way):
            self.notify(reason, severity="warning", markup=False)
        else:
            self.dismiss(way)

    def _reason(self, way: Way) -> str:
        return "" if way.kind == "checkout" else self.why_not

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return int(str(parameters[0])) <= len(self.ways) if action == "take" else True


def _why(way: Way) -> str:
    return "copied, for you to run" if way.kind == "checkout" else way.why


def _ghost(one: Ghost) -> Iterator[Line]:
    standing = "the database stands at it" if one.current else "another ghost stands on it"
    name = Content.assemble(
        ("? ", "$error"), (one.revision, "bold"), f"  {one.message}  ", (standing, "$dim")
    )
    yield Line("", name)
    for text in told(one):
        yield Line("", text, indent=2)
    for file in one.files[1:]:
        also = f"also: {file.revision.path} on {file.held_by}, {file.date[:10]}"
        yield Line("", Content.styled(also, "$dim"), indent=2)
    yield Line("", "")
