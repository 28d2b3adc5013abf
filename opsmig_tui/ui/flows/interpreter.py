"""Choosing the project's Python."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.project.chosen import chosen_python
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.workspace.interpreter import change_interpreter

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen

ASKING = (
    "The Python whose alembic runs this project: its path, the folder of an environment or a "
    "command; container:SERVICE for that inside a compose service. Remembered for this project; "
    "with nothing here it is looked for anew."
)


async def change(screen: MainScreen) -> None:
    """Raises OpsmigError where the answer is no Python with alembic."""
    project = screen.workspace.project
    before = project.interpreter
    now = f"{before.name}: {before.reason}." if before else project.interpreter_problem
    from opsmig_tui.services.compose.inside import offer

    inside = f"\n\n{said}." if (said := await asyncio.to_thread(offer, project)) else ""
    dialog = AskScreen(
        "Interpreter",
        f"Now {now}\n\n{ASKING}{inside}",
        text=chosen_python(project.config.path),
        check=lambda _: "",
        take="Use it",
    )
    named = await screen.app.push_screen_wait(dialog)
    if named is None:
        return
    work = change_interpreter(screen.workspace, named)
    found = await waiting(screen.app, "looking for it, and asking the project anew …", work)
    screen.tell(f"{found.name}: {found.reason}.")
