"""The worker's loop: the main thread runs requests, a reader thread takes what must not wait."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import platform
import queue
import signal
import threading
import time
from typing import Any, Optional

import alembic
import sqlalchemy

from . import flaskapp, protocol
from .cancel import Cancellation
from .channel import Channel, Streams, read_lines, take_protocol_fds
from .config import Scripts, Settings
from .errors import failure
from .logs import capture_logs
from .quick import Quick
from .redact import Redactor, secret_of
from .redirect import install
from .session import Session
from .sqltrace import Trace
from .watch import Watcher

OPERATIONS = {
    "status": "status",
    "drift": "drift",
    "facts": "facts",
    "live": "live",
    "peek": "peek",
    "revisions": "revisions",
    "plan": "plan",
    "plan_create": "create",
    "create": "create",
    "plan_merge": "merging",
    "merge": "merging",
    "sql_script": "script",
    "run": "run",
    "plan_stamp": "stamp",
    "stamp": "stamp",
    "rehearse": "rehearse",
    "list_scratch": "scratch",
    "make_scratch": "scratch",
    "drop_scratch": "scratch",
    "sessions": "sessions",
    "render": "render",
}
"""op → module of this package; its function `op(session, request)` returns the result."""
WRITES = ("run", "stamp")
"""What changes a database, and so gets connections that may write."""
GIVE_UP_SECONDS = 20.0
"""How long a request may go on after the tool has gone, cancelled, before the process ends."""

Item = Optional[tuple[int, Any]]


def main() -> None:
    """Serve until `shutdown` or the end of stdin."""
    read, write = take_protocol_fds()
    redactor = Redactor()
    channel = Channel(write, redactor)
    streams = Streams(channel)
    inbox: queue.Queue[Item] = queue.Queue()
    cancellation = Cancellation()
    channel.sent = cancellation.catch_up
    watcher = Watcher(channel)
    started = threading.Event()
    start_line: list[bytes] = []

    def on_line(line: bytes) -> None:
        if not start_line:
            start_line.append(line)
            started.set()
        else:
            _receive(line, channel, inbox, cancellation, watcher)

    def reader() -> None:
        read_lines(read, on_line)
        started.set()
        inbox.put(None)
        cancellation.cancel_all()
        time.sleep(GIVE_UP_SECONDS)
        os._exit(1)

    def forked() -> None:
        os.close(read)
        channel.leave()
        streams.leave()

    os.register_at_fork(after_in_child=forked)
    threading.Thread(target=reader, name="opsmig-reader", daemon=True).start()
    started.wait()
    if start_line:
        session = _session(start_line[0], channel, redactor, cancellation, watcher)
        capture_logs(channel, streams)
        channel.send(_ready())
        _serve(session, inbox, streams)
    channel.flush()
    os._exit(0)  # the project's threads and exit handlers must not keep a finished worker alive


def _session(
    line: bytes,
    channel: Channel,
    redactor: Redactor,
    cancellation: Cancellation,
    watcher: Watcher,
) -> Session:
    settings = protocol.from_dict(Settings, json.loads(line))
    for value in settings.x:
        redactor.add(secret_of(value))
    redactor.add(
        os.environ.get("PGPASSWORD"), (os.environ.get("PGUSER"), os.environ.get("PGDATABASE"))
    )
    if settings.scratch:
        install(settings.scratch, settings.place)
    scripts = Scripts(settings)
    trace = Trace(channel, redactor, cancellation, scripts.directories)
    trace.install()
    quick = Quick(settings.root)
    return Session(settings, channel, redactor, scripts, trace, cancellation, quick, watcher)


def _ready() -> protocol.Ready:
    return protocol.Ready(
        protocol=protocol.PROTOCOL_VERSION,
        pid=os.getpid(),
        python=platform.python_version(),
        alembic=alembic.__version__,
        sqlalchemy=sqlalchemy.__version__,
    )


def _receive(
    line: bytes,
    channel: Channel,
    inbox: queue.Queue[Item],
    cancellation: Cancellation,
    watcher: Watcher,
) -> None:
    """What a line asks for: in its turn, or at once where it concerns the run under way."""
    try:
        number, request = protocol.decode_request(line)
    except ValueError as error:
        channel.send(protocol.Failed("protocol", str(error)))
        return
    if isinstance(request, protocol.Cancel):
        cancellation.cancel(request.target, request.force)
    elif isinstance(request, protocol.StopSession):
        watcher.stop(number, request)
        return
    elif isinstance(request, protocol.Shutdown):
        cancellation.cancel_all()
        inbox.put(None)
    elif not isinstance(request, protocol.Ping):
        cancellation.expect(number)
        inbox.put((number, request))
        return
    channel.send(protocol.Done(protocol.Pong()), number)


def _serve(session: Session, inbox: queue.Queue[Item], streams: Streams) -> None:
    while True:
        item = inbox.get()
        if item is None:
            return
        number, request = item
        session.channel.current = number
        session.started = time.perf_counter()
        signal.signal(signal.SIGINT, session.cancellation.on_sigint)  # user code may have taken it
        event = _perform(session, number, request)
        streams.drain()
        session.send(event)
        session.channel.current = None


def _perform(session: Session, number: int, request: Any) -> Any:
    """Run one request; whatever it raises, SystemExit included, becomes a `failed`."""
    cancellation = session.cancellation
    try:
        try:
            cancellation.begin(number)
            session.scripts.overlay = getattr(request, "overlay", "")
            # A runner also imports the project ahead of a confirmation: only a run may write.
            writes = session.settings.runner and (request.op in WRITES or session.settings.scratch)
            impatient = not session.settings.runner  # how long a run waits is its own affair
            if session.settings.app:
                session.trace.begin(read_only=True, impatient=impatient)
                flaskapp.load(session)
            session.trace.begin(read_only=not writes, impatient=impatient)
            module = importlib.import_module("." + OPERATIONS[request.op], __package__)
            return protocol.Done(getattr(module, request.op)(session, request))
        finally:
            cancellation.end()
    except BaseException as error:
        failed = failure(session, error)
        if failed.kind != "connection":
            return failed
        host, port = session.trace.asked
        return dataclasses.replace(failed, host=host, port=port)
