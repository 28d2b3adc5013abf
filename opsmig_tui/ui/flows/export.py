"""Writing the review on show into a file: the open tab as a picture, or all of it as Markdown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.report_markdown import one_markdown
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.workspace.export import default_path, export, why_not_write

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
