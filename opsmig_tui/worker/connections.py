"""Driver differences of a connection: parameters, notices, read-only sessions, closing."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, Optional, cast

from .protocol import Notice, Place
from .redact import Redactor

SEEN = "opsmig"
"""Key in a connection record's info: (positional, keyword) arguments of the driver."""
KEYS = {"psycopg": "dbname", "psycopg2": "dbname", "asyncpg": "database", "pg8000": "database"}
"""Driver → the keyword of the database; it goes before what a connection string says."""
READ_ONLY = {"default_transaction_read_only": "on"}
IMPATIENT = {"lock_timeout": "1000"}
"""Milliseconds: what only reads is not worth a minute behind a table that somebody has locked."""
_SECRETS = ("password", "passwd", "sslpassword")
# What says where a server is, as whom to come, and how either side proves itself.
_WAY = re.compile(
    r"host(?:addr)?|port|user|pass(?:word|file)|unix_sock|sock|service(?:file)?|direct_tls"
    r"|require\w+|channel_binding|target_session_attrs|load_balance_hosts|krbsrvname"
    r"|(?:ssl|gss|scram|oauth)\w*"
)
_NAMES = ("user", "username", "host", "dbname", "database", "db")


def prepare(
    dialect: Any,
    record: Any,
    cargs: Any,
    cparams: dict[str, Any],
    redactor: Redactor,
    defaults: dict[str, str],
) -> None:
    """Before a connection is made: learn its secrets, name it, give the session its `defaults`.

    `cparams` is kept, not copied: a later listener may still put the password in.
    """
    for name in _SECRETS:
        redactor.add(cparams.get(name), tuple(cparams.get(key) for key in _NAMES))
    if dialect.name == "postgresql":
        _name_session(dialect.driver, cparams)
        if defaults:
            _begin_with(dialect.driver, cparams, defaults)
    if record is not None:
        record.info[SEEN] = (cargs, cparams)


def asked_address(dialect: Any, cparams: dict[str, Any]) -> tuple[Optional[str], Optional[int]]:
    """(host, port) that a PostgreSQL connection is going to be asked for, where one can tell."""
    if dialect.name != "postgresql":
        return None, None
    host = cparams.get("host") or os.environ.get("PGHOST")
    port = str(cparams.get("port") or os.environ.get("PGPORT") or "5432")
    return (host if isinstance(host, str) else None), (int(port) if port.isdigit() else None)


def learn_password(dbapi: Any, redactor: Redactor) -> None:
    """A password that libpq found by itself: in PGPASSWORD, ~/.pgpass or a service file."""
    info = getattr(driver_connection(dbapi), "info", None)
    names = ("user", "dbname", "host")
    redactor.add(getattr(info, "password", None), tuple(getattr(info, n, None) for n in names))


def _name_session(driver: str, cparams: dict[str, Any]) -> None:
    if driver.startswith("psycopg"):
        cparams.setdefault("fallback_application_name", "opsmig")
    elif driver == "asyncpg":
        settings = cparams["server_settings"] = dict(cparams.get("server_settings") or {})
        settings.setdefault("application_name", os.environ.get("PGAPPNAME", "opsmig"))
    elif driver == "pg8000":
        cparams.setdefault("application_name", "opsmig")


def _begin_with(driver: str, cparams: dict[str, Any], defaults: dict[str, str]) -> None:
    if driver.startswith("psycopg"):
        session_environment(defaults)  # env.py may have set it anew
        if cparams.get("options"):
            cparams["options"] += " " + _options(defaults)
    elif driver == "asyncpg":
        cparams["server_settings"].update(defaults)
    elif driver == "pg8000" and _takes_startup_params():
        cparams["startup_params"] = {**(cparams.get("startup_params") or {}), **defaults}


