"""Rehearsing on a scratch database: made on the same server, kept as a template, dropped again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import (
    DatabaseStatus,
    DropScratch,
    DropScratchResult,
    ListScratch,
    ListScratchResult,
    MakeScratch,
    MakeScratchResult,
    Plan,
    PlanResult,
    Rehearse,
    RehearseResult,
    Scratch,
)
from opsmig_tui.workspace import apply, scratch_notes, seen_legs
from opsmig_tui.workspace.scratch_marks import is_left_behind, own_mark, own_stem

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.running import RunReporter
    from opsmig_tui.workspace.workspace import Workspace

COPY = "on a copy of the database with its rows"
SCHEMA = "on a copy of the database's schema, without rows, as those could not be copied: {}"
REPLAYED = "on an empty database that the migrations built up, as the copy could not be made: {}"


Say = Callable[[str, str], None]
"""Takes a kind of line of the output, and its text."""


class Scratches:
    """The scratch databases of one opened project: a template for the next time, one per use."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stem = own_stem()
        self._mark = own_mark()
        self._count = 0
        self._there: list[Scratch] = []
        """What may have been made and is not dropped yet."""
        self._digest = ""
        self._copy = ""

    @property
    def _base(self) -> Scratch:
        return Scratch(f"{self._stem}_base", self._mark, 0)

    async def rehearse(
        self, plan: PlanResult, request: Rehearse, reporter: RunReporter
    ) -> RehearseResult:
        """The legs on a fresh copy, which is dropped afterwards. Raises WorkerFailed."""
        workers = self._workspace.workers
        (database,) = plan.databases
        await self.sweep(reporter.say)
        self._count += 1
        name = Scratch(f"{self._stem}_{self._count}", self._mark, 0)
        self._note(database, reporter)
        self._there += [name] if self._there else [self._base, name]
        async with workers.rehearsing() as runner:
            before = ""
            try:
                made = await self._make(runner, database, name.name, reporter)
                if made.refused:
                    return RehearseResult(refused=made.refused, on="scratch")
                before = made.digest
                reporter.say("info", f"rehearsing in {name.name}, {self._copy}")
                elsewhere = replace(request, expected=(_named(database, name.name),))
                async with workers.scratch(name.name) as client:
                    result = await seen_legs.send(client, plan, elsewhere, reporter, "scratch")
            finally:
                after = await self._drop(runner, (name,), reporter.say, own=True)
        return replace(
            result,
            copy=self._copy,
            database=database,
            current=after.database.current if after and after.database else None,
            unchanged=bool(after and after.database == database and after.digest == before),
        )

    async def _make(
        self, runner: WorkerClient, database: DatabaseStatus, name: str, reporter: RunReporter
    ) -> MakeScratchResult:
        asked = MakeScratch(database, self._mark, self._base.name, name, self._digest)
        made = cast(MakeScratchResult, await reporter.send(runner, asked))
        if made.made == "copy":
            self._copy = COPY
        why = made.why[:1].lower() + made.why[1:].rstrip(".")
        if made.made == "schema":
            self._copy = SCHEMA.format(why)
        if made.made == "empty":
            self._copy = REPLAYED.format(why)
            self._digest = ""
            await self._fill(database, reporter)
            filled = replace(asked, digest=made.digest, filled=True)
            made = cast(MakeScratchResult, await reporter.send(runner, filled))
        if not made.refused:
            self._digest = made.digest
        return made

    async def _fill(self, database: DatabaseStatus, reporter: RunReporter) -> None:
        """Has the migrations build up the template, to where the database stands."""
        if not database.current:
            return
        reporter.say("info", f"building {self._base.name} from the migrations …")
        async with self._workspace.workers.scratch(self._base.name) as client:
            for target in database.current:
                plan = cast(PlanResult, await client.request(Plan("upgrade", target)))
                await reporter.send(client, apply.run_request(plan), quiet=True)

    def _note(self, database: DatabaseStatus, reporter: RunReporter) -> None:
        try:
            scratch_notes.note(self._stem, self._root, _server(database))
        except OpsmigError as error:  # it is dropped all the same, unless opsmig is killed
            reporter.say("warning", str(error))

    @property
    def _root(self) -> Path:
        return self._workspace.project.config.root

    async def _drop(
        self, runner: WorkerClient, names: tuple[Scratch, ...], say: Say, *, own: bool = False
    ) -> DropScratchResult | None:
        """Never raises for what a server does: the rehearsal's own end is what is to be told."""
        from opsmig_tui.services.worker_client import WorkerFailed

        try:
            dropped = cast(DropScratchResult, await runner.request(DropScratch(names, own)))
        except WorkerFailed as error:
            left = ", ".join(one.name for one in names)
            say("warning", f"{left} could not be dropped: {error.failed.message}")
            return None
        for name, why in dropped.kept:
            say("warning", f"{name} was not dropped: {why}")
        kept = {name for name, _ in dropped.kept}
        self._there = [one for one in self._there if one not in names or one.name in kept]
        return dropped

    async def sweep(self, say: Say) -> None:
        """Drops what a killed opsmig of this machine left behind. Raises WorkerFailed."""
        reader = await self._workspace.workers.reader()
        listed = cast(ListScratchResult, await reader.request(ListScratch()))
        dead = tuple(one for one in listed.databases if is_left_behind(one))
        if dead:
            async with self._workspace.workers.runner() as runner:
                found = await self._drop(runner, dead, say)
            for name in found.dropped if found is not None else ():
                say("info", f"dropped {name}, left by an opsmig that was killed")
        there = {one.name for one in listed.databases}
        if dead:
            there -= set(found.dropped if found is not None else ())
        for stem in noted(self._workspace):
            if not any(name.startswith(stem) for name in there):
                scratch_notes.forget(stem)

    async def close(self) -> None:
        """Drops all there is. Raises nothing: a next opsmig drops what is left."""
        from opsmig_tui.services.worker_client import WorkerFailed

        if not self._there:
            return
        try:
            async with self._workspace.workers.rehearsing() as runner:
                await self._drop(runner, tuple(self._there), lambda kind, text: None, own=True)
        except (OpsmigError, WorkerFailed):
            return
        if not self._there:
            scratch_notes.forget(self._stem)


def noted(workspace: Workspace) -> list[str]:
    """What killed ones of this machine noted for this project on the servers it reaches now."""
    value = workspace.state.status.value
    servers = {_server(one) for one in value.databases} if value is not None else ()
    root = workspace.project.config.root
    return [stem for one in servers for stem in scratch_notes.left_behind(root, one)]


async def sweep_at_start(workspace: Workspace) -> None:
    """Drops what is noted, where it may. Raises WorkerFailed, OpsmigError."""
    state = workspace.state
    if state.trusted and not state.read_only and state.status.phase == "ready" and noted(workspace):

        def say(kind: str, text: str) -> None:
            workspace.output.append(kind, text)  # type: ignore[arg-type]
            workspace.output_moved()

        await workspace.scratches.sweep(say)


def _server(database: DatabaseStatus) -> str:
    identity = database.identity
    return identity.system_identifier or f"{identity.host}:{identity.port}"


def _named(database: DatabaseStatus, name: str) -> DatabaseStatus:
    """As the scratch database tells of itself: the same server and user, another name."""
    return replace(database, identity=replace(database.identity, database=name))
