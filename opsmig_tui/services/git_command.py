"""Running git so that it only reads, runs nobody's programs, and always comes back.

Repositories bring configuration: external diffs, textconv filters, a file-system monitor and hooks
are programs that a plain ``git diff`` would run. All of them are switched off here.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError

Log = Callable[[str], None]

# A read of a repository that takes longer is a hung network drive or a prompt nobody sees.
TIMEOUT_SECONDS = 10
NO_GIT = "git is not installed: the git parts stay empty until a git program is on PATH."
_SAFE_CONFIG = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.relative=false",
    # Else git diff writes the index, optional locks or not. The price: it then also names files
    # whose time alone changed, which git_changes leaves out.
    "diff.autoRefreshIndex=false",
    "color.ui=false",
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_LITERAL_PATHSPECS": "1",
    # A partial clone would otherwise fetch what it lacks over the network.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ASKPASS": "true",
}


class GitFailed(Exception):
    """git ended with another status than expected. `said` is its first line of complaint."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class GitMissing(OpsmigError):
    """There is no git program on PATH."""


def run(
    repository: Path,
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    log: Log | None = None,
) -> bytes:
    """The standard output of ``git ARGUMENTS`` in the top folder of a work tree. Blocking.

    `log` is told the command as a person would type it. Raises GitFailed for a status other than 0
    (also after TIMEOUT_SECONDS) and GitMissing without git.
    """
    if log is not None:
        log("git " + shlex.join(arguments))
    command = _command(repository, arguments)
    with tempfile.TemporaryFile() as given:
        if stdin is not None:
            given.write(stdin)
            given.seek(0)
        status, output, complaint = _execute(command, given)
    if status != 0:
        first = next((line for line in complaint.splitlines() if line.strip()), "")
        raise GitFailed(status, first.removeprefix("fatal: ") or f"git ended with status {status}")
    return output


def lines(data: bytes) -> list[str]:
    """The parts of ``-z`` output. Names that are not UTF-8 keep their bytes as surrogates."""
    return [os.fsdecode(part) for part in data.split(b"\0") if part]


def printable(name: str) -> str:
    """A file name a terminal can print: bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(name).decode("utf-8", "replace")


def read_objects(
    repository: Path, names: Sequence[str], log: Log | None = None
) -> dict[str, bytes]:
    """Contents of the blobs called `names` (ids or ``REV:path``) in one process.

    What does not exist is left out of the answer, and so are names with a line break in them,
    which the batch protocol has no way to say.
    """
    askable = [name for name in dict.fromkeys(names) if "\n" not in name]
    if not askable:
        return {}
    asked = b"".join(os.fsencode(name) + b"\n" for name in askable)
    output = run(repository, ["cat-file", "--batch"], stdin=asked, log=log)
    found: dict[str, bytes] = {}
    at = 0
    for name in askable:
        end = output.index(b"\n", at)
        header = output[at:end].rsplit(b" ", 2)
        at = end + 1
        if len(header) == 3 and header[2].isdigit():
            size = int(header[2])
            if header[1] == b"blob":
                found[name] = output[at : at + size]
            at += size + 1
    return found


def _command(repository: Path, arguments: Sequence[str]) -> list[str]:
    # -C and not GitPython's own folder: where that is gone it would run in the current one.
    switches = ["-C", str(repository), "--no-pager"]
    for setting in _SAFE_CONFIG:
        switches += ["-c", setting]
    first, *rest = arguments
    if first == "diff":
        rest = ["--no-ext-diff", "--no-textconv", "--ignore-submodules=all", *rest]
    return ["git", *switches, first, *rest]


def _execute(command: list[str], given: Any) -> tuple[int, bytes, str]:
    # GitPython refuses to be imported without a git program unless told to be quiet.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        from git import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:  # it looks for git: PATH names a file where a folder should be
        raise GitMissing(NO_GIT) from error

    options: Mapping[str, Any] = {} if sys.platform == "win32" else {
        "kill_after_timeout": TIMEOUT_SECONDS
    }  # fmt: skip
    try:
        answer = Git().execute(
            command,
            istream=given,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=_ENVIRONMENT,
            **options,
        )
    except (GitCommandNotFound, OSError) as error:
        raise GitMissing(NO_GIT) from error
    status, output, complaint = answer
    return status, bytes(output), str(complaint)
