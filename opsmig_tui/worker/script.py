"""An upgrade or downgrade as SQL: alembic's own offline mode (``--sql``)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from alembic.runtime.migration import MigrationContext

from . import protocol
from .config import command_line
from .environment import run_environment
from .plan import steps_of
from .session import Session


def sql_script(session: Session, request: protocol.Script) -> protocol.ScriptResult:
    """env.py runs offline, so that it makes no connection; the migrations write into a buffer."""
    span = f"{request.start}:{request.target}" if request.start else request.target
    written = io.StringIO()

    def fn(heads: tuple[str, ...], context: MigrationContext) -> Iterable[Any]:
        script: Any = context.script
        return steps_of(script, request.direction, request.target, heads)

    run_environment(
        session,
        fn,
        request.direction,
        {"revision": span, "sql": True, "tag": request.tag},
        as_sql=True,
        starting_rev=request.start,
        destination_rev=request.target,
        tag=request.tag,
        output_buffer=written,
    )
    words = [request.direction, span, "--sql", *(["--tag", request.tag] if request.tag else [])]
    command = command_line(session.settings, session.redactor, *words)
    return protocol.ScriptResult(written.getvalue(), command)
