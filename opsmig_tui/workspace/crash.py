"""What becomes of an error nobody foresaw: a file with its traceback, and one line that says so."""

from __future__ import annotations

import os
import time
import traceback
from pathlib import Path


def crash_line(error: BaseException) -> str:
    """Writes the traceback to a file and returns the one line that tells of it."""
    name = type(error).__name__
    try:
        path = write_crash_log(error)
    except OSError as problem:
        return f"opsmig stumbled: {name}: {error} (and the log could not be written: {problem})"
    return f"opsmig stumbled: {name}. The details are in {path}"


def write_crash_log(error: BaseException) -> Path:
    """A file with the traceback only: no local variables, which might hold a password.

    Raises OSError when it cannot be written.
    """
    from platformdirs import user_log_path

    folder = user_log_path("opsmig", ensure_exists=True)
    path = folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    with open(path, "a", encoding="utf-8", opener=_private) as log:
        log.write("".join(traceback.format_exception(error)))
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
