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
    ("test", "Test a revision", "Upgrade, downgrade one step, upgrade again; asks first"),
    ("start_database", "Start the database", "Start its compose service"),
    ("refresh", "Refresh", "Read history, git, container, database and drift again"),
)


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
    """Everything that can be asked for from this screen. What cannot run now says why, and says it
    again when chosen: nothing is hidden."""
    app = cast("OpsmigApp", screen.app)
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        text = active.tooltip or binding.description
        if binding.id is None or not _listed(binding.id) or binding.action in seen:
            continue
        seen.add(binding.action)
        key = app.get_key_display(binding)
        run = partial(app.run_action, binding.action, active.node)
        name = f"{binding.description[:1].upper()}{binding.description[1:]}"
        yield Command(f"{name}  ({key})", _why(screen, binding.action) or text, run)
    if hasattr(screen, "why_not"):
        for action, name, text in COMMANDS:
            run = partial(app.run_action, action, screen)
            yield Command(name, _why(screen, action) or text, run)
    for theme in THEMES:
        shade = "dark" if theme.dark else "light"
        yield Command(
            f"Theme: {shade}",
            f"Use {theme.name} now and next time",
            partial(app.set_theme, theme.name),
        )


def _listed(name: str) -> bool:
    """Moving in a list, and answers, are for the keyboard only."""
    return name.split(".")[0] not in ("list", "search", "dialog", "answer", "pane")


def _why(screen: MainScreen, action: str) -> str:
    why_not = getattr(screen, "why_not", None)
    reason = why_not(action.split("(")[0]) if why_not is not None else ""
    return f"Not now: {reason}" if reason else ""
