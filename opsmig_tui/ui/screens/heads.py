"""Several heads side by side: what each brings, what both touch, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from opsmig_tui.ui.keys import SCROLL, key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.workspace.heads import Heads, Side, warnings

SIGNS = {True: "●", False: "○", None: "•"}
SHORT = 12
MOST = 9  # answers: each is a digit


@dataclass(frozen=True)
class Way:
    """Something to do: merge all (`mine` is ""), or `mine` on top of `onto`."""

    text: str
    mine: str = ""
    onto: str = ""


def ways(heads: Heads) -> tuple[Way, ...]:
    """Merging first; then the moves of this branch's own head, or of any where that is unknown."""
    every = [side.head for side in heads.sides]
    movers = [heads.mine] if heads.mine else every
    moves = [
        Way(f"Move {mine[:SHORT]} on top of {onto[:SHORT]}", mine, onto)
        for mine in movers
        for onto in every
        if mine != onto
    ]
    merge = Way("Merge them with a revision of its own" if len(every) == 2 else "Merge them all")
    return (merge, *moves)[:MOST]


class HeadsScreen(Dialog[Way | None]):
    """Results in what is to be done; that is shown and asked about once more. `dated`: file names
    have dates, so a switch offers new ones; `dates` tells its state."""

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(f"heads.{n}", str(n), f"take({n})", f"way {n}", f"Take way {n}")
            for n in range(1, MOST + 1)
        ),
        key("dialog.option", "ctrl+o", "option", "option", "Switch the option on or off"),
        *SCROLL,
    ]

    def __init__(self, heads: Heads, *, dated: bool = False, why_not: str = "") -> None:
        super().__init__(f"{len(heads.sides)} heads", classes="-wide")
        self.heads, self.dated, self.why_not = heads, dated, why_not
        self.dates = False
        self.ways = ways(heads)

    def body(self) -> ComposeResult:
        for side in self.heads.sides:
            yield from _side(side)
        common = ", ".join(self.heads.common)
        text = f"They stand on {common}." if common else "They have no revision in common."
        yield Line("", Content.styled(text, "$dim"))
        for warning in warnings(self.heads):
            yield Line(Content.styled("▲ ", "$warning"), warning)

    def below(self) -> ComposeResult:
        with Vertical(id="ways"):
            for number, way in enumerate(self.ways, 1):
                choice = Choice(str(number), way.text, f"take({number})", id=f"way-{number}")
                choice.set_class(bool(self.why_not), "-off")
                yield choice
        with Horizontal(classes="choices"):
            if self.dated:
                yield Choice("ctrl+o", "", "option", id="option", focusable=False)
            yield Choice("esc", "Leave", "close", id="leave")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#leave").focus()
        self._show_option()

    def action_take(self, number: int) -> None:
        if self.deaf:
            return
        if self.why_not:
            self.notify(self.why_not, severity="warning", markup=False)
        else:
            self.dismiss(self.ways[number - 1])

    def action_option(self) -> None:
        self.dates = not self.dates
        self._show_option()

    def _show_option(self) -> None:
        if self.dated:
            sign = "[x]" if self.dates else "[ ]"
            words = Content.assemble(("ctrl+o", "bold"), f"  {sign} date moved ones as of now")
            self.query_one("#option", Static).update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "take":
            return int(str(parameters[0])) <= len(self.ways)
        return self.dated if action == "option" else True


def _side(side: Side) -> Iterator[Line]:
    name = Content.assemble(
        (side.head, "bold"), ("  this branch's own" if side.mine else "", "$dim")
    )
    yield Line("", name)
    for step in side.steps:
        sign = SIGNS[step.applied]
        yield Line(
            f"{sign} ", f"{step.revision.revision[:SHORT]}  {step.revision.message}", indent=1
        )
        for text in _few(step.does):
            yield Line("", Content.styled(text, "$dim"), indent=5)
    yield Line("", "")


def _few(texts: Sequence[str], most: int = 6) -> Sequence[str]:
    return texts if len(texts) <= most else (*texts[:most], f"and {len(texts) - most} more")
