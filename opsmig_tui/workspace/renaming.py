"""Another message for a revision: in its docstring and in its file's name. The id stays."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.history.file_names import renamed
from opsmig_tui.history.model import Revision
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.fixes.identity import rewritten
from opsmig_tui.workspace.batch import Batch, batch
from opsmig_tui.workspace.edits import current_text
from opsmig_tui.workspace.shared import history_of

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


def why_not_message(message: str) -> str:
    """Why a text cannot be a revision's message; "" when it can."""
    if not message.strip():
        return "A revision needs a message: say in a few words what it changes."
    if not message.isprintable():
        return "A message is one line of plain text."
    if "\\" in message or '"""' in message or "'''" in message or message[-1] in "\"'":
        return "A message holds no backslash and no triple quotes, and ends with no quote."
    return ""


async def propose_rename(workspace: Workspace, revision: str, message: str) -> Batch:
    """What it would write, and the file's new name. Nothing is. Raises OpsmigError."""
    if reason := why_not_message(message):
        raise OpsmigError(reason)
    item = history_of(workspace).by_id[revision]
    return await asyncio.to_thread(_batch, workspace, item, message.strip())


def _batch(workspace: Workspace, item: Revision, message: str) -> Batch:
    text = current_text(item.path)
    new = rewritten(item.path, text.text, message=message)
    notes = []
    target = renamed(
        workspace.project.config.file_template, item.path, item.revision, message=message
    )
    if target is None:
        notes.append(f"{item.path.name} keeps its name, which is not as file_template says.")
    if new == text.text and item.message != message:
        notes.append("Its docstring is no plain literal and stays.")
    title = f"Renames {item.revision} to {message!r}."
    return batch(workspace, title, [(text, new, target or item.path)], tuple(notes))
