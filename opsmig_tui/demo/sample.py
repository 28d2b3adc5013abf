"""Bringing the sample up and taking it down again."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from opsmig_tui.demo import server as embedded
from opsmig_tui.demo.data import populate, start_alembic
from opsmig_tui.demo.files import point_to, read_url, write_sample
from opsmig_tui.demo.model import DATABASE, SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.sample_marker import MARKER, write_marker

REPOSITORY = "field-ops"
DATA = "postgres"


@contextmanager
def sample(keep: Path | None = None) -> Iterator[SampleProject]:
    """The sample project with its server running, as long as the context lasts.

    Without `keep` it lives in a temporary directory and is removed at the end, also on an
    exception, SIGTERM or SIGHUP. With `keep`, a folder that is empty or not there yet, only the
    server stops at the end; the same folder given again is opened as it was left. Raises
    OpsmigError when the folder holds anything else, is in use by another sample, or something
    that the sample needs is missing.
    """
    with ExitStack() as stack:
        stack.enter_context(_exit_on_signals())
        home = _claim(keep) if keep else Path(tempfile.mkdtemp(prefix="opsmig-demo-")).resolve()
        stack.enter_context(_locked(home))
        if (home / MARKER).is_file():
            server = stack.enter_context(embedded.running(home / DATA))
            write_marker(home)  # a copied folder has another number
            yield _reopen(home / REPOSITORY, server)
            return
        removal = stack.enter_context(ExitStack())
        removal.callback(_remove, home)
        alembic = stack.enter_context(start_alembic())
        server = stack.enter_context(embedded.running(home / DATA))
        project = _create(home / REPOSITORY, server, alembic)
        # Written last: a folder with the marker holds a whole sample, and is trusted as one.
        write_marker(home)
        if keep:
            removal.pop_all()
        yield project


def _claim(keep: Path) -> Path:
    """The folder to keep the sample in, made if need be."""
    home = keep.expanduser().resolve()
    empty = not home.exists() or (home.is_dir() and not any(home.iterdir()))
    if not empty and not (home / MARKER).is_file():
        raise OpsmigError(
            f"{home} is neither empty nor a sample that was kept: give --keep a new folder."
        )
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold `home` for this process alone; the lock ends with the process, however it ends."""
    import fcntl

    handle = os.open(home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OpsmigError(f"{home} is open in another opsmig: quit that one first.") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Leave by SystemExit when asked to terminate, so that everything is cleaned up.

    The first signal counts, a second one must not interrupt the cleaning. Python allows signal
    handlers in the main thread only; in another this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {each: signal.signal(each, leave) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _remove(home: Path) -> None:
    # A process of the project that ends a moment later may still write here: its loss.
    shutil.rmtree(home, ignore_errors=True)


def _create(root: Path, server: embedded.Server, alembic: "subprocess.Popen[str]") -> SampleProject:
    password = embedded.create_role(server)
    embedded.create_database(server, DATABASE)
    project = write_sample(root, server.url(DATABASE, password))
    populate(project, alembic=alembic)
    return project


def _reopen(root: Path, server: embedded.Server) -> SampleProject:
    """A kept sample; its URL is written anew, since the socket may have moved."""
    password = urlsplit(read_url(root)).password or ""
    return point_to(root, server.url(DATABASE, password))
