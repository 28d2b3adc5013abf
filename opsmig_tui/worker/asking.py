"""Single questions to the database: read-only, each with a time limit, none spoiling the next.

They go past SQLAlchemy's own execution, so that an engine with echo or a logger at DEBUG writes
neither the statements nor the rows into a log.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Optional

from .connections import autocommits, unprepared
from .errors import database_details
from .patience import code_of, impatient, words

LOCK_TIMEOUT_MS = 200
"""How long to wait for a table that somebody has locked: a review is not worth a queue."""
LONGEST_PROBLEM = 200
# A count that row-level security makes smaller would be wrong without saying so.
_SETTINGS = (
    "SET TRANSACTION READ ONLY",
    f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}",
    "SET LOCAL row_security = off",
)
_WORDS = {
    "55P03": "the table is locked by another session",
    "25P02": "the transaction was aborted",
}


class Refused(Exception):
    """The database gave no answer. The text says why, and holds no value of it."""


class Database:
    """The connection of env.py, to be asked for rows. Names in SQL are always quoted."""

    def __init__(
        self, connection: Any, timeout_ms: int, total_ms: int, check: Callable[[], None]
    ) -> None:
        self.dialect = connection.dialect
        self.is_postgresql = self.dialect.name == "postgresql"
        self.connection = connection
        self.timeout_ms = timeout_ms
        self._deadline = time.monotonic() + total_ms / 1000
        self._check = check
        self._limit = 0
        preparer = self.dialect.identifier_preparer
        self._quote = preparer.quote_identifier
        self._doubled = bool(getattr(preparer, "_double_percents", False))

    def rows(self, sql: str) -> list[Any]:
        """The rows of one SELECT. Raises Refused, and what the driver raises for a lost session."""
        limit = min(self.timeout_ms, int((self._deadline - time.monotonic()) * 1000))
        if limit <= 0:
            raise Refused("no time was left for it")
        self._check()
        if not self.is_postgresql:
            try:
                return self._execute(sql)
            except Exception as error:
                self._check()
                code = code_of(error)
                why = _shortened(str(error)) if code is None else words(code, self.timeout_ms)
                raise Refused(why) from error
        try:
            if limit != self._limit:
                self._execute(f"SET LOCAL statement_timeout = {limit}")
                self._limit = limit
            return self._execute(sql)
        except Exception as error:
            self._check()
            # Nothing is lost: all that happened since is reading. The settings are gone, though.
            self._execute("ROLLBACK TO SAVEPOINT opsmig_questions")
            self.begin()
            raise Refused(_why(error, limit)) from error

    def begin(self) -> None:
        """What holds for all questions."""
        self._limit = 0
        for setting in _SETTINGS:
            self._execute(setting)

    def _execute(self, sql: str) -> list[Any]:
        return raw_rows(self.connection, sql)

    def name(self, *parts: Optional[str]) -> str:
        """``"ops"."Agreement"``; parts that are None are left out."""
        return ".".join(self._quote(part) for part in parts if part is not None)

    def given(self, sql: str) -> str:
        """SQL that the server wrote, for the driver to take as it is."""
        return sql.replace("%", "%%") if self._doubled else sql

    def text(self, value: str) -> str:
        """A string literal."""
        plain = self.given(value.replace("'", "''"))
        if self.is_postgresql and "\\" in plain:
            doubled = plain.replace("\\", "\\\\")
            return f"E'{doubled}'"
        return f"'{plain}'"


@contextlib.contextmanager
def asking(
    connection: Any, timeout_ms: int, total_ms: int, check: Callable[[], None]
) -> Iterator[Database]:
    """Ask within a read-only transaction; what is set for it is taken back at the end.

    `check` raises when the request was cancelled.
    """
    database = Database(connection, timeout_ms, total_ms, check)
    if not database.is_postgresql:
        with impatient(database.dialect, database._execute, timeout_ms):
            yield database
        return
    alone = autocommits(connection)
    if alone:
        database._execute("BEGIN")
    database._execute("SAVEPOINT opsmig_questions")
    database.begin()
    yield database
    database._execute("ROLLBACK" if alone else "ROLLBACK TO SAVEPOINT opsmig_questions")


def raw_rows(connection: Any, sql: str) -> list[Any]:
    """The rows of one statement, past SQLAlchemy's own execution: no event, no log. Where the
    driver formats its parameters, `sql` has its percent signs doubled."""
    dialect = connection.dialect
    cursor: Any = connection.connection.cursor()
    try:
        none = dialect.execute_sequence_format() if dialect.positional else {}
        with unprepared(connection.connection):
            dialect.do_execute(cursor, sql, none)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def _why(error: Exception, limit: int) -> str:
    """In words. Errors about data (class 22) are not repeated: they tell a value."""
    details = database_details(error)
    state = details.get("sqlstate", "")
    if state == "57014":
        return f"no answer within {limit:,} ms"
    if state.startswith("22"):
        return "its values cannot be compared in this way"
    return _WORDS.get(state) or _shortened(details.get("message") or str(error))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_PROBLEM else line[: LONGEST_PROBLEM - 1] + "…"


@contextlib.contextmanager
def in_transaction(connection: Any) -> Iterator[None]:
    """An engine that commits each statement at once has none, and looking needs one."""
    alone = autocommits(connection)
    if alone:
        raw_rows(connection, "BEGIN")
    try:
        yield
    finally:
        if alone:
            raw_rows(connection, "ROLLBACK")
