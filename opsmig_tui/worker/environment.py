"""Runs the project's env.py with our own function in the place of a command's."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any, Optional

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from . import flaskapp
from .config import build_config
from .errors import WorkerError, describe, without_waiting
from .protocol import Failed
from .quick import OnlyRead, stamps
from .session import Session

REFUSED = "unsupported startup parameter"
"""What PgBouncer says to an option that it does not pass on."""

Fn = Callable[[tuple[str, ...], MigrationContext], Optional[Iterable[Any]]]


def run_environment(
    session: Session,
    fn: Fn,
    command: str = "current",
    command_options: Optional[dict[str, Any]] = None,
    **options: Any,
) -> ScriptDirectory:
    """Run env.py anew; `fn(heads, context)` is called once for each database it configures.

    `command` is the alembic command env.py is to believe it serves. Nothing is written to the
    database by alembic itself (dont_mutate). Engines that env.py made are disposed of afterwards.
    Raises whatever env.py raises, and WorkerError when it never ran migrations.
    """
    config, script = load(session, command, **(command_options or {}))
    if session.import_failed is not None:
        raise session.import_failed
    calls: list[MigrationContext] = []

    def counted(heads: Any, context: MigrationContext) -> Iterable[Any]:
        calls.append(context)
        session.answered = True
        return fn(tuple(heads or ()), context) or ()

    options.setdefault("dont_mutate", True)
    if _only_reads(session, options):
        session.only_read = None
    try:
        _run(session, config, script, fn=counted, **options)
    except Exception as error:
        if not _refuses_options(error) or not session.trace.options_taken or calls:
            if not session.answered and _half_imported(session, error, str(script.dir)):
                session.import_failed = error
            raise
        session.trace.give_up_options()
        _run(session, config, script, fn=counted, **options)
    if not calls:
        path = os.path.join(str(script.dir), "env.py")
        text = f"{path} ended without running migrations: it never called context.run_migrations()."
        raise WorkerError(Failed("project", text, file=path))
    if _only_reads(session, options):
        folder = str(script.dir)
        files = stamps(session.settings.root, folder)
        session.only_read = OnlyRead(folder, files, time.monotonic())
    return script


def _only_reads(session: Session, options: dict[str, Any]) -> bool:
    """Whether env.py runs in sessions that cannot write, and in a runner, where it matters."""
    return session.settings.runner and session.trace.only_reading and not options.get("as_sql")


def reads_only(session: Session) -> bool:
    """Whether env.py, in this process, has just come as far as its migrations in sessions that
    cannot write: it writes nothing of its own before."""
    known = session.only_read
    return known is not None and known.holds(session.settings.root, time.monotonic())


def _refuses_options(error: Optional[BaseException]) -> bool:
    """Also where the driver (pg8000) speaks of the connection that was closed with it."""
    while error is not None:
        if REFUSED in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def run_offline(session: Session, fn: Fn) -> ScriptDirectory:
    """`run_environment` in offline mode (``--sql``), in which env.py configures no connection."""
    return run_environment(
        session,
        fn,
        "upgrade",
        {"revision": "heads", "sql": True, "tag": None},
        as_sql=True,
        starting_rev=None,
        destination_rev="heads",
        output_buffer=_Nowhere(),
    )


def _half_imported(session: Session, error: Exception, folder: str) -> bool:
    """Whether a module that env.py imports raised it, and not for want of a database."""
    env_file = os.path.realpath(os.path.join(folder, "env.py"))
    modules = [
        os.path.realpath(frame.f_code.co_filename)
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_name == "<module>"
    ]
    if all(name == env_file for name in modules):
        return False
    kind = describe(error, session.settings.root, session.scripts.directories()).kind
    return kind in ("project", "dependency")


class _Nowhere:
    """Takes the BEGIN and COMMIT that an offline run writes."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...


def problem_of(session: Session, error: BaseException) -> str:
    """One sentence, with the place in their code where there is one."""
    if isinstance(error, WorkerError):
        return error.failed.message
    failed = describe(error, session.settings.root, session.scripts.directories())
    failed = without_waiting(session, failed)
    place = f" ({failed.file}:{failed.line})" if failed.kind == "project" and failed.file else ""
    return failed.message + place


def _run(session: Session, config: Config, script: ScriptDirectory, **options: Any) -> None:
    os.chdir(session.settings.root)
    pid = os.getpid()
    try:
        with EnvironmentContext(config, script, **options):
            script.run_env()
    finally:
        if os.getpid() != pid:
            _end_of_fork(sys.exc_info()[1])
        session.trace.dispose_engines()


def _end_of_fork(error: Optional[BaseException]) -> None:
    """End a child that the project forked and let run on: it must not answer for the worker."""
    code = 0 if error is None else 1
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        traceback.print_exception(type(error), error, error.__traceback__)
    os._exit(code)


def load(session: Session, command: str, **options: Any) -> tuple[Config, ScriptDirectory]:
    """A new Config for `command`, and the history, read again only where files changed."""
    os.chdir(session.settings.root)
    made = flaskapp.config_of(session) if session.app is not None else None
    config = build_config(session.settings, command, options, made)
    return config, session.scripts.get(config)
