"""Finishing the job: stage model and revision files, and commit them together."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Failed
from opsmig_tui.workspace.guards import refuse_when_read_only, refuse_while_running
from opsmig_tui.workspace.running import reported

if TYPE_CHECKING:
    from opsmig_tui.services.git_write import Staged
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace

CANCELLED = Failed("cancelled", "Cancelled: nothing was committed, what is staged still is.")
# Longer ones are cut by what shows a log.
_LONGEST_SUBJECT = 72


async def toggle_staged(workspace: Workspace, path: Path) -> str:
    """Stages the file, or takes it out again; returns which, as a sentence. Raises OpsmigError."""
    from opsmig_tui.services import git_write

    refuse_when_read_only(workspace, "stage a file")
    said = await git_write.toggle_staged(_repository(workspace), path, workspace.log_command)
    await workspace.refresh("git")
    return said


async def plan_commit(workspace: Workspace) -> Staged:
    """What a commit would hold. Raises OpsmigError, also where nothing is staged."""
    from opsmig_tui.services import git_write

    refuse_when_read_only(workspace, "commit")
    refuse_while_running(workspace)
    return await git_write.staged(_repository(workspace), workspace.log_command)


def suggested_message(state: WorkspaceState, plan: Staged, repository: Path) -> str:
    """From the staged migrations' own messages, else from the staged models; "" without either."""
    staged = {repository / name for _, name in plan.files}
    view, git = state.history.value, state.git.value
    items = view.history.revisions if view is not None else ()
    found = [item.message for item in reversed(items) if item.path in staged and item.message]
    if not found and git is not None:
        subjects = dict.fromkeys(
            model.subject.split(".")[0]
            for change in git.changes
            if change.path in staged
            for model in change.models
        )
        found = [f"change {', '.join(subjects)}"] if subjects else []
    text = ", ".join(found)
    if len(text) > _LONGEST_SUBJECT:
        text = f"{found[0]} and {len(found) - 1} more" if len(found) > 1 else text
    return text[:1].upper() + text[1:]


def told_of(plan: Staged, message: str) -> list[str]:
    """What is about to happen, a sentence a line, for the question above the diff."""
    from opsmig_tui.services.git_write import commit_command

    count = len(plan.files)
    listed = ", ".join(f"{letter} {name}" for letter, name in plan.files[:12])
    more = f" and {count - 12} more" if count > 12 else ""
    where = f"on {plan.branch}" if plan.branch else "on no branch: HEAD is detached"
    return [
        f"Commits {count} staged file{'' if count == 1 else 's'} {where}: {listed}{more}",
        "The repository's own hooks run; their output goes to Output.",
        f"$ {shlex.join(commit_command(message))}",
    ]


async def commit(workspace: Workspace, plan: Staged, message: str) -> str:
    """Commits what was shown; hooks run, their output streams. Returns the commit's short id.

    The message is kept for the next try where it fails. Raises OpsmigError, WorkerFailed where it
    was cancelled.
    """
    from opsmig_tui.services import git_write

    refuse_when_read_only(workspace, "commit")
    refuse_while_running(workspace)
    repository = _repository(workspace)
    workspace.commit_message = message
    if not await git_write.unchanged(repository, plan):
        raise OpsmigError(
            "Not committed: what is staged, or the branch, is another by now.", hint="Look again."
        )
    command = shlex.join(git_write.commit_command(message))
    workspace.log_command(command)
    try:
        async with reported(workspace, "commit", command, cancelled=CANCELLED) as reporter:
            made = await git_write.commit(
                repository, message, lambda line: reporter.say("print", line)
            )
            workspace.commit_message = ""
            reporter.succeed(f"committed {made}")
    finally:
        await workspace.refresh("git")  # hooks change files, too
    return made


def _repository(workspace: Workspace) -> Path:
    found = workspace.project.repository
    if found is None:
        raise OpsmigError("This project is in no git repository.")
    return found
