"""How long a MySQL or MariaDB session waits and works while questions are asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Optional

LOCK_SECONDS = 1
"""For a table that somebody has locked: the least that both servers take. Theirs is a day."""
NO_DATABASE = 1049
_LOCKED, _TIMES = 1205, (1969, 3024)


@contextlib.contextmanager
def impatient(dialect: Any, execute: Callable[[str], Any], limit_ms: int) -> Iterator[None]:
    """Nothing waits for long within; the session's own settings come back at the end.

    Another database is left as it is. MariaDB's limit of a statement is max_statement_time in
    seconds, MySQL's max_execution_time in milliseconds (of a SELECT, from 5.7.8 on).
    """
    if dialect.name not in ("mysql", "mariadb"):
        yield
        return
    wanted = {"lock_wait_timeout": f"{LOCK_SECONDS}"}
    if getattr(dialect, "is_mariadb", False):
        wanted["max_statement_time"] = f"{limit_ms / 1000:.3f}"
    else:
        wanted["max_execution_time"] = f"{limit_ms}"
    before = {}
    for name, value in wanted.items():
        with contextlib.suppress(Exception):  # one that this version does not have
            ((old,),) = execute(f"SELECT @@SESSION.{name}")
            execute(f"SET SESSION {name} = {value}")
            before[name] = old
    yield
    for name, old in before.items():
        execute(f"SET SESSION {name} = {old}")


def code_of(error: Optional[BaseException]) -> Optional[int]:
    """The server's number of an error, as the drivers for MySQL have it first."""
    first = error.args[0] if error is not None and error.args else None
    return first if isinstance(first, int) else None


def words(code: int, limit_ms: int) -> str:
    """Why there is no answer. The server's own message is not repeated: it may tell a value."""
    if code == _LOCKED:
        return "the table is locked by another session"
    if code in _TIMES:
        return f"no answer within {limit_ms:,} ms"
    return f"the database refused it with error {code}"
