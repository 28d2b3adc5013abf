"""upgrade() and downgrade() as SQL, each statement with the lines of the file it comes from.

The file is read and run here rather than taken from alembic's own loading of the history: so the
digest is surely that of the text that ran, and a broken neighbour is no obstacle.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.util
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from . import protocol
from .environment import problem_of, run_environment, run_offline
from .errors import Cancelled
from .offline import recorded
from .recorder import Recorder
from .sealed import sealed
from .session import Session
from .status import OPTIONS

ALL_SECONDS = 30.0
"""For a request: what is left then is not tried."""
AGAIN = 0.25
"""Seconds between attempts to end a migration that catches everything."""
MEMORY = 2**30
"""Bytes that a migration may ask for: far more than any needs, and less than what would make the
machine, or the database on it, stop."""


@dataclass
class _Rendering:
    """One request, in one of the databases that env.py configures."""

    session: Session
    context: MigrationContext
    seconds: float
    deadline: float
    arguments: dict[str, Any]


def render(session: Session, request: protocol.Render) -> protocol.RenderResult:
    """Each file rendered in every database that env.py configures: what they share counts once."""
    found: dict[str, protocol.RenderedRevision] = {}
    deadline = time.monotonic() + ALL_SECONDS

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        here = _Rendering(session, context, request.seconds, deadline, _arguments())
        for path in request.files:
            revision = _file(here, path)
            found[path] = _joined(found[path], revision) if path in found else revision

    try:
        run_offline(session, fn)
    except (Exception, SystemExit) as error:
        problem = f"env.py does not run offline: {problem_of(session, error)}"
        if not found and not _online(session, fn):
            return protocol.RenderResult((), problem)
    return protocol.RenderResult(tuple(found.values()))


def _online(session: Session, fn: Any) -> bool:
    """Run env.py as for any question, with the database: many have a branch for offline mode that
    was never tried. Whether that worked."""
    try:
        run_environment(session, fn, "current", OPTIONS)
    except (Exception, SystemExit):
        return False
    return True


def _arguments() -> dict[str, Any]:
    """What env.py hands to each upgrade(): ``context.run_migrations(engine_name=…)``."""
    frame: Optional[FrameType] = sys._getframe(1)
    while frame is not None:
        if frame.f_code is MigrationContext.run_migrations.__code__:
            return dict(frame.f_locals.get("kw") or {})
        frame = frame.f_back
    return {}


def _file(here: _Rendering, path: str) -> protocol.RenderedRevision:
    check = here.session.cancellation.check
    loading = Recorder(path, check)
    source, module = b"", ModuleType("nothing")
    with _ending(loading):
        with open(path, "rb") as file:
            source = file.read()
        if not os.path.realpath(path).startswith(here.session.scripts.directories()):
            raise loading.stop("lies in none of the version locations")
        with _guarded(here, loading):
            module = _module(path, source)
    directions: dict[str, protocol.RenderedDirection] = {}
    for name in ("upgrade", "downgrade"):
        recorder = Recorder(path, check)
        function = getattr(module, name, None)
        if function is not None:
            with _ending(recorder), _guarded(here, recorder):
                function(**here.arguments)
        directions[name] = loading.result() if loading.result().problem else recorder.result()
    digest = hashlib.sha256(source).hexdigest()
    return protocol.RenderedRevision(str(getattr(module, "revision", "")), digest, **directions)


@contextlib.contextmanager
def _ending(recorder: Recorder) -> Iterator[None]:
    """Whatever the migration's code raises is noted; only a cancelled request goes on up."""
    try:
        yield
    except Cancelled:
        raise
    except BaseException as error:
        recorder.fail(error)


def _module(path: str, source: bytes) -> ModuleType:
    """The file executed as alembic would: under a name made of its own."""
    name = re.sub(r"\W", "_", os.path.basename(path))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, path, "exec", dont_inherit=True), vars(module))
    return module


@contextlib.contextmanager
def _guarded(here: _Rendering, recorder: Recorder) -> Iterator[None]:
    seconds = min(here.seconds, here.deadline - time.monotonic())
    if seconds <= 0:
        raise recorder.stop("was not tried: the others took too long")
    limited = _limited(seconds, recorder)
    with _little_memory(), recorded(here.context, recorder), sealed(recorder), limited:
        yield


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    """No more than MEMORY beside what the process has. Only Linux tells that, and holds to it."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        yield
        return
    before = soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    given = [limit for limit in (used + MEMORY, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(given), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextlib.contextmanager
def _limited(seconds: float, recorder: Recorder) -> Iterator[None]:
    """Stop the migration after `seconds`, in the middle of a loop or of a sleep; but not of an
    import: the module would stay broken."""

    def ring(number: int, frame: Any) -> None:
        if recorder.importing():
            return
        raise recorder.stop(f"does not end within {seconds:.3g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _joined(
    first: protocol.RenderedRevision, second: protocol.RenderedRevision
) -> protocol.RenderedRevision:
    """The first database's, and what the second one gets beside it."""
    return dataclasses.replace(
        first,
        upgrade=_together(first.upgrade, second.upgrade),
        downgrade=_together(first.downgrade, second.downgrade),
    )


def _together(
    first: protocol.RenderedDirection, second: protocol.RenderedDirection
) -> protocol.RenderedDirection:
    known = {(item.sql, item.lines) for item in first.statements}
    more = tuple(item for item in second.statements if (item.sql, item.lines) not in known)
    stopped = first if first.problem else second
    return protocol.RenderedDirection(first.statements + more, stopped.problem, stopped.line)
