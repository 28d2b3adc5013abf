"""Shell completion of revisions, read from the files: no project code runs at a tab."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from opsmig_tui.cli.options import open_options

SYMBOLS = {"head": "the newest revision", "base": "before the first revision"}


def complete_revision(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Revision ids with their messages, head and base; nothing where there is no project to read.

    What begins like a path is left to the shell.
    """
    from opsmig_tui.history.reader import read_history
    from opsmig_tui.project.errors import OpsmigError
    from opsmig_tui.project.model import Candidates
    from opsmig_tui.project.open import open_project

    if os.sep in incomplete or incomplete.startswith("."):
        return [CompletionItem(incomplete, type="file")]
    # While completing, click parses the options but runs nothing that would merge them.
    outer = context.find_root().params
    try:
        with context.scope(cleanup=False):
            options = open_options({**outer, **_given(context.params)})
        opened = open_project(options, run_tools=False)
    except OpsmigError:
        return []
    if isinstance(opened, Candidates):
        return []
    history = read_history(opened.config.version_locations, opened.config.recursive)
    named = {**SYMBOLS, **{item.revision: item.message for item in history.revisions}}
    return [
        CompletionItem(name, help=text)
        for name, text in named.items()
        if name.startswith(incomplete)
    ]


def _given(params: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if value not in (None, ())}
