"""Flask-Migrate: the app is created once, as `flask` does it, and alembic's Config comes of it.

An app may do anything when it is created. So no database takes a write meanwhile, whatever the
request is for, and after a failure this process never tries again: half of the app's modules are
imported by then, and would fail for other reasons.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.config import Config

from .errors import WorkerError, describe
from .protocol import Failed

if TYPE_CHECKING:
    from .session import Session


@dataclass
class App:
    """What Flask-Migrate keeps in the app, and the arguments for env.py as the app gave them."""

    migrate: Any
    arguments: dict[str, Any]


def load(session: Session) -> None:
    """Create the app, where that was not done, and make it the current one from now on.

    Raises whatever its code raises, and WorkerError where there is no app or it failed before.
    """
    if session.app is not None:
        return
    if session.app_failed is not None:
        raise WorkerError(session.app_failed)
    try:
        session.app = _load(session)
    except BaseException as error:
        failed = describe(error, os.path.realpath(session.settings.root), ())
        if isinstance(error, KeyboardInterrupt):  # a cancelled request, in the words of a later one
            said = f"The Flask app {session.settings.app} was interrupted while it was created."
            failed = dataclasses.replace(failed, message=said)
        session.app_failed = failed
        raise
    finally:
        session.trace.dispose_engines()


def _load(session: Session) -> App:
    cli: Any = importlib.import_module("flask.cli")
    name = session.settings.app
    os.chdir(session.settings.root)
    os.environ["FLASK_RUN_FROM_CLI"] = "true"  # app.run() at the end of a file then does nothing
    if cli.get_load_dotenv(True):
        cli.load_dotenv()
    cause = None
    try:
        app = cli.ScriptInfo(app_import_path=name).load_app()
    except cli.NoAppException as error:
        cause = _import_error(error)
        if cause is None:
            raise WorkerError(Failed("project", f"{name}: {error.message}")) from error
    if cause is not None:
        raise cause  # theirs has the frame; flask keeps it as text
    app.app_context().push()
    kept = app.extensions.get("migrate")
    if kept is None:
        text = f"The Flask app {name} was created without Migrate(app, db) of Flask-Migrate."
        raise WorkerError(Failed("project", text))
    return App(kept, dict(kept.configure_args))


def _import_error(error: BaseException) -> Any:
    """The error in a module that the app imports, None where the app itself was not found."""
    cause = error.__context__
    trace = cause.__traceback__ if isinstance(cause, ImportError) else None
    return cause if trace is not None and trace.tb_next is not None else None


def config_of(session: Session) -> Config:
    """A new Config, with what the app configures in it."""
    assert session.app is not None
    kept = session.app.migrate
    # The usual env.py leaves a function of its run in there, which would go by that run's options.
    kept.configure_args.clear()
    kept.configure_args.update(session.app.arguments)
    folder = os.path.dirname(session.settings.config)
    config: Config = kept.migrate.get_config(folder, x_arg=list(session.settings.x))
    return config
