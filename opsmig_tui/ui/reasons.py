"""Why an action cannot run now: one sentence, or "". Shown by its key and by the palette."""

from __future__ import annotations

from opsmig_tui.workspace.state import WorkspaceState

CHANGES_SOMETHING = frozenset({
    "create", "empty_revision", "rehearse", "upgrade", "downgrade", "stamp", "test",
    "version_table", "upgrade_sql", "start_database", "stop_database", "restart_database", "psql",
    "commit", "run_command",
})  # fmt: skip
WRITES_A_FILE = frozenset({
    "fix", "fix_all", "ignore", "undo", "rename", "export_picture", "export_markdown", "stage",
})  # fmt: skip
NEEDS_PYTHON = frozenset({
    "create", "empty_revision", "rehearse", "upgrade", "downgrade", "stamp", "test",
    "version_table", "upgrade_sql",
})  # fmt: skip


def why_not(action: str, state: WorkspaceState) -> str:
    """`action` is the name of the main screen's action, without its arguments."""
    if action == "trust" and state.trusted:
        return "This project is trusted already."
    if action == "switch_project" and state.running and state.run is not None:
        return f"{state.run.title} is still running; ctrl+c cancels it."
    if action not in CHANGES_SOMETHING | WRITES_A_FILE:
        return ""
    if state.read_only:
        return "Read-only: opened with --read-only, nothing is changed."
    if action in WRITES_A_FILE:
        return ""
    if state.run is not None and state.run.active:
        return f"{state.run.title} is still running; ctrl+c cancels it."
    if action in NEEDS_PYTHON and state.project.interpreter is None:
        return state.project.interpreter_problem
    return ""


def why_not_upgrade_to(revision: str, state: WorkspaceState) -> str:
    """Why `u` cannot go to the revision that History has selected."""
    if state.applied is not None and revision in state.applied:
        return f"{revision} is applied already; select a pending revision (○) to upgrade to."
    return ""


def why_not_downgrade_to(revision: str, state: WorkspaceState) -> str:
    """Why `d` cannot go down to the revision that History has selected."""
    if state.applied is None:
        return ""
    if revision in (state.current or ()):
        return (
            f"The database stands at {revision}; select an older revision to go down to, "
            "or press d outside History to undo one step."
        )
    if revision not in state.applied:
        return f"{revision} is not applied, so there is nothing to downgrade to it from."
    return ""
