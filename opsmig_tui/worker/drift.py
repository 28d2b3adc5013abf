"""What autogenerate would emit now, whether or not the database is at head."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic.autogenerate import RevisionContext, produce_migrations
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from . import protocol
from .autogenerate import by_table, describe_operations, described
from .compared import Compared, key_of
from .enums import enum_drift
from .environment import load, run_environment
from .revisions import real_heads
from .session import Session


def drift(session: Session, request: protocol.Drift) -> protocol.DriftResult:
    """Compare the models with the database as it is; env.py's filters and hooks apply.

    env.py runs each time; where it leads to one database that is as it was, the last answer stands.
    """
    known, session.compared = session.compared, None
    keys: list[Any] = []
    operations: list[protocol.DriftOperation] = []
    arguments = revision_arguments(message=None, autogenerate=True)
    config, script = load(session, "revision", **arguments)
    revision_context: Any = RevisionContext(config, script, arguments)

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        keys.append(key_of(session.settings.root, context))
        if known is not None and keys == [known.key]:
            return
        # alembic refuses unless the database is at head; naming the heads is what lets it compare
        revision_context.run_autogenerate(real_heads(script), context)
        autogen = revision_context._last_autogen_context
        operations.extend(enum_drift(autogen))

    run_environment(
        session,
        fn,
        "revision",
        arguments,
        as_sql=False,
        template_args=revision_context.template_args,
        revision_context=revision_context,
    )
    if known is not None and keys[:1] == [known.key]:
        if len(keys) > 1:  # of the others nothing is known
            return drift(session, request)
        session.compared = known
        return protocol.DriftResult(known.operations, session.elapsed_ms())
    found = _together(describe_operations(revision_context), operations)
    if len(keys) == 1 and keys[0] is not None:
        session.compared = Compared(keys[0], found)
    return protocol.DriftResult(found, session.elapsed_ms())


def drift_within(context: Any) -> tuple[protocol.DriftOperation, ...]:
    """The same within the transaction at hand, for a context with models. env.py's own
    process_revision_directives is not asked."""
    metadata = context.opts["target_metadata"]
    autogen = AutogenContext(context, metadata)
    found = described(autogen, produce_migrations(context, metadata))
    return _together(found, enum_drift(autogen))


def _together(
    found: list[protocol.DriftOperation], enums: Iterable[protocol.DriftOperation]
) -> tuple[protocol.DriftOperation, ...]:
    """Enum values are added unless a plugin compares them already."""
    if any("enum" in operation.kind for operation in found):
        enums = ()
    return tuple(by_table(found + list(dict.fromkeys(enums))))


def revision_arguments(**given: Any) -> dict[str, Any]:
    """What ``alembic revision`` passes on, with its defaults."""
    return {
        "message": None,
        "autogenerate": False,
        "sql": False,
        "head": "head",
        "splice": False,
        "branch_label": None,
        "version_path": None,
        "rev_id": None,
        "depends_on": None,
        **given,
    }
