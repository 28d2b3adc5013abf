"""Rehearsing on a scratch database: made on the same server or, where the role may not, on a
private one of this machine; kept as a template, dropped again."""

from __future__ import annotations

import asyncio
import re
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
    Place,
    Plan,
    PlanResult,
    Rehearse,
    RehearsedLeg,
    RehearsedStatement,
    RehearseResult,
    Scratch,
)
from opsmig_tui.workspace import apply, scratch_notes, scratch_server, seen_legs
from opsmig_tui.workspace.scratch_marks import is_left_behind, own_mark, own_stem

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.running import RunReporter
    from opsmig_tui.workspace.workspace import Workspace

COPY = "on a copy of the database with its rows"
SCHEMA = "on a copy of the database's schema, without rows, as those could not be copied: {}"
REPLAYED = "on an empty database that the migrations built up, as the copy could not be made: {}"
EMBEDDED = "on the embedded PostgreSQL {} of this machine (yours is {}), "
SCHEMA_THERE = EMBEDDED + "with a copy of the database's schema, without rows, as {}"
REPLAYED_THERE = EMBEDDED + "without rows, in what the migrations built up, as {}"
IN_CONTAINER = "The embedded PostgreSQL cannot take it: a container does not reach it."

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
        self._server: scratch_server.ScratchServer | None = None
        self._place: Place | None = None
        """The private server that has them, as its superuser reaches it; None for the project's."""

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
        await self._forget_dead_server()
        if self._place is None:
            self._count += 1
        name = Scratch(f"{self._stem}_{self._count}", self._mark, 0)
        if self._place is None:
            self._note(database, reporter)
            self._there += [name] if self._there else [self._base, name]
        async with workers.rehearsing() as runner:
            before, ended = "", False
            try:
                made = await self._make(runner, database, name.name, reporter)
                if made.refused:
                    return RehearseResult(refused=made.refused, on="scratch")
                before = made.digest
                reporter.say("info", f"rehearsing in {name.name}, {self._copy}")
                there = _named(database, name.name, self._place)
                elsewhere = replace(request, expected=(there,))
                async with workers.scratch(name.name, self._way_in(database)) as client:
                    result = await seen_legs.send(client, plan, elsewhere, reporter, "scratch")
                ended = True
            finally:
                there_still = (name,) if self._place is None else ()  # it goes with its server
                after = await self._drop(runner, there_still, reporter.say, own=True, digest=ended)
        if after is not None and after.unread:
            reporter.say("warning", after.unread)
            after = None
        return replace(
            result,
            legs=result.legs if self._copy == COPY else _without_sizes(result.legs),
            copy=self._copy,
            database=database,
            current=after.database.current if after and after.database else None,
            unchanged=bool(after and after.database == database and after.digest == before),
        )

    async def _make(
        self, runner: WorkerClient, database: DatabaseStatus, name: str, reporter: RunReporter
    ) -> MakeScratchResult:
        from opsmig_tui.services.worker_client import WorkerFailed

        place = self._place
        asked = MakeScratch(database, self._mark, self._base.name, name, self._digest, place=place)
        made = cast(MakeScratchResult, await reporter.send(runner, asked))
        if made.forbidden:
            try:
                await self._start_server(database, reporter)
            except OpsmigError as error:
                return replace(made, refused=f"{made.refused} {error}")
            return await self._make(runner, database, name, reporter)
        if place is not None:
            self._place = replace(place, system=made.system)
        self._copy = _told(made, database) or self._copy
        if made.made == "empty":
            self._digest = ""
            try:
                await self._fill(database, reporter)
            except WorkerFailed as error:
                if place is None or error.failed.kind == "cancelled":
                    raise
                why = f"{made.why.rstrip('.')}; nor do the migrations run there"
                return replace(made, refused=f"{why}: {error.failed.message}")
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
        way_in = self._way_in(database)
        async with self._workspace.workers.scratch(self._base.name, way_in) as client:
            for target in database.current:
                plan = cast(PlanResult, await client.request(Plan("upgrade", target)))
                await reporter.send(client, apply.run_request(plan), quiet=True)

    async def _start_server(self, database: DatabaseStatus, reporter: RunReporter) -> None:
        """Raises OpsmigError where there is none to be had."""
        self._there.clear()  # none was made
        self._digest = ""
        scratch_notes.forget(self._stem)
        interpreter = self._workspace.project.interpreter
        if interpreter is not None and interpreter.service:
            raise OpsmigError(IN_CONTAINER)
        if not scratch_server.installed():
            raise OpsmigError(scratch_server.NOT_INSTALLED)
        why = "as this role may not create databases"
        reporter.say("info", f"starting the embedded PostgreSQL, {why} …")
        self._server = scratch_server.ScratchServer(self._stem)
        major = re.match(r"\d+", database.server_version)
        self._place = await self._server.start(int(major[0]) if major else 0)

    async def _forget_dead_server(self) -> None:
        if self._server is not None and not self._server.answers:
            await self._stop_server()

    async def _stop_server(self) -> None:
        server, self._server, self._place, self._digest = self._server, None, None, ""
        if server is not None:
            await server.stop()

    def _way_in(self, database: DatabaseStatus) -> Place | None:
        """As whom the project comes there: as to its own server."""
        if self._place is None:
            return None
        return replace(self._place, user=database.identity.user)

    def _note(self, database: DatabaseStatus, reporter: RunReporter) -> None:
        try:
            scratch_notes.note(self._stem, self._root, _server(database))
        except OpsmigError as error:  # it is dropped all the same, unless opsmig is killed
            reporter.say("warning", str(error))

    @property
    def _root(self) -> Path:
        return self._workspace.project.config.root

    async def _drop(
        self,
        runner: WorkerClient,
        names: tuple[Scratch, ...],
        say: Say,
        *,
        own: bool = False,
        digest: bool = False,
    ) -> DropScratchResult | None:
        """Never raises for what a server does: the rehearsal's own end is what is to be told."""
        from opsmig_tui.services.worker_client import WorkerFailed

        try:
            dropped = cast(DropScratchResult, await runner.request(DropScratch(names, own, digest)))
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
        await sweep_servers(say)
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

        await self._stop_server()
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
    """Drops what is noted, where it may, and ends servers. Raises WorkerFailed, OpsmigError."""
    state = workspace.state

    def say(kind: str, text: str) -> None:
        workspace.output.append(kind, text)  # type: ignore[arg-type]
        workspace.output_moved()

    if state.read_only:
        return
    if state.trusted and state.status.phase == "ready" and noted(workspace):
        await workspace.scratches.sweep(say)
    else:
        await sweep_servers(say)


