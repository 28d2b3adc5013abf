"""Shell completion of revisions, read from the files: no project code runs at a tab."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem


def complete_revision(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Revision ids with their messages; nothing where there is no project to read."""
    from opsmig_tui.history.reader import read_history
    from opsmig_tui.project.errors import OpsmigError
    from opsmig_tui.project.model import Candidates, OpenOptions
    from opsmig_tui.project.open import open_project

    try:
        opened = open_project(
            OpenOptions(context.params.get("directory") or Path.cwd()), run_tools=False
        )
    except OpsmigError:
        return []
    if isinstance(opened, Candidates):
        return []
    history = read_history(opened.config.version_locations, opened.config.recursive)
    return [
        CompletionItem(item.revision, help=item.message)
        for item in history.revisions
        if item.revision.startswith(incomplete)
    ]
