"""A merge revision, made by alembic's own machinery."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Optional, Union

from alembic import util
from alembic.runtime.migration import MigrationContext

from . import protocol
from .config import command_line, version_locations
from .create import named, write
from .environment import load, run_environment
from .session import Session


def plan_merge(session: Session, request: protocol.PlanMerge) -> protocol.CreatePlan:
    """The file that `merge` would write now. Nothing is written. Refused as alembic does."""
    revision = request.revision or util.rev_id()
    label = request.branch_label
    _, loaded = load(session, "merge", **_options(request, revision))
    script: Any = loaded
    heads = script.get_revisions(request.revisions)
    for item in heads:
        if not item.is_head:
            raise util.CommandError(f"Revision {item.revision} is not a head revision")
    created: datetime = script._generate_create_date()
    locations = version_locations(script)
    folder = os.path.dirname(str(heads[0].path)) if len(locations) > 1 else locations[0]
    path = named(script, folder, revision, request.message or "empty message", created)
    words = ["merge", *(["-m", request.message] if request.message else [])]
    words += ["--branch-label", label] if label else []
    words += ["--rev-id", revision] if request.revision else []
    return protocol.CreatePlan(
        file_name=path.name,
        directory=str(path.parent),
        operations=(),
        command=command_line(session.settings, session.redactor, *words, *request.revisions),
        revision=revision,
        message=request.message,
        created=created.isoformat(),
        autogenerate=False,
        placing=protocol.Placing(branch_label=label),
    )


def merge(session: Session, request: protocol.Merge) -> protocol.CreateResult:
    """Write the file by script.py.mako and file_template, and run the hooks of the project."""
    options = _options(request, request.revision)
    config, loaded = load(session, "merge", **options)
    script: Any = loaded
    template: dict[str, Any] = {"config": config}
    read = getattr(config, "get_alembic_option", config.get_main_option)
    if util.asbool(read("revision_environment")):
        run_environment(session, _nothing, "merge", options, as_sql=False, template_args=template)

    def generate() -> list[Any]:
        made = script.generate_revision(
            request.revision,
            request.message or None,
            refresh=True,
            head=request.revisions,
            branch_labels=request.branch_label,
            **template,
        )
        return [made]

    path, revision = write(script, generate, [request.revision], request.created)
    return protocol.CreateResult(path, revision, 0, session.elapsed_ms())


def _options(request: Union[protocol.PlanMerge, protocol.Merge], revision: str) -> dict[str, Any]:
    """What alembic's command line would have parsed."""
    return {
        "revisions": list(request.revisions),
        "message": request.message or None,
        "branch_label": request.branch_label,
        "rev_id": revision,
    }


def _nothing(heads: tuple[str, ...], context: MigrationContext) -> Optional[list[Any]]:
    return []
