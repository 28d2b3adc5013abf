"""Keeps a migration that is only rendered from reaching anything outside this process.

Its code runs as it is: it may open a connection of its own, start psql, call a web service or
delete files. None of that may happen because somebody looked at a review.

This holds against what a migration does in good faith. It is no prison: code that means to get out
(ctypes, libpq's own functions, the raw _thread module) does, and so does what a module does while
it is imported. Only the code of projects that are trusted comes here.
"""

from __future__ import annotations

import _posixsubprocess
import contextlib
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, Optional

from sqlalchemy import event
from sqlalchemy.engine import Engine

from .offline import replaced
from .recorder import Recorder

CONNECTS = "opens a connection"
PROGRAM = "starts a program"
THREAD = "starts a thread"
FILES = "changes files"
REFUSED = {
    **dict.fromkeys(("socket.connect", "sqlite3.connect", "urllib.Request"), CONNECTS),
    **dict.fromkeys(("socket.sendto", "socket.sendmsg", "socket.bind"), CONNECTS),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname"), CONNECTS),
    **dict.fromkeys(("os.kill", "os.killpg"), "sends a signal"),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"), PROGRAM),
    **dict.fromkeys(("os.fork", "os.forkpty", "os.spawn", "pty.spawn"), PROGRAM),
    **dict.fromkeys(("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate"), FILES),
    **dict.fromkeys(("os.chmod", "os.chown", "os.link", "os.symlink", "shutil.rmtree"), FILES),
}
"""Audit events of Python (its documentation lists them) → what the migration does, in words."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
DRIVERS = {
    "psycopg2": (("", "_connect"),),
    "psycopg": (
        *(("", "connect"), ("Connection", "connect"), ("Connection", "_connect_gen")),
        *(("AsyncConnection", "connect"), ("AsyncConnection", "_connect_gen")),
    ),
    "asyncpg": (("connect_utils", "_connect"),),
    "pg8000": (("core.CoreConnection", "__init__"),),
}
"""The functions on the way to a connection. libpq makes its own in C, where Python does not notice;
a rehearsal, which has connections of its own, must not refuse every socket."""
UNHEARD = (
    (threading.Thread, "start", THREAD),
    (_posixsubprocess, "fork_exec", PROGRAM),
)
"""What Python starts without an audit event (a thread: before 3.12). A thread would outlast the
rendering, and with it the seal; multiprocessing takes the other to start its processes."""

_recorder: Optional[Recorder] = None
_others: frozenset[Optional[int]] = frozenset()
_installed = False


@contextlib.contextmanager
def sealed(recorder: Recorder) -> Iterator[None]:
    """While it lasts, what leaves the process stops the migration that `recorder` listens to.

    Threads that were there before go on as they like, and so do modules while they are imported:
    env.py imports such modules, too, and one that is stopped halfway would stay broken for as long
    as the worker lives.
    """
    global _recorder, _others
    _install()

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise recorder.stop(CONNECTS)  # also within an import: the driver is asked by name

    with contextlib.ExitStack() as stack:
        for owner, name in connectors():
            value = classmethod(refuse) if isinstance(owner, type) else refuse
            stack.enter_context(replaced(owner, **{name: value}))
        for owner, name, words in UNHEARD:
            refused = _unless_listening(getattr(owner, name), words)
            stack.enter_context(replaced(owner, **{name: refused}))
        _others = frozenset(thread.ident for thread in threading.enumerate()) - {
            threading.get_ident()
        }
        _recorder = recorder
        try:
            yield
        finally:
            _recorder = None


def _unless_listening(function: Any, words: str) -> Any:
    """The function, for all but the migration."""

    def ask(*args: Any, **kwargs: Any) -> Any:
        recorder = _listening()
        if recorder is not None:
            raise recorder.stop(words)
        return function(*args, **kwargs)

    return ask


def connectors() -> Iterator[tuple[Any, str]]:
    """(module or class, name) of the loaded drivers' functions that open a connection."""
    for module, places in DRIVERS.items():
        loaded = sys.modules.get(module)
        for path, name in places if loaded is not None else ():
            owner: Any = loaded
            for part in filter(None, path.split(".")):
                owner = getattr(owner, part, None)
            if owner is not None and hasattr(owner, name):
                yield owner, name


def load_drivers() -> None:
    """Those installed: one that the migration itself would import first would come unsealed."""
    for name in DRIVERS:
        if name not in sys.modules and importlib.util.find_spec(name) is not None:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _install() -> None:
    """Once, when first needed: an audit hook stays for as long as the process lives."""
    global _installed
    if _installed:
        return
    _installed = True
    load_drivers()
    for moment in ("do_connect", "engine_connect", "before_cursor_execute"):
        event.listen(Engine, moment, _refuse_engine)
    sys.addaudithook(_audit)


def _refuse_engine(*args: Any) -> None:
    recorder = _listening()
    if recorder is not None:
        raise recorder.stop(CONNECTS)


def _listening() -> Optional[Recorder]:
    recorder = _recorder
    if recorder is None or threading.get_ident() in _others or recorder.importing():
        return None
    return recorder


def _audit(name: str, args: tuple[Any, ...]) -> None:
    if _recorder is None:
        return
    words = REFUSED.get(name) or (FILES if name == "open" and _for_writing(*args) else None)
    recorder = _listening() if words is not None else None
    if recorder is not None and words is not None:
        raise recorder.stop(words)


def _for_writing(path: Any, mode: Any, flags: Any) -> bool:
    """Appending is let through: a log file may be opened by its first record."""
    if not isinstance(path, (str, bytes)) or path == os.devnull or int(flags or 0) & os.O_APPEND:
        return False
    named = isinstance(mode, str) and any(letter in mode for letter in "wx+")
    return named or bool(int(flags or 0) & WRITES)
