"""Status again within seconds, on a connection that was kept: env.py need not run anew for it.

Only where nothing on disk changed that env.py could have read, for one PostgreSQL database, and for
a few seconds: an open session stands in the way of DROP DATABASE. What decides a run (the plan, the
checks before it) never comes from here.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from .errors import WorkerError
from .position import position_query
from .protocol import DatabaseStatus
from .side import SideConnection

KEEP_SECONDS = 10.0
ANSWER_SECONDS = 2.0
FRESH_SECONDS = 10.0
"""For how long env.py is taken to do what it did: it may go by what it finds in the database."""


class Quick:
    """The last full answer, and a session to ask for changes to it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._possible = True
        self._at = 0.0
        self._stamps: list[tuple[str, int]] = []
        self._files: list[str] = []
        self._status: Optional[DatabaseStatus] = None
        self._sql = ""
        self._side: Optional[SideConnection] = None

    def forget(self) -> None:
        """Close the session, if there is one."""
        side, self._side, self._status = self._side, None, None
        if side is not None:
            side.close()

    def remember(self, status: DatabaseStatus, context: MigrationContext) -> None:
        """Keep a session like the one env.py just made; called inside its run."""
        self.forget()
        connection: Any = context.connection
        if status.identity.dialect != "postgresql" or not self._possible:
            return
        self._sql = position_query(context)
        if not self._sql:
            return
        self._status, self._at = status, time.monotonic()
        self._files = files_read(self._root, str(context.script.dir) if context.script else "")
        self._stamps = self._stamp()
        try:
            self._side = SideConnection(connection, KEEP_SECONDS, ANSWER_SECONDS)
        except WorkerError:
            self._possible = False  # no room for a second session here: do not try again

    def answer(self) -> Optional[DatabaseStatus]:
        """Where the database stands now, or None when env.py has to be asked."""
        status, side = self._status, self._side
        if status is None or side is None or not side.open:
            return None
        if time.monotonic() - self._at > KEEP_SECONDS or self._stamp() != self._stamps:
            return None
        try:
            ((database, user, version, current),) = side.ask(self._sql, ANSWER_SECONDS)
        except Exception:  # dropped, restarted, not allowed: env.py's own connection will tell
            return None
        known = (status.identity.database, status.identity.user, status.server_version)
        if (database, user, version) != known:
            return None
        return dataclasses.replace(status, current=tuple(sorted(current)))

    def _stamp(self) -> list[tuple[str, int]]:
        return [(path, changed_at(path)) for path in self._files]


@dataclasses.dataclass(frozen=True)
class OnlyRead:
    """That env.py came as far as its migrations in sessions that cannot write."""

    script_dir: str
    files: tuple[tuple[str, int], ...]
    """`stamps` of what it may have read."""
    at: float
    """time.monotonic() of it."""

    def holds(self, root: str, now: float) -> bool:
        """Whether it is of late, and all files are as they were."""
        return now - self.at <= FRESH_SECONDS and stamps(root, self.script_dir) == self.files


def stamps(root: str, script_dir: str) -> tuple[tuple[str, int], ...]:
    """`files_read`, each with its time: equal to earlier ones where nothing of it changed."""
    return tuple((path, changed_at(path)) for path in files_read(root, script_dir))


def changed_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def files_read(root: str, script_dir: str) -> list[str]:
    """What env.py may have read: the project's modules, and the files around it and above it.

    Folders are listed as well: their time tells that a file came or went.
    """
    found = {root, script_dir}
    for folder in (root, script_dir):
        found |= {entry.path for entry in os.scandir(folder or root) if entry.is_file()}
    prefixes = tuple({sys.prefix, sys.base_prefix})
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if path and "site-packages" not in path and not path.startswith(prefixes):
            found.add(path)
    while not os.path.exists(os.path.join(root, ".git")) and os.path.dirname(root) != root:
        root = os.path.dirname(root)
        found |= {os.path.join(root, ".env"), os.path.join(root, "pyproject.toml")}
    return sorted(found)
