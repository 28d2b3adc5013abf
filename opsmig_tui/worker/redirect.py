"""Sends every connection of the project's code to one database, whatever env.py asks for: of the
server that it asks for or of a private one.

Installed before any of the project's code, in a process of its own that never had another
connection. Below SQLAlchemy, at the drivers' own functions: also what a migration opens by itself
goes there. Each pooled connection is asked where it is before it is used.
"""

from __future__ import annotations

import _posixsubprocess
import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from typing import Any, Optional

from sqlalchemy import event
from sqlalchemy.pool import Pool

from .connections import aimed
from .errors import WorkerError
from .outside import reaches_outside
from .protocol import Failed, Place
from .sealed import PROGRAM, REFUSED

_URL = re.compile(r"(?i)^(postgres(?:ql)?(?:\+\w+)?://[^/?#]*)(?:/[^?#]*)?")
OUTSIDE = "It {}, which a copy of the database does not hold off. It was not run."
OTHER = "It connects to a database of another kind, which is no copy. Nothing was run there."
STARTS = "The migration starts a program, which could reach the real database. It was not run."
_KEPT = ("PGOPTIONS", "PGAPPNAME", "PGTZ", "PGDATESTYLE", "PGCLIENTENCODING", "PGCONNECT_TIMEOUT")
"""What libpq's environment variables say of a session, not of the way to a server."""
_WHERE = "SELECT current_database()"
_WHERE_OF_WHOM = f"{_WHERE}, system_identifier::text FROM pg_catalog.pg_control_system()"

Aim = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Takes a driver and the keywords it is given; returns those that lead to the database."""


_in_migration = False


def install(database: str, place: Optional[Place] = None) -> None:
    """From here on connections of this process go to `database`, for as long as it lives; in a
    `place`, to its server. A URL of the environment keeps its server all the same: a program that
    is given it finds no such database there."""
    if place is not None:
        _lead_to(place)
    os.environ["PGDATABASE"] = database
    for name, value in list(os.environ.items()):
        if _URL.match(value):
            os.environ[name] = _URL.sub(rf"\1/{database}", value)
    aim = partial(aimed, database=database, place=place)
    for name, wrap in _WRAPS.items():
        if importlib.util.find_spec(name) is not None:
            with contextlib.suppress(ImportError):  # broken: then nobody can connect with it
                wrap(importlib.import_module(name), aim)
    event.listen(Pool, "connect", lambda raw, record: _look(raw, database, place))
    sys.addaudithook(_audit)
    _posixsubprocess.fork_exec = _unless_migrating(_posixsubprocess.fork_exec)


def _lead_to(place: Place) -> None:
    for name in list(os.environ):
        if name.startswith("PG") and name not in _KEPT:
            del os.environ[name]
    os.environ.update(PGHOST=place.host, PGPORT=str(place.port), PGUSER=place.user)


def refuse_outside(sql: str) -> None:
    """Raises WorkerError for a statement that reaches beyond the database."""
    words = reaches_outside(sql)
    if words:
        raise WorkerError(Failed("refused", OUTSIDE.format(words), statement=sql))


@contextlib.contextmanager
def no_programs() -> Iterator[None]:
    """While a migration runs, it starts no program: psql would find the real database."""
    global _in_migration
    _in_migration = True
    try:
        yield
    finally:
        _in_migration = False


def _audit(name: str, args: tuple[Any, ...]) -> None:
    if _in_migration and REFUSED.get(name) == PROGRAM:
        raise WorkerError(Failed("refused", STARTS))


def _unless_migrating(fork_exec: Callable[..., Any]) -> Callable[..., Any]:
    """multiprocessing starts its processes with it, and no audit event tells of that."""

    def started(*args: Any) -> Any:
        _audit("subprocess.Popen", ())
        return fork_exec(*args)

    return started


def _look(raw: Any, database: str, place: Optional[Place]) -> None:
    """The last word: the server itself says where a new connection is."""
    wanted = (database,) if place is None else (database, place.system)
    cursor = raw.cursor()
    try:
        cursor.execute(_WHERE if place is None else _WHERE_OF_WHOM)
        found = tuple(cursor.fetchone())
    except Exception as error:  # of any other kind of database, whatever its driver raises
        raise WorkerError(Failed("refused", OTHER)) from error
    finally:
        cursor.close()
    if not getattr(raw, "autocommit", False):
        raw.rollback()
    if found != wanted:
        which = found[0] if found[0] != database else f"another server's {database}"
        text = f"env.py connected to {which} past the redirection. Nothing was run there."
        raise WorkerError(Failed("refused", text))


def _psycopg(module: Any, aim: Aim) -> None:
    read = importlib.import_module("psycopg.conninfo").conninfo_to_dict

    for cls in (module.Connection, module.AsyncConnection):
        own = cls.connect.__func__

        def connect(
            cls: Any, /, conninfo: str = "", *, _own: Callable[..., Any] = own, **given: Any
        ) -> Any:
            return _own(cls, **aim("psycopg", {**read(conninfo), **given}))

        cls.connect = classmethod(connect)
    module.connect = module.Connection.connect
    for name in ("Cursor", "AsyncCursor", "ServerCursor", "AsyncServerCursor"):
        _checked(getattr(module, name), ("execute", "executemany", "copy", "stream"))


def _psycopg2(module: Any, aim: Aim) -> None:
    own, read = module.connect, module.extensions.parse_dsn

    def connect(dsn: Any = None, connection_factory: Any = None, **given: Any) -> Any:
        said = read(dsn) if dsn else {}
        raw = own(None, connection_factory, **aim("psycopg2", {**said, **given}))
        raw.cursor_factory = _checking_cursor(module, raw.cursor_factory)
        return raw

    module.connect = connect


def _checking_cursor(module: Any, base: Any) -> Any:
    """psycopg2's cursors are made in C: a class below looks at what it is given."""

    class Cursor(base or module.extensions.cursor):  # type: ignore[misc]
        def execute(self, query: Any, *rest: Any) -> Any:
            refuse_outside(_text(query, self))
            return super().execute(query, *rest)

        def executemany(self, query: Any, *rest: Any) -> Any:
            refuse_outside(_text(query, self))
            return super().executemany(query, *rest)

        def copy_expert(self, sql: Any, *rest: Any, **given: Any) -> Any:
            refuse_outside(_text(sql, self))
            return super().copy_expert(sql, *rest, **given)

    return Cursor


