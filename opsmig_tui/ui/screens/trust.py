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

    TITLE = "Do you trust this project?"
    YES = "Trust it"

    def __init__(self, project: Project, inside: Interpreter | None = None) -> None:
        """`inside` is what is taken where this machine turns out to have no Python for it."""
        super().__init__(self.TITLE)
        self.project = project
        self.inside = inside

    def body(self) -> ComposeResult:
        yield Static(self.explained(), classes="text")

    def explained(self) -> Content:
        return explanation(self.project, self.inside)

    def below(self) -> ComposeResult:
        with Horizontal(classes="choices"):
            yield Choice("n", "Not now", "close", id="no")
            yield Choice("y", self.YES, "yes", id="yes", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#no").focus()

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_close(self) -> None:
        self.dismiss(False)


class AppScreen(TrustScreen):
    """Results in True when the project's Flask app may be loaded, from now on and next time."""

    TITLE = "Load the Flask app?"
    YES = "Load it"

    def explained(self) -> Content:
        return app_explanation(self.project)


def app_explanation(project: Project) -> Content:
    """What loading the app means, and what works without."""
    return Content.assemble(
        (f"{project.config.flask_app}\n{project.root}", "bold"),
        "\n\n",
        "Flask-Migrate's env.py takes the database from the app. So this means loading the Flask "
        f"app {project.config.flask_app}, which may do anything when it is created, in each "
        "process that opsmig starts here. What it does through SQLAlchemy meanwhile cannot write "
        "to PostgreSQL or SQLite.",
        "\n\n",
        ("without  ", "$dim"),
        "history, changes, review of the files\n",
        ("with     ", "$dim"),
        "position, drift, create, upgrade, downgrade, test\n\n",
        ("The answer is remembered for this app.  t asks again.", "$dim"),
    )


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
