"""Writing into a file: the open tab as a picture, the review as Markdown, pending ones as SQL."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.report_markdown import one_markdown
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.worker.protocol import MASK
from opsmig_tui.workspace.export import default_path, export, free_path, why_not_write
from opsmig_tui.workspace.script import script

if TYPE_CHECKING:
    from opsmig_tui.review.model import Review
    from opsmig_tui.ui.screens.main import MainScreen
    from opsmig_tui.workspace.workspace import Workspace

LIVE = "with values from this database"


async def export_markdown(screen: MainScreen) -> None:
    """Asks where to, and writes the whole review, to be pasted elsewhere. Raises OpsmigError."""
    review = _on_show(screen)
    answer = await _ask(screen, review, "Export as Markdown", ".md")
    if answer is not None:
        path, live = answer
        _write(screen, path, one_markdown(review, live))


async def export_picture(screen: MainScreen) -> None:
    """Asks where to, and writes an SVG. Raises OpsmigError."""
    pane = screen.board.review
    review = _on_show(screen)
    answer = await _ask(screen, review, "Export a picture", ".svg")
    if answer is not None:
        path, live = answer
        text = await asyncio.to_thread(pane.picture, live)
        _write(screen, path, text)


async def export_sql(screen: MainScreen) -> None:
    """Writes what is pending as SQL, for whoever runs it elsewhere. Raises OpsmigError,
    WorkerFailed."""
    if not await trusted(screen):
        return
    workspace = screen.workspace
    current = workspace.state.current or ()
    if len(current) > 1:
        raise OpsmigError(
            f"The database stands at {', '.join(current)}: alembic writes SQL from one of them.",
            hint="opsmig upgrade FROM:TO --sql takes a range.",
        )
    span = f"{current[0]}:heads" if current else "heads"
    dialog = AskScreen(
        f"SQL of {span}",
        "The file to write. What exists already is left alone; nothing runs.",
        text=str(free_path(workspace, f"upgrade-{current[0] if current else 'base'}", ".sql")),
        check=lambda text: why_not_write(_path(workspace, text)) if text else "Name a file.",
        take="Write it",
    )
    text = await screen.app.push_screen_wait(dialog)
    if text is None:
        return
    made = await waiting(screen.app, "alembic writes the SQL …", script(workspace, "upgrade", span))
    _write(screen, _path(workspace, text), made.sql)
    if MASK in made.sql:
        screen.tell(f"Passwords in it are masked as {MASK}: put them back.", warning=True)


def _on_show(screen: MainScreen) -> Review:
    review = screen.board.review.review
    if review is None:
        raise OpsmigError(
            "There is no review to export.", hint="enter on a revision in History shows one."
        )
    return review


async def _ask(
    screen: MainScreen, review: Review, title: str, suffix: str
) -> tuple[Path, bool] | None:
    """The file, and whether what the database told goes into it: only when asked for."""
    workspace = screen.workspace
    dialog = AskScreen(
        title,
        "The file to write. What exists already is left alone.",
        text=str(default_path(workspace, review, suffix)),
        check=lambda text: why_not_write(_path(workspace, text)) if text else "Name a file.",
        option=LIVE if any(one.live for one in review.findings) else "",
        take="Write it",
    )
    text = await screen.app.push_screen_wait(dialog)
    return (_path(workspace, text), dialog.chosen) if text is not None else None


def _path(workspace: Workspace, text: str) -> Path:
    return workspace.project.root / Path(text).expanduser()


def _write(screen: MainScreen, path: Path, text: str) -> None:
    export(screen.workspace, path, text)
    screen.tell(f"Wrote {path}.")
