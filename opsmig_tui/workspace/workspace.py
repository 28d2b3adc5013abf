"""One project, opened: joins the services and owns the state that command line and UI show.

The use cases (review, apply, create, test, container) are functions of their own modules; each
takes the workspace. What runs in the background is in `live`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from opsmig_tui.history.lanes import layout
from opsmig_tui.history.reader import read_history
from opsmig_tui.project.model import Project
from opsmig_tui.workspace.computed import Computed
from opsmig_tui.workspace.crash import crash_line
from opsmig_tui.workspace.output import OutputBuffer
from opsmig_tui.workspace.state import (
    Answered,
    CommandLogged,
    HistoryView,
    LoggedCommand,
    OutputMoved,
    Part,
    StateEvent,
    Trusted,
    Unanswered,
    WorkspaceState,
    apply,
)
from opsmig_tui.workspace.turns import Turns
from opsmig_tui.workspace.workers import Workers

if TYPE_CHECKING:
    from opsmig_tui.workspace.batch import WrittenBatch
    from opsmig_tui.workspace.edits import Written
    from opsmig_tui.workspace.running import RunReporter
    from opsmig_tui.workspace.scratch import Scratches

Listener = Callable[[WorkspaceState], None]

# Lines are shown in batches: one repaint a line would stall the keyboard at thousands a second.
OUTPUT_BATCH_SECONDS = 0.05


class Workspace:
    """See the module. Everything here runs on one event loop; blocking work goes to threads."""

    def __init__(self, project: Project, *, trusted: bool) -> None:
        self.state = WorkspaceState(project, trusted=trusted)
        self.output = OutputBuffer()
        self.workers = Workers(self)
        self._scratches: Scratches | None = None
        self.turns = Turns()
        self.computed = Computed()
        self.reporter: RunReporter | None = None
        self.trust_given = asyncio.Event()
        self.ran = asyncio.Event()  # something that may have changed the database is over
        self.written: list[Written | WrittenBatch] = []  # changes of revision files, for undo
        self.writing = asyncio.Lock()  # a file's change and its place in `written` are one step
        self.commit_message = ""  # of a commit that was refused, for the next try
        self.edits_seen: tuple[object, ...] = ()  # what `edited` was last worked out from
        if trusted:
            self.trust_given.set()
        self._listeners: list[Listener] = []
        self._broken: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._output_timer: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------------------------- state

    @property
    def project(self) -> Project:
        return self.state.project

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """`listener` is given every new state; the returned function ends that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def dispatch(self, event: StateEvent) -> None:
        """The only way the state changes."""
        after = apply(self.state, event)
        if after == self.state:
            return
        self.state = after
        for listener in tuple(self._listeners):
            try:
                listener(after)
            except Exception as error:
                self._stumbled(listener, error)

    def _stumbled(self, listener: Listener, error: Exception) -> None:
        """A defect in what shows the state must not reach a run that only wanted to tell of it.

        Told once for each listener: it may well fail at every state that follows.
        """
        if listener not in self._broken:
            self._broken.add(listener)
            self.output.append("error", crash_line(error))

    def output_moved(self) -> None:
        """Says that the output has new lines, once for all that come within a batch."""
        if self._output_timer is None:
            loop = asyncio.get_running_loop()
            self._output_timer = loop.call_later(OUTPUT_BATCH_SECONDS, self._publish_output)

    def _publish_output(self) -> None:
        self._output_timer = None
        self.dispatch(OutputMoved(self.output.version))

    def log_command(self, command: str) -> None:
        """Notes an action as the command it stands for. From any thread: git runs in some."""
        event = CommandLogged(LoggedCommand(time.strftime("%H:%M:%S"), command))
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self.dispatch, event)
                return
        self.dispatch(event)

    @property
    def scratches(self) -> Scratches:
        """The scratch databases that rehearsals run in."""
        from opsmig_tui.workspace.scratch import Scratches

        if self._scratches is None:
            self._scratches = Scratches(self)
        return self._scratches

    # ------------------------------------------------------------------------------------ reading

    def read_history(self, *, saved: bool = False) -> None:
        """Reads the revision files: text only, some milliseconds, before anything else is up.

        `saved`: some of them are known to have changed. A problem ends in the state.
        """
        self.dispatch(self._history_read(saved))

    async def read_history_beside(self, *, saved: bool = False) -> None:
        """The same in a thread: through thousands of files it would hold up a key."""
        before = self.state.history.value
        event = await asyncio.to_thread(self._history_read, saved)
        if self.state.history.value is not before:  # read meanwhile, and perhaps later files
            event = self._history_read(saved)
        self.dispatch(event)

    def _history_read(self, saved: bool) -> StateEvent:
        config = self.project.config
        try:
            found = read_history(config.version_locations, config.recursive)
            history = self.computed.filled(found)
            before = self.state.history.value
            saves = (before.saves if before is not None else 0) + saved
            return Answered("history", HistoryView(history, layout(history), saves))
        except Exception as error:
            from opsmig_tui.workspace.status import describe

            return Unanswered("history", describe(error)[0])

    async def refresh(self, *parts: Part) -> None:
        """Reads parts of the state again, at once; problems become part of the state."""
        from opsmig_tui.workspace import status

        self._loop = asyncio.get_running_loop()
        await asyncio.gather(*(status.refresh(self, part) for part in parts))

    async def live(self) -> None:
        """Keeps everything up to date until cancelled."""
        from opsmig_tui.workspace import live

        await live.run(self)

    def trust(self) -> None:
        """Remembers that this project's code may run, and starts asking it where no yes for its
        Flask app is missing."""
        from opsmig_tui.project.trust import missing_yes, trust

        trust(self.project.repository or self.project.root)
        if missing_yes(self.project) != "app":
            self._begin_asking()

    def allow_app(self) -> None:
        """Remembers that the Flask app of a trusted project may be loaded, and starts asking it."""
        from opsmig_tui.project.trust import allow_app

        allow_app(self.project.config.path, self.project.config.flask_app or "")
        self._begin_asking()

    def _begin_asking(self) -> None:
        self.dispatch(Trusted())
        self.trust_given.set()

    # --------------------------------------------------------------------------------------- runs

    def cancel(self, force: bool = False) -> bool:
        """Cancels the run that is under way; False when nothing runs, or what did is told."""
        if self.reporter is None or not self.reporter.view.active:
            return False
        self.reporter.cancel(force)
        return True

    async def close(self) -> None:
        """Drops scratch databases and ends the worker processes. Safe to call twice."""
        if self._output_timer is not None:
            self._output_timer.cancel()
            self._publish_output()
        if self._scratches is not None:
            await self._scratches.close()
        await self.workers.close()