async def sweep_servers(say: Say) -> None:
    """Ends and removes the servers that a killed opsmig of this machine and person left."""
    for name in await asyncio.to_thread(scratch_server.sweep):
        say("info", f"removed the embedded server {name}, left by an opsmig that was killed")


def _server(database: DatabaseStatus) -> str:
    identity = database.identity
    return identity.system_identifier or f"{identity.host}:{identity.port}"


def _named(database: DatabaseStatus, name: str, place: Place | None) -> DatabaseStatus:
    """As the scratch database tells of itself: the same server, unless it is in a place, and user,
    another name."""
    identity = replace(database.identity, database=name)
    if place is not None:
        identity = replace(
            identity,
            host=place.host,
            port=place.port,
            server_address=None,
            server_port=None,
            system_identifier=place.system,
        )
    return replace(database, identity=identity)


def _without_sizes(legs: tuple[RehearsedLeg, ...]) -> tuple[RehearsedLeg, ...]:
    """A table of a copy without rows is small, however large yours is."""

    def sized(one: RehearsedStatement) -> RehearsedStatement:
        return replace(one, locks=tuple(replace(lock, rows=None, bytes=None) for lock in one.locks))

    return tuple(replace(leg, statements=tuple(map(sized, leg.statements))) for leg in legs)


def _told(made: MakeScratchResult, database: DatabaseStatus) -> str:
    """Where it is and what is in it, "" where that is as it was."""
    why = made.why[:1].lower() + made.why[1:].rstrip(".")
    if made.system:
        told = {"schema": SCHEMA_THERE, "empty": REPLAYED_THERE}.get(made.made, "")
        return told.format(made.version, database.server_version.partition(" ")[0], why)
    return {"copy": COPY, "schema": SCHEMA, "empty": REPLAYED}.get(made.made, "").format(why)