def _options(defaults: dict[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in defaults.items())


def _takes_startup_params() -> bool:
    """pg8000 learnt to pass settings on in 1.31."""
    core = sys.modules.get("pg8000.core")
    made = getattr(getattr(core, "CoreConnection", None), "__init__", None)
    return "startup_params" in getattr(getattr(made, "__code__", None), "co_varnames", ())


def session_environment(defaults: dict[str, str]) -> None:
    """Have every libpq session that this process or a child of it opens from now on begin with
    these settings, also one that env.py opens without SQLAlchemy; {} takes that back."""
    wanted = f"{own_options()} {_options(defaults)}".strip()
    if wanted:
        os.environ["PGOPTIONS"] = wanted
    else:
        os.environ.pop("PGOPTIONS", None)


def own_options() -> str:
    """PGOPTIONS without what is ours in it."""
    given = os.environ.get("PGOPTIONS", "")
    for ours in ({**READ_ONLY, **IMPATIENT}, READ_ONLY):
        given = given.replace(_options(ours), "")
    return given.strip()


def way_in(
    connection: Any, database: str = "", place: Optional[Place] = None
) -> tuple[Any, Callable[[], Any]]:
    """(dialect, function that makes one more driver connection like this one, past the pool).

    To another `database`, where one is named, of the same server or of the one of a `place`. Raises
    LookupError where that cannot be had.
    """
    dialect, seen = connection.dialect, connection.info.get(SEEN)
    if seen is None:  # env.py gave the engine a creator
        if database:
            raise LookupError("env.py makes its connections by a function of its own")
        return dialect, lambda: connection.engine.pool._invoke_creator(None)
    cargs, cparams = seen
    if database:
        cparams = aimed(dialect.driver, cparams, database, place)
    if place is not None:
        cargs = ()
    return dialect, lambda: dialect.connect(*cargs, **cparams)


def raw_connection(connection: Any) -> Any:
    """The driver's own connection below a SQLAlchemy connection."""
    return driver_connection(connection.connection)


def driver_connection(pooled: Any) -> Any:
    """The driver's own connection below a pooled or adapted one."""
    dbapi = getattr(pooled, "dbapi_connection", None) or pooled
    return getattr(dbapi, "driver_connection", None) or getattr(dbapi, "_connection", dbapi)


def encrypted(connection: Any) -> bool:
    """Whether the driver talks to the server by TLS."""
    raw = raw_connection(connection)
    transport = getattr(raw, "_transport", None)  # asyncpg
    if transport is not None:
        return transport.get_extra_info("ssl_object") is not None
    if hasattr(getattr(raw, "_usock", None), "cipher"):  # pg8000
        return True
    libpq = getattr(raw, "pgconn", None) or getattr(raw, "info", None)  # psycopg, psycopg2
    return bool(getattr(libpq, "ssl_in_use", False))


def canceller(connection: Any) -> Optional[Callable[[], None]]:
    """psycopg2's own way to cancel from another thread. The other drivers heed SIGINT."""
    raw = raw_connection(connection)
    cancel = raw.cancel if type(raw).__module__.partition(".")[0] == "psycopg2" else None
    return cast(Optional[Callable[[], None]], cancel)


def never_prepare(dbapi: Any) -> Any:
    """Have psycopg prepare nothing that it is asked often: behind a pooler that is missing in the
    next session, and stays in this one, which is given to others. Returns after how many times it
    did until now, None for any other driver."""
    raw = driver_connection(dbapi)
    before = getattr(raw, "prepare_threshold", None)
    if before is not None:
        raw.prepare_threshold = None
    return before


@contextlib.contextmanager
def unprepared(dbapi: Any) -> Iterator[None]:
    """So for our own statements alone, on a connection of the project's."""
    before = never_prepare(dbapi)
    try:
        yield
    finally:
        if before is not None:
            driver_connection(dbapi).prepare_threshold = before


def aimed(
    driver: str, keywords: dict[str, Any], database: str, place: Optional[Place] = None
) -> dict[str, Any]:
    """The driver's keywords, with this database in the place of any other; and, of a `place`, its
    server and user as well."""
    name = driver.partition("_")[0]  # psycopg_async
    key = KEYS.get(name)
    if key is None:
        raise LookupError(f"the driver {driver} is not known here")
    kept = {name: value for name, value in keywords.items() if name not in ("dbname", "database")}
    if place is None:
        return {**kept, key: database}
    kept = {name: value for name, value in kept.items() if not _WAY.fullmatch(name)}
    return {**kept, **_there(name, place), key: database}


def _there(driver: str, place: Place) -> dict[str, Any]:
    """Each keyword goes before what a connection string or the environment says."""
    if driver == "pg8000":
        return {"user": place.user, "unix_sock": f"{place.host}/.s.PGSQL.{place.port}"}
    more: dict[str, Any] = {"ssl": False} if driver == "asyncpg" else {"hostaddr": ""}
    return {"host": place.host, "port": place.port, "user": place.user, **more}


def autocommits(connection: Any) -> bool:
    """Whether each statement is committed at once. (sqlite3 has a number there.)"""
    pooled = connection.connection
    dbapi = getattr(pooled, "dbapi_connection", None) or pooled
    return getattr(dbapi, "autocommit", None) is True


def listen_for_notices(dbapi: Any, send: Callable[[Notice], None]) -> None:
    """Have the drivers that call back do so; the others keep a list (see take_notices)."""
    raw = driver_connection(dbapi)
    module = type(raw).__module__.partition(".")[0]
    if module == "psycopg":
        raw.add_notice_handler(lambda diag: send(_from_diag(diag)))
    elif module == "asyncpg":
        raw.add_log_listener(lambda _, message: send(_from_asyncpg(message)))


def _from_diag(diag: Any) -> Notice:
    parts = (diag.message_primary, diag.message_detail, diag.message_hint)
    return Notice(diag.severity or "NOTICE", "\n".join(part for part in parts if part))


def _from_asyncpg(message: Any) -> Notice:
    parts = (message.message, getattr(message, "detail", None), getattr(message, "hint", None))
    severity = getattr(message, "severity", None) or "NOTICE"
    return Notice(str(severity), "\n".join(part for part in parts if part))


def take_notices(connection: Any) -> list[Notice]:
    """The notices that psycopg2 and pg8000 collected, taken off their lists."""
    raw = raw_connection(connection)
    read = _KEPT.get(type(raw).__module__.partition(".")[0])
    if read is None or not raw.notices:
        return []
    kept = list(raw.notices)
    raw.notices.clear()
    return [read(one) for one in kept]


def _from_psycopg2(text: str) -> Notice:
    severity, colon, rest = text.partition(":")
    return Notice(severity if colon else "NOTICE", (rest if colon else text).strip())


def _from_pg8000(fields: dict[bytes, bytes]) -> Notice:
    """By the letters of the protocol: documentation, Error and Notice Message Fields."""
    parts = (fields.get(name, b"").decode("utf-8", "replace") for name in (b"M", b"D", b"H"))
    severity = (fields.get(b"V") or fields.get(b"S") or b"NOTICE").decode("ascii", "replace")
    return Notice(severity, "\n".join(part for part in parts if part))


_KEPT: dict[str, Callable[[Any], Notice]] = {"psycopg2": _from_psycopg2, "pg8000": _from_pg8000}


def protect_sqlite(dbapi: Any) -> None:
    """A reader's SQLite connection refuses to write."""
    if type(driver_connection(dbapi)).__module__.partition(".")[0] in ("sqlite3", "aiosqlite"):
        cursor = dbapi.cursor()
        cursor.execute("PRAGMA query_only = ON")
        cursor.close()


def dispose(engine: Any) -> None:
    """Close an engine's pooled connections, and say nothing where its loop is gone already."""
    if not getattr(engine.dialect, "is_async", False):
        engine.dispose()
        return
    try:
        engine.dispose(close=False)
    except TypeError:  # SQLAlchemy before 1.4.33 cannot: the connections go with the garbage
        engine.pool = engine.pool.recreate()
