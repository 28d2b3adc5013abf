"""`ctrl+p`: every action by name, with what it does or why it cannot run now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from opsmig_tui.ui.theme import THEMES

if TYPE_CHECKING:
    from opsmig_tui.ui.app import OpsmigApp
    from opsmig_tui.ui.screens.main import MainScreen

# What has no key, or wants an argument: action with its arguments, name, description.
COMMANDS = (
    ("upgrade('head')", "Upgrade to head", "Apply every pending revision; a plan first"),
    ("upgrade('+1')", "Upgrade one step", "Apply the next pending revision; a plan first"),
    ("downgrade('-1')", "Downgrade one step", "Undo the current revision; a plan first"),
    ("downgrade('base')", "Downgrade to base", "Undo every revision; a plan first"),
    ("stamp", "Stamp", "Say where the database stands; nothing runs, asks first"),
    ("rehearse('scratch')", "Rehearse on a scratch database", "On a copy that is made for it"),
    ("test", "Test a revision", "Upgrade, downgrade one step, upgrade again; asks first"),
    ("start_database", "Start the database", "Start its compose service"),
    ("stop_database", "Stop the database", "Stop its compose service; asks first"),
    ("restart_database", "Restart the database", "Restart its compose service; asks first"),
    ("logs", "Log of the database", "Follow its container's log"),
    ("psql", "psql", "Open psql in the database's container"),
    ("version_table", "Make the version table", "alembic ensure_version; asks first"),
    ("upgrade_sql", "SQL of what is pending", "alembic upgrade --sql into a file; nothing runs"),
    ("ghosts", "Ghosts", "What the database has and no file here, who has it, the ways out"),
    ("heads", "Two heads", "Merge them, or move one on top of another; shows the change first"),
    ("empty_revision", "Empty revision", "A new revision to write by hand, on the selected head"),
    ("rename", "Rename the revision", "Another message, in docstring and file name; a diff first"),
    ("commit", "Commit", "What is staged, with its hooks; shows it first. space in Changes stages"),
    ("fix_all", "Fix all", "Every fix of this review that asks nothing; shows the change first"),
    ("export_markdown", "Export the review as Markdown", "Made for a pull request"),
    ("export_picture", "Export the review as a picture", "The open tab, whole, as an SVG file"),
    ("interpreter", "Interpreter", "Which Python runs this project; asks, and remembers"),
    ("failure", "The last error", "Whole, with its place and traceback: why nothing was answered"),
    ("refresh", "Refresh", "Read history, git, container, database and drift again"),
)

# The job first, then (1) whatever the focused pane calls its own, then getting around.
ORDER = {"job": 0, "go": 2, "app": 3}
# Moving in a list, and answers to a question, make no sense from the palette.
KEYBOARD_ONLY = frozenset({"list", "search", "dialog", "answer", "pane"})


@dataclass(frozen=True)
class Command:
    """One line of the palette."""

    name: str
    text: str
    run: Callable[[], Any]


class ActionProvider(Provider):
    """The main screen's actions and those of its focused pane, then the themes."""

    async def discover(self) -> Hits:
        for command in commands(cast("MainScreen", self.screen)):
            yield DiscoveryHit(command.name, command.run, help=command.text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in commands(cast("MainScreen", self.screen)):
            score = matcher.match(command.name)
            if score > 0:
                shown = matcher.highlight(command.name)
                yield Hit(score, shown, command.run, text=command.name, help=command.text)


def commands(screen: MainScreen) -> Iterator[Command]:
    """Everything that can be asked for from this screen: the job, the focused pane, the rest.

    What cannot run now says why, and says it again when chosen: nothing is hidden.
    """
    bound = sorted(_bound(screen), key=lambda one: ORDER.get(one[0], 1))
    yield from (command for group, command in bound if ORDER.get(group, 1) <= 1)
    for action, name, text in COMMANDS if hasattr(screen, "why_not") else ():
        run = partial(screen.app.run_action, action, screen)
        yield Command(name, _why(screen, action) or text, run)
    yield from _of_project(screen)
    yield from (command for group, command in bound if ORDER.get(group, 1) > 1)
    app = cast("OpsmigApp", screen.app)
    for one in app.recent if hasattr(screen, "switch_project") else ():
        text = _why(screen, "switch_project") or f"Open {one.shown} in place of this project"
        yield Command(f"Switch to {one.name}", text, partial(screen.switch_project, one))
    for theme in THEMES:
        shade = "dark" if theme.dark else "light"
        text = f"Use {theme.name} now and next time"
        yield Command(f"Theme: {shade}", text, partial(app.set_theme, theme.name))


def _of_project(screen: MainScreen) -> Iterator[Command]:
    """The project's own commands, from its settings."""
    if not hasattr(screen, "action_run_command"):
        return
    from opsmig_tui.workspace.commands import shown

    for one in screen.workspace.project.settings.commands:
        text = _why(screen, "run_command") or f"$ {shown(one)}; asks first"
        yield Command(f"Run {one.name}", text, partial(screen.action_run_command, one.name))


def _bound(screen: MainScreen) -> Iterator[tuple[str, Command]]:
    """What a key does, once for each action, with the group of its binding's id."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        group = (binding.id or "").split(".")[0]
        text = active.tooltip or binding.description
        if not group or group in KEYBOARD_ONLY or binding.action in seen:
            continue
        seen.add(binding.action)
        key = screen.app.get_key_display(binding)
        name = f"{binding.description[:1].upper()}{binding.description[1:]}  ({key})"
        run = partial(screen.app.run_action, binding.action, active.node)
        yield group, Command(name, _why(screen, binding.action) or text, run)


def _why(screen: MainScreen, action: str) -> str:
    why_not = getattr(screen, "why_not", None)
    reason = why_not(action.split("(")[0]) if why_not is not None else ""
    return f"Not now: {reason}" if reason else ""
