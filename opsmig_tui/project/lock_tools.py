"""Asking the project's package tool where its environment is: bounded, and only as a last step."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.environments import folders_up

#: Seconds a tool may take to answer. Poetry, the slowest, was measured at 0.5 s.
TIME_LIMIT = 3.0

# (a file that shows the tool is in use, its command, whether it prints a Python or a prefix)
_TOOLS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("poetry.lock", ("poetry", "env", "info", "-e"), True),
    ("Pipfile.lock", ("pipenv", "--py"), True),
    ("hatch.toml", ("hatch", "env", "find"), False),
    ("uv.lock", ("uv", "python", "find"), True),
)


@dataclass(frozen=True)
class ToolAnswer:
    """Prefixes the tools named, with reasons; and, in words, what could not be asked."""

    prefixes: tuple[tuple[Path, str], ...] = ()
    notes: tuple[str, ...] = ()


def ask_lock_tools(
    root: Path, repository: Path | None, env: Mapping[str, str], *, run: bool
) -> ToolAnswer:
    """Ask the one tool whose lock file lies nearest to the config. Never raises."""
    for folder in folders_up(root, repository):
        for lock, command, prints_python in _TOOLS:
            if not (folder / lock).is_file():
                continue
            if not run:
                return ToolAnswer(notes=(f"{lock} in {folder} ({command[0]} not asked yet)",))
            line, trouble = _last_line(command, folder, env)
            if not line:
                return ToolAnswer(notes=(f"{lock} in {folder} ({command[0]} {trouble})",))
            path = Path(line)
            prefix = path.parent.parent if prints_python else path
            return ToolAnswer(prefixes=((prefix, f"{command[0]}, by {lock} in {folder}"),))
    return ToolAnswer()


def ask_python(python: Path, env: Mapping[str, str]) -> Path | None:
    """The real executable behind `python` if it can find alembic, else None. Imports no alembic."""
    script = (
        "import sys, importlib.util as u; print(sys.executable if u.find_spec('alembic') else '')"
    )
    line, _ = _last_line((str(python), "-I", "-c", script), Path.cwd(), env)
    return Path(line) if line else None


def _last_line(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[str, str]:
    """What the command printed last, and when nothing, why in words."""
    import shutil

    program = shutil.which(command[0], path=env.get("PATH"))
    if program is None:
        return "", "is not installed"
    # The tool's own environment must not pass for the project's.
    clean = {key: value for key, value in env.items() if key != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "", f"did not answer within {TIME_LIMIT:.0f} s"
    except OSError as error:
        return "", f"could not be started: {error.strerror}"
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    if done.returncode or not lines:
        return "", "knows no environment"
    return os.path.expanduser(lines[-1].strip()), ""
