"""The project's own commands: what `commands` of the settings means, and which run unasked."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import ProjectCommand

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_EXAMPLE = 'for instance seed = "python scripts/seed.py"'


def read_commands(value: Any, where: str) -> tuple[ProjectCommand, ...]:
    """Name → command line, in the order of the file. Raises OpsmigError for what is none."""
    if not isinstance(value, dict):
        raise OpsmigError(f"{where} must be a table of commands, {_EXAMPLE}")
    found = []
    for name, line in value.items():
        if not _NAME.fullmatch(name):
            raise OpsmigError(f"{where}: {name!r} is no name: letters, digits and . _ - make one")
        found.append(ProjectCommand(name, _words(line, f"{where}: {name}")))
    return tuple(found)


def read_unasked(value: Any, where: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    """(folder of the project's settings, words of the command) of what runs without a question.

    The whole command stands there, so that a project that changes one is asked about again.
    """
    example = 'for instance "~/backend" = ["python scripts/seed.py"]'
    if not isinstance(value, dict):
        raise OpsmigError(f"{where} must be a table of folders, {example}")
    found = set()
    for folder, lines in value.items():
        if not isinstance(lines, list):
            raise OpsmigError(f"{where}: {folder} must be a list of commands, {example}")
        real = os.path.realpath(Path(folder).expanduser())
        found |= {(real, _words(line, f"{where}: {folder}")) for line in lines}
    return frozenset(found)


def _words(line: Any, where: str) -> tuple[str, ...]:
    if isinstance(line, list) and line and all(isinstance(one, str) for one in line):
        words = line
    elif isinstance(line, str):
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise OpsmigError(f"{where} cannot be taken apart: {error}") from error
    else:
        raise OpsmigError(f"{where} must be a command line, {_EXAMPLE}")
    if not words or not words[0] or any("\0" in word for word in words):
        raise OpsmigError(f"{where} names no program, {_EXAMPLE}")
    return tuple(words)
