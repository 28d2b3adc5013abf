"""The one map of keys: every binding of the screens, with the id by which it can be remapped.

Panes bind what only they can do; everything that works from anywhere stands here. The group before
the dot of an id is the heading under which help shows it. No two keys differ only by shift where
one of them changes a database.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding

GROUPS: Mapping[str, str] = {
    "answer": "The question",
    "job": "The job",
    "go": "Getting around",
    "list": "In a list",
    "pane": "In a list",
    "search": "In a list",
    "logs": "The log",
    "app": "Everywhere",
    "dialog": "Here",
}

KEY_WORDS: Mapping[str, str] = {
    "enter": "enter",
    "escape": "esc",
    "tab": "tab",
    "space": "space",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "home": "home",
    "end": "end",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def key(
    name: str, keys: str, action: str, description: str, tooltip: str, *, show: bool = False
) -> Binding:
    """A binding with the id `name`; `tooltip` is the sentence for help and palette."""
    return Binding(keys, action, description, show=show, tooltip=tooltip, id=name)


JOB = [
    key("job.create", "c", "create", "create", "Create a revision from the models", show=True),
    key(
        "job.rehearse", "r", "rehearse", "rehearse",
        "Rehearse: the selected revision, else all that are pending; nothing stays", show=True,
    ),
    key(
        "job.upgrade", "u", "upgrade", "upgrade",
        "Upgrade: to the selected revision from History, else to head; a plan first", show=True,
    ),
    key(
        "job.downgrade", "d", "downgrade", "downgrade",
        "Downgrade: to the selected revision from History, else one step; a plan first", show=True,
    ),
    key("job.trust", "t", "trust", "trust", "Let this project's own code (env.py, models) run"),
]  # fmt: skip

GO = [
    key("go.database", "1", "go('database')", "Database", "Go to the Database pane"),
    key("go.history", "2", "go('history')", "History", "Go to the History pane"),
    key("go.changes", "3", "go('changes')", "Changes", "Go to the Changes pane"),
    key("go.review", "4", "go('review')", "Review", "Go to the Review pane"),
    key("go.output", "5", "go('output')", "Output", "Go to the Output pane"),
    key("go.zoom", "plus", "zoom", "zoom", "Show the focused pane alone, and back"),
    key("go.close", "escape", "close", "close", "Close what is open: the zoom, a dialog"),
]

APP = [
    key("app.help", "question_mark", "help", "help", "The keys of the focused pane", show=True),
    key("app.commands", "at", "command_log", "commands", "What was done, as commands to copy"),
    key("app.quit", "q", "app.quit", "quit", "Quit opsmig; refused while something runs"),
]

# Only while the bar under a review asks, and then before what the review itself does with them.
ANSWERS = [
    Binding(
        letter, f"answer('{letter}')", word, show=False, priority=True, id=f"answer.{word}",
        tooltip=tip,
    )
    for letter, word, tip in (
        ("k", "keep", "Keep the new revision"),
        ("e", "edit", "Open the new revision in $EDITOR"),
        ("x", "discard", "Delete the new revision's file"),
        ("y", "test", "Upgrade to it, downgrade, upgrade again"),
        ("n", "later", "Not now"),
    )
]  # fmt: skip

MAIN = [*ANSWERS, *JOB, *GO, *APP]

# Above every screen: a run can be cancelled from wherever one is, the terminal can be left.
EVERYWHERE = [
    Binding(
        "ctrl+c", "cancel_run", "cancel", show=False, priority=True, id="app.cancel",
        tooltip="Cancel what runs; pressed again, harder",
    ),
    Binding(
        "ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit-anywhere",
        tooltip="Quit opsmig; refused while something runs",
    ),
]  # fmt: skip

CLOSE = key("dialog.close", "escape", "close", "close", "Close this without doing anything")

SCROLL = [
    key("dialog.down", "down,j", "scroll_body(1)", "down", "Scroll down"),
    key("dialog.up", "up,k", "scroll_body(-1)", "up", "Scroll up"),
    key("dialog.page-down", "pagedown,space", "scroll_body(10)", "page down", "A page down"),
    key("dialog.page-up", "pageup", "scroll_body(-10)", "page up", "A page up"),
]
