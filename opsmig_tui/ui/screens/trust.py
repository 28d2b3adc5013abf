"""The first time in a repository: may its code run?"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from opsmig_tui.project.model import Interpreter, Project
from opsmig_tui.ui.keys import key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog


class TrustScreen(Dialog[bool]):
    """Results in True when the project's code may run, from now on and next time."""

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.trust", "y", "yes", "yes", "Let this project's code run, and remember it"),
        key("dialog.no-trust", "n", "close", "no", "Go on without it"),
    ]

    def __init__(self, project: Project, inside: Interpreter | None = None) -> None:
        """`inside` is what is taken where this machine turns out to have no Python for it."""
        super().__init__("Do you trust this project?")
        self.project = project
        self.inside = inside

    def body(self) -> ComposeResult:
        yield Static(explanation(self.project, self.inside), classes="text")

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("n", "Not now", "close", id="no")
            yield Choice("y", "Trust it", "yes", id="yes", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#no").focus()

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)


def explanation(project: Project, inside: Interpreter | None = None) -> Content:
    """What trusting means, and what works without."""
    python = project.interpreter
    with_python = f"{python.name}\n({python.reason})" if python else project.interpreter_problem
    if inside is not None:
        with_python += f"\nor else {inside.name}"
    return Content.assemble(
        (str(project.repository or project.root), "bold"),
        "\n\n",
        "To ask the database or compare the models, opsmig runs this project's own code (env.py, "
        "the models), as alembic itself does, with:\n",
        (with_python, "$dim"),
        "\n\n",
        ("without  ", "$dim"),
        "history, changes, review of the files\n",
        ("with     ", "$dim"),
        "position, drift, create, upgrade, downgrade, test\n\n",
        ("The answer is remembered for this folder.  t asks again.", "$dim"),
    )
