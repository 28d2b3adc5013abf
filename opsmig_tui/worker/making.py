"""CREATE DATABASE, for a scratch database, and what belongs to it."""

from __future__ import annotations

import contextlib

from .errors import WorkerError, database_details
from .protocol import Failed
from .side import SideConnection

COPY_SECONDS = 60
"""After these the server gives up a copy by itself, and takes away what there is of it."""
SLACK = 10.0
WAIT_SECONDS = 10
"""Nobody else uses a scratch database: who waits for a lock there waits for itself, for ever."""
_LISTS = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")
"""Settings whose value is a list of names, each quoted by itself already."""


class Maker:
    """CREATE DATABASE with what belongs to it."""

    def __init__(
        self,
        server: SideConnection,
        mark: str,
        settings: list[str],
        grants: list[str],
        owner: str,
        login: str = "",
    ) -> None:
        """`settings` ("name=value") and `grants` ("PRIVILEGE TO role") are of the original; so is
        `owner`, where this role may make something for that one: env.py may take that role. On a
        private server env.py comes as `login`, and the settings are for that one alone."""
        self._server, self._mark, self._owner = server, mark, owner
        self._settings, self._grants, self._login = settings, grants, login

    def copy(self, source: str, name: str) -> None:
        """Schema and rows of a database that nobody is connected to."""
        self._create(name, f"TEMPLATE {quoted(source)}")

    def empty(self, name: str, encoding: str, collate: str, ctype: str) -> None:
        """With the locale of the database that its migrations are going to make it like; on a
        private server that does not have it, with none: there are no rows to be in an order."""
        kind = f"TEMPLATE template0 ENCODING {literal(encoding)}"
        try:
            self._create(name, f"{kind} LC_COLLATE {literal(collate)} LC_CTYPE {literal(ctype)}")
        except WorkerError:
            if not self._login:
                raise
            self.drop(name)
            self._create(name, f"{kind} LC_COLLATE 'C' LC_CTYPE 'C'")

    def drop(self, name: str) -> None:
        """On a private server also where a worker that was killed has left a session."""
        force = " WITH (FORCE)" if self._login else ""
        self._ask(f"DROP DATABASE IF EXISTS {quoted(name)}{force}")

    def _create(self, name: str, options: str) -> None:
        owner = f" OWNER {quoted(self._owner)}" if self._owner else ""
        self._ask(
            f"CREATE DATABASE {quoted(name)} {options}{owner}",
            # At once: without its mark nobody would ever dare to drop it.
            f"COMMENT ON DATABASE {quoted(name)} IS {literal(self._mark)}",
            # A new database lets everybody in: to the rows, too.
            f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC",
            f"ALTER DATABASE {quoted(name)} SET lock_timeout = '{WAIT_SECONDS}s'",
        )
        # A copy brings neither along.
        for grant in self._grants:
            privilege, _, role = grant.partition(" TO ")
            self._ask(f"GRANT {privilege} ON DATABASE {quoted(name)} TO {role}")
        whose = f"DATABASE {quoted(name)}"
        if self._login:
            whose = f"ROLE {quoted(self._login)} IN {whose}"
        for setting in self._settings:
            key, _, value = setting.partition("=")
            told = (value or "''") if key in _LISTS else literal(value)
            with contextlib.suppress(WorkerError):  # one that only a superuser may set
                self._ask(f"ALTER {whose} SET {key} TO {told}")

    def _ask(self, *statements: str) -> None:
        sql = statements[0]
        try:
            self._server.ask_all(statements, COPY_SECONDS + SLACK)
        except TimeoutError:
            raise WorkerError(Failed("database", f"The server gave no answer to {sql}.")) from None
        except Exception as error:  # whatever the driver raises
            raise WorkerError(Failed("database", said(error), statement=sql)) from error


def said(error: Exception) -> str:
    """The server's message, in one line."""
    return database_details(error).get("message") or " ".join(str(error).split())


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"E'{doubled}'".replace("\\", "\\\\") if "\\" in doubled else f"'{doubled}'"
