"""What an upgrade or downgrade would do: asked of alembic, with what it would destroy."""

from __future__ import annotations

import dataclasses
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from . import protocol
from .config import command_line
from .environment import load, run_environment
from .guard import digest_of
from .losses import commits_of, losses_of
from .revisions import as_tuple
from .session import Session
from .status import database_status


def plan(session: Session, request: protocol.Plan) -> protocol.PlanResult:
    """The steps from where each database stands, counted without changing anything.

    Several databases: one after the other, as a run would go through them. For a rehearsal env.py
    is not run where a kept session tells where the database stands: the rehearsal itself holds all
    of it against what env.py leads to, and nothing stays.
    """
    if request.rehearsing and not request.overlay:
        kept = session.quick.answer()
        if kept is not None:
            return _of_kept(session, request, kept)
    steps: list[protocol.PlanStep] = []
    databases: list[protocol.DatabaseStatus] = []
    traits = {"per_migration": False, "transactional": True}

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        databases.append(database_status(context, heads))
        traits["per_migration"] = bool(context._transaction_per_migration)
        traits["transactional"] = bool(context.impl.transactional_ddl)
        for step in steps_of(_script(context), request.direction, request.target, heads):
            steps.append(_describe(step, request.direction, context))

    run_environment(
        session, fn, request.direction, options_of(request), destination_rev=request.target
    )
    return protocol.PlanResult(
        direction=request.direction,
        target=request.target,
        steps=tuple(steps),
        databases=tuple(databases),
        command=_command(session, request),
        transaction_per_migration=traits["per_migration"],
        transactional_ddl=traits["transactional"],
        overlay=request.overlay,
    )


def _of_kept(
    session: Session, request: protocol.Plan, kept: protocol.DatabaseStatus
) -> protocol.PlanResult:
    _, script = load(session, request.direction, **options_of(request))
    steps = steps_of(script, request.direction, request.target, kept.current)
    return protocol.PlanResult(
        direction=request.direction,
        target=request.target,
        steps=tuple(_described(step, request.direction) for step in steps),
        databases=(kept,),
        command=_command(session, request),
    )


def _command(session: Session, request: protocol.Plan) -> str:
    return command_line(session.settings, session.redactor, request.direction, request.target)


def options_of(request: Any) -> dict[str, Any]:
    """What alembic's command line would have parsed for an upgrade or downgrade."""
    return {"revision": request.target, "sql": False, "tag": None}


def steps_of(
    script: ScriptDirectory, direction: str, target: str, heads: tuple[str, ...]
) -> list[Any]:
    """alembic's own steps. Raises CommandError for a target it does not take."""
    start: Any = heads
    if direction == "upgrade":
        return list(script._upgrade_revs(target, start))
    if direction == "downgrade":
        return list(script._downgrade_revs(target, start))
    raise CommandError(f"No such direction: {direction}")


def _script(context: MigrationContext) -> ScriptDirectory:
    if context.script is None:
        raise CommandError("env.py configured a context without a script directory.")
    return context.script


def _describe(step: Any, direction: str, context: MigrationContext) -> protocol.PlanStep:
    path = str(step.revision.path)
    return dataclasses.replace(
        _described(step, direction),
        losses=losses_of(path, direction, context),
        commits=commits_of(path, direction, context),
    )


def _described(step: Any, direction: str) -> protocol.PlanStep:
    revision = step.revision
    return protocol.PlanStep(
        revision=revision.revision,
        down_revisions=as_tuple(revision.down_revision),
        direction=direction,
        message=revision.doc or "",
        path=str(revision.path),
        digest=digest_of(str(revision.path)),
    )
