"""A page for a request that failed: whose error it is, where, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Collapsible, Static

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.messages import CopyRequested, EditRequested
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.worker.protocol import Failed
from opsmig_tui.workspace.failure_text import leftovers

TITLES = {
    "database": "The database refused",
    "connection": "The database cannot be reached",
    "identity": "Not the database that was confirmed",
    "locked": "Another run is under way",
    "cancelled": "Cancelled",
    "project": "The project's own code failed",
    "alembic": "Alembic refused",
    "dependency": "Something is not installed",
    "crash": "The worker died",
    "protocol": "The worker answered something else",
}


#: Failures before anything was asked of a database: nothing that needs the project's code works.
MEANWHILE = ("project", "dependency", "connection", "crash", "protocol")
WORKS = "history, git and the review of the text go on without it"


class FailureScreen(Dialog[bool]):
    """Results in True when it shall be tried again. Files are shown as seen from `root`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.retry", "r", "retry", "retry", "Try the same again"),
        key("dialog.edit", "e", "edit", "edit", "Open the failing line in $EDITOR"),
        key("dialog.copy", "y", "copy", "copy", "Copy the whole error"),
        key("dialog.traceback", "t", "traceback", "traceback", "Show or fold the traceback"),
    ]

    def __init__(self, failed: Failed, root: Path | None = None) -> None:
        super().__init__(TITLES.get(failed.kind, "That failed"), classes="-danger -wide")
        self.failed = failed
        self.root = root

    def body(self) -> ComposeResult:
        (_, message), *rows = explanation(self.failed, self.root)
        yield Line("", Content.styled(message, "bold $error"))
        yield Line("", "")
        for name, text in rows:
            yield Line(Content.styled(f"{name:<13}", "$dim"), text)
        if self.failed.kind in MEANWHILE:
            yield Line(Content.styled(f"{'meanwhile':<13}", "$dim"), WORKS)
        if self.failed.traceback:
            with Collapsible(title="traceback", id="traceback"):
                yield Static(self.failed.traceback.rstrip(), markup=False)

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("esc", "Close", "close", id="close")
            yield Choice("r", "Try again", "retry", id="retry", focusable=False)
            if self.failed.file:
                yield Choice("e", "Edit", "edit", id="edit")
            yield Choice("y", "Copy", "copy", id="copy")
            if self.failed.traceback:
                yield Choice("t", "Traceback", "traceback", id="fold")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#close").focus()

    def action_retry(self) -> None:
        self.dismiss(True)

    def action_edit(self) -> None:
        if self.failed.file:
            self.post_message(EditRequested(Path(self.failed.file), self.failed.line or 1))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(as_text(self.failed), "the error"))

    def action_traceback(self) -> None:
        for fold in self.query("#traceback").results(Collapsible):
            fold.collapsed = not fold.collapsed


def explanation(failed: Failed, root: Path | None = None) -> list[tuple[str, str]]:
    """Everything but the traceback, as (name, text); the first is the message, which needs no name.

    The place is shown from `root` on.
    """
    place = failed.file or ""
    if root is not None and place and Path(place).is_relative_to(root):
        place = str(Path(place).relative_to(root))
    if failed.line:
        place += f":{failed.line}"
    now = ""
    if failed.current is not None:
        now = ", ".join(failed.current) or "base (no revision applied)"
    rows = [
        ("", failed.message),
        ("detail", failed.detail),
        ("hint", failed.hint),
        ("at", place),
        ("statement", failed.statement.strip()),
        ("SQLSTATE", failed.sqlstate),
        ("committed", ", ".join(failed.committed)),
        ("rolled back", ", ".join(failed.rolled_back)),
        *leftovers(failed),
        ("stands at", now),
    ]
    return [(name, text) for name, text in rows if text]


def as_text(failed: Failed) -> str:
    """Everything that is shown, for the clipboard."""
    lines = [f"{name}: {text}".removeprefix(": ") for name, text in explanation(failed)]
    if failed.traceback:
        lines += ["", failed.traceback.rstrip()]
    return "\n".join(lines) + "\n"
