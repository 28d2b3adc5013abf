"""What review rules may know: the models as they are imported, the database as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from alembic import __version__ as alembic_version
from alembic.runtime.migration import MigrationContext

from . import protocol
from .catalog import database_facts
from .environment import problem_of, run_environment, run_offline
from .modelfacts import conventions, model_facts
from .session import Session
from .status import OPTIONS


def facts(session: Session, request: protocol.GatherFacts) -> protocol.FactsResult:
    """Models and database; without a database the models alone, by running env.py offline."""
    return replace(_gathered(session), alembic=alembic_version)


def _gathered(session: Session) -> protocol.FactsResult:
    models: Optional[protocol.ModelFacts] = None
    database: Optional[protocol.DatabaseFacts] = None
    suffixes = session.settings.companion_suffixes
    per_migration = False

    def online(heads: tuple[str, ...], context: MigrationContext) -> None:
        nonlocal models, database, per_migration
        per_migration = per_migration or bool(context._transaction_per_migration)
        if models is None:
            models = _models(context, suffixes)
        if database is None:
            database = database_facts(context.connection)

    try:
        run_environment(session, online, "current", OPTIONS)
    except Exception as error:
        problem = problem_of(session, error)
        if models is None:
            models, why = _offline(session)
            return protocol.FactsResult(models, None, why, problem)
        return protocol.FactsResult(models, database, "", problem, per_migration)
    why = "" if models else "env.py passes no target_metadata to context.configure()."
    return protocol.FactsResult(models, database, why, "", per_migration)


def _offline(session: Session) -> tuple[Optional[protocol.ModelFacts], str]:
    """The models from a run of env.py in offline mode, which configures without connecting."""
    models: Optional[protocol.ModelFacts] = None

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        nonlocal models
        models = _models(context, session.settings.companion_suffixes)

    try:
        run_offline(session, fn)
    except Exception as error:
        return None, problem_of(session, error)
    return models, "" if models else "env.py passes no target_metadata to context.configure()."


def _models(context: MigrationContext, suffixes: tuple[str, ...]) -> Optional[protocol.ModelFacts]:
    metadata = context.opts.get("target_metadata")
    if metadata is None:
        return None
    many = metadata if isinstance(metadata, (list, tuple)) else [metadata]
    # What alembic compares itself is in what it generates.
    compared = bool(context.opts.get("compare_server_default"))
    found = model_facts(many, context.dialect, suffixes, defaults=not compared)
    # Of several, alembic takes none of the conventions: SchemaObjects.metadata().
    return found if many is metadata else replace(found, conventions=conventions(metadata))