def _asyncpg(module: Any, aim: Aim) -> None:
    own = module.connect

    async def connect(*given: Any, **named: Any) -> Any:
        return await own(*given, **aim("asyncpg", named))

    module.connect = module.connection.connect = connect
    asking = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "prepare", "cursor")
    _checked(module.Connection, asking)


def _pg8000(module: Any, aim: Aim) -> None:
    cls = importlib.import_module("pg8000.core").CoreConnection
    own = cls.__init__

    def begin(self: Any, *given: Any, **named: Any) -> None:
        own(**aim("pg8000", signature(own).bind(self, *given, **named).arguments))

    cls.__init__ = begin
    _checked(cls, ("execute_simple", "execute_unnamed", "prepare_statement"))


_WRAPS: dict[str, Callable[[Any, Aim], None]] = {
    "psycopg": _psycopg,
    "psycopg2": _psycopg2,
    "asyncpg": _asyncpg,
    "pg8000": _pg8000,
}


def _checked(cls: Any, names: tuple[str, ...]) -> None:
    """Have these methods look at their first argument, the statement, before they run it."""
    for name in names:
        own = getattr(cls, name, None)
        if own is None:
            continue

        def method(self: Any, query: Any, *rest: Any, _own: Any = own, **given: Any) -> Any:
            refuse_outside(_text(query, self))
            return _own(self, query, *rest, **given)

        setattr(cls, name, method)


def _text(query: Any, context: Any) -> str:
    """A statement as text, as which drivers also take bytes and composed objects."""
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    as_string = getattr(query, "as_string", None)
    return str(as_string(context)) if as_string is not None else str(query)
