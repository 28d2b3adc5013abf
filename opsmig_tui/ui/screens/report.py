"""What testing a revision showed: each leg, its time, and the statement that failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.messages import CopyRequested
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line

if TYPE_CHECKING:
    from opsmig_tui.workspace.test import Leg, TestReport


class ReportScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.copy-report", "y", "copy", "copy", "Copy the report"),
        key("dialog.close-report", "q", "close", "close", "Close the report"),
    ]

    def __init__(self, report: TestReport) -> None:
        verdict = "works both ways" if report.ok else "failed"
        super().__init__(f"Test of {report.revision}: {verdict}", classes=_colour(report))
        self.report = report

    def body(self) -> ComposeResult:
        for leg in self.report.legs:
            yield from _leg(leg)

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("esc", "Close", "close", id="close")
            yield Choice("y", "Copy", "copy", id="copy")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#close").focus()

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self.report.text + "\n", "the report"))


def _colour(report: TestReport) -> str:
    return "" if report.ok else "-danger"


def _leg(leg: Leg) -> Iterator[Line]:
    sign = Content.styled("✓ ", "$applied") if leg.ok else Content.styled("✖ ", "$error")
    took = f"{leg.elapsed_ms:,.0f} ms"
    name = Content.assemble((f"{leg.name:<16}", "bold"), (f"{took:>9}", "$dim"))
    if leg.ok:
        yield Line(sign, name + f"   {leg.text}")
        return
    yield Line(sign, name)
    yield Line("", Content.styled(leg.text, "$error"), indent=2)
