"""The log of the database's container, followed across its stops and starts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opsmig_tui.services.docker import ContainerState, DockerAnswer
    from opsmig_tui.services.docker.logs import LogLine
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace

# Kept at the most.
MOST_LINES, MOST_CHARACTERS = 20_000, 8_000_000
# Lines of the past that are asked for.
TAIL = 2_000
# Between the end of a log and its going on; twice as long after each time the engine refused (one
# whose logging driver keeps nothing always does).
AGAIN_SECONDS, MOST_AGAIN_SECONDS = 0.5, 30.0
# How long a container may take to go: in between the engine calls it removing, or dead.
GOING_SECONDS = 3.0
HOW_TO_START = "It is started with s, in the Database pane."


class LogEntry(NamedTuple):
    """One line; `number` counts all that ever came, `told` is what opsmig says of the log."""

    number: int
    text: str
    told: bool


class LogBuffer:
    """The last lines, of all that ever came (`total`: the number of the next one).

    Not an OutputBuffer: ten thousand lines a second must cost next to nothing each.
    """

    def __init__(self) -> None:
        self.lines: deque[LogEntry] = deque()
        self.total = 0
        self._characters = 0

    def add(self, texts: Iterable[str], *, told: bool = False) -> None:
        entries = [LogEntry(number, text, told) for number, text in enumerate(texts, self.total)]
        self.total += len(entries)
        self._characters += sum(len(entry.text) for entry in entries)
        self.lines.extend(entries)
        while len(self.lines) > MOST_LINES or self._characters > MOST_CHARACTERS:
            self._characters -= len(self.lines.popleft().text)


class LogFeed:
    """Fills `buffer` for as long as `follow` runs; what becomes of the container is told in it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.buffer = LogBuffer()
        self._container = ""
        self._after = ""
        self._pause = AGAIN_SECONDS

    async def follow(self) -> None:
        """Follows the log, waits where there is none, and goes on when there is again."""
        if self.workspace.state.container.value is None:
            await self.workspace.refresh("container")
        while True:
            docker = self.workspace.state.container.value
            container = self.workspace.state.service_container
            if docker is None or container is None:
                self._say(docker.problem if docker is not None else "Docker has not answered.")
            elif container.state in ("absent", "created"):
                self._say(f"{container.service} has not run yet. {HOW_TO_START}")
            else:
                await self._follow(docker, container)
                await self._settled()
                self._say_end()
            await self._until_it_runs()
            await asyncio.sleep(self._pause)

    async def _follow(self, docker: DockerAnswer, container: ContainerState) -> None:
        from opsmig_tui.services.docker.engine import in_words
        from opsmig_tui.services.docker.logs import follow_log

        if container.id != self._container:
            self._container, self._after = container.id, ""
        try:
            log = follow_log(docker.engine, container.id, tail=TAIL, after=self._after)
            async with aclosing(log) as found:
                async for lines in found:
                    self._take(lines)
            self._pause = AGAIN_SECONDS
        except Exception as error:  # the SDK, requests and urllib3 raise of every kind
            if not _is_gone(error):
                self._pause = min(self._pause * 2, MOST_AGAIN_SECONDS)
                self._say(await asyncio.to_thread(in_words, error, docker.engine))

    def _take(self, lines: list[LogLine]) -> None:
        self._after = max(self._after, lines[-1][0])
        self.buffer.add(text for _, text in lines)

    async def _settled(self) -> None:
        """Asks what became of the container, again while it is on its way out."""
        until = asyncio.get_running_loop().time() + GOING_SECONDS
        await self.workspace.refresh("container")
        while asyncio.get_running_loop().time() < until:
            container = self.workspace.state.service_container
            if container is None or container.state not in ("removing", "dead"):
                return
            await asyncio.sleep(0.1)
            await self.workspace.refresh("container")

    def _say_end(self) -> None:
        docker = self.workspace.state.container.value
        container = self.workspace.state.service_container
        if docker is None or container is None:
            self._say(docker.problem if docker is not None else "Docker does not answer.")
        elif container.state == "absent" or container.id != self._container:
            self._say(f"The container was removed; {container.service} has another, or none.")
        elif not container.is_up:
            how = f" {HOW_TO_START}" if container.can_start else ""
            self._say(f"{container.service} is {container.said}.{how}")

    def _say(self, text: str) -> None:
        """What is told already, and nothing came since, is not told again."""
        last = self.buffer.lines[-1] if self.buffer.lines else None
        if last is not None and last.told and last.text == f"── {text.splitlines()[-1]}":
            return
        self.buffer.add((f"── {line}" for line in text.splitlines()), told=True)

    async def _until_it_runs(self) -> None:
        """At once where it does: its log ended, and it has been started again since."""
        there = asyncio.Event()

        def look(state: WorkspaceState) -> None:
            container = state.service_container
            if container is not None and container.is_up:
                there.set()

        end = self.workspace.subscribe(look)
        try:
            look(self.workspace.state)
            await there.wait()
        finally:
            end()


def _is_gone(error: BaseException) -> bool:
    """Removed (404), or about to be (409)."""
    from docker.errors import APIError

    return isinstance(error, APIError) and error.status_code in (404, 409)
