"""The application: themes, quitting, cancelling, and what happens to errors nobody caught."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates, OpenOptions
from opsmig_tui.project.preferences import load_preferences, save_preferences
from opsmig_tui.project.recent import Recent, others
from opsmig_tui.ui import messages
from opsmig_tui.ui.failures import Work, guarded, show_error
from opsmig_tui.ui.keys import EVERYWHERE, KEY_WORDS
from opsmig_tui.ui.palette import ActionProvider
from opsmig_tui.ui.screens.main import MainScreen
from opsmig_tui.ui.terminal import Terminal
from opsmig_tui.ui.theme import DARK_THEME, THEMES, variables
from opsmig_tui.ui.widgets.control_filter import CONTROL_FILTER
from opsmig_tui.workspace.crash import crash_line
from opsmig_tui.workspace.workspace import Workspace

STYLES = sorted((Path(__file__).parent / "styles").glob("*.tcss"))
# Objects that came and did not go between two collections, and how many collections of the younger
# go before one of the older (gc.set_threshold).
SELDOM = (10_000, 20, 50)


class OpsmigApp(App[None]):
    """One opened project. Everything that is done is done by the workspace; see MainScreen."""

    TITLE = "opsmig"
    CSS_PATH: ClassVar[list[Path]] = STYLES  # type: ignore[assignment]
    COMMANDS: ClassVar[set[Any]] = {ActionProvider}
    BINDINGS: ClassVar[list[BindingType]] = list(EVERYWHERE)
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(driver_class=Terminal)
        self.workspace = workspace
        self.crash = ""
        self.next_project: OpenOptions | None = None  # what is opened when this screen has ended
        for theme in THEMES:
            self.register_theme(theme)
        wanted = load_preferences().theme
        self.theme = wanted if wanted in self.available_themes else DARK_THEME.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(self.current_theme.dark)

    def on_mount(self) -> None:
        self._leave_on_signals()
        self.push_screen(MainScreen(self.workspace))

    def _leave_on_signals(self) -> None:
        """Asked to end from outside, it gives the terminal back and lets a run roll back first."""
        if self.is_headless or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def get_key_display(self, binding: Binding) -> str:
        """Words for the keys that Textual draws as symbols not every font has."""
        return KEY_WORDS.get(binding.key) or super().get_key_display(binding)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Nothing that others wrote steers the terminal, wherever on the screen it stands."""
        return [*super().get_line_filters(), CONTROL_FILTER]

    @cached_property
    def recent(self) -> tuple[Recent, ...]:
        """What can be switched to."""
        return others(self.workspace.project)

    def set_theme(self, name: str) -> None:
        """Switches the theme and remembers it."""
        self.theme = name
        self.remember(theme=name)

    def remember(self, **changes: str) -> None:
        """Keeps these preferences for the next time; where that fails, it is told."""
        try:
            save_preferences(replace(load_preferences(), **changes))
        except OpsmigError as error:
            show_error(self, error)

    # ------------------------------------------------------------------------------ doing things

    def start(self, work: Work, *, group: str) -> None:
        """Runs `work` in the background; whatever goes wrong is shown, see `guarded`."""
        self.run_worker(guarded(self, work), group=group, exit_on_error=False)

    def action_cancel_run(self) -> None:
        """The first press cancels the running statement on the server, the next ones escalate."""
        run = self.workspace.state.run
        force = run is not None and run.phase == "cancelling"
        if not self.workspace.cancel(force):
            self.notify("Nothing runs. q quits.", timeout=3)
        elif force:
            self.notify("Cancelling harder; Output tells.", severity="warning")

    async def action_quit(self) -> None:
        """Refuses while something runs: a run must not be left alone by accident."""
        run = self.workspace.state.run
        if run is not None and run.active:
            step = f" ({run.number} of {run.total})" if run.total else ""
            self.notify(
                f"{run.title}{step} is running. ctrl+c cancels it; then q quits.",
                severity="warning",
            )
            return
        if isinstance(self.screen_stack[-1], MainScreen):
            self.remember(focused=self.screen_stack[-1].board.focused)
        await self.workspace.close()
        self.exit()

    def on_ready(self) -> None:
        # What stands by now stays to the end. Looking through all of it for garbage, as Python does
        # again and again, holds up a key by 50 ms; through what a log brings, by 30.
        if not self.is_headless:  # a test's process sees many screens, and none stays to the end
            gc.freeze()
            gc.set_threshold(*SELDOM)

    async def on_unmount(self) -> None:
        await self.workspace.close()

    def on_copy_requested(self, event: messages.CopyRequested) -> None:
        self.copy_to_clipboard(event.text)
        self.notify(f"Copied {event.what}.", timeout=3, markup=False)

    def on_edit_requested(self, event: messages.EditRequested) -> None:
        from opsmig_tui.ui.flows.edit import edit

        try:
            edit(self, event.path, event.line)
        except OpsmigError as error:
            show_error(self, error)

    # ------------------------------------------------------------------------------------ errors

    def _handle_exception(self, error: Exception) -> None:
        """A defect in a handler or a widget: the terminal is given back with one line.

        Textual's own answer prints the local variables of every frame, and one of them may hold a
        password. Tests keep Textual's, which re-raises.
        """
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.crash = self.crash or crash_line(error)
        self.exit(return_code=1)


def run_app(app: OpsmigApp) -> int:
    """Opens the screen and returns the exit status. The history should have been read before."""
    try:
        app.run()
    finally:
        gc.unfreeze()  # another project may be opened next
    if app.crash:
        import sys

        print(app.crash, file=sys.stderr)
    return app.return_code or 0


def choose(candidates: Candidates, text: str = "") -> Path | None:
    """Asks which of several alembic configurations to open. None: the person left.

    `text` says why, where it is not that several were found.
    """
    from opsmig_tui.ui.screens.choose import ChooseApp

    return ChooseApp(candidates, text).run()
