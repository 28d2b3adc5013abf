"""The project's own Python: the one that has its alembic. Looked for, never run.

The order is that of the design: what was named, VIRTUAL_ENV inside the repository, environments
beside the config, VIRTUAL_ENV elsewhere, what the lock file's tool says, conda, tox and nox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from opsmig_tui.project.environments import (
    folders_up,
    has_alembic,
    is_inside,
    is_same,
    python_of,
)
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import AlembicConfig, Interpreter, Settings

#: The value of --python that means the Python opsmig itself runs in.
OWN = "opsmig"
#: Before the compose service whose container has it: ``container:SERVICE``, ``…:FOLDER``.
INSIDE = "container:"


class NoPython(OpsmigError):
    """Nothing was named, and nowhere on this machine is a Python with alembic."""


def find_interpreter(
    config: AlembicConfig,
    settings: Settings,
    explicit: str | None = None,
    repository: Path | None = None,
    env: Mapping[str, str] | None = None,
    *,
    run_tools: bool = True,
    chosen: str = "",
) -> Interpreter:
    """The interpreter to start the worker with, and why this one.

    `explicit` is what --python says, `chosen` what the person chose on the screen (see chosen.py).

    Accepted is only one whose site-packages hold an ``alembic`` folder. Poetry, pipenv, hatch and
    uv are run, for at most 3 s, only where their lock file lies there, nothing was found before
    and `run_tools` allows it. Raises NoPython that lists what was looked at, and OpsmigError for
    what was named and cannot be.
    """
    env = os.environ if env is None else env
    named = _named(config, settings, explicit, env, chosen)
    if named is not None:
        return named
    looked: list[str] = []
    for prefix, reason in _environments(config.root, repository, env):
        found = python_of(prefix)
        if found is not None and has_alembic(found):
            return Interpreter(found, reason)
        looked.append(f"{prefix} ({'no alembic in it' if found else 'no Python in it'})")
    from opsmig_tui.project.lock_tools import ask_lock_tools

    answer = ask_lock_tools(config.root, repository, env, run=run_tools)
    for prefix, reason in [*answer.prefixes, *_last_environments(config.root, repository, env)]:
        found = python_of(prefix)
        if found is not None and has_alembic(found):
            return Interpreter(found, reason)
        looked.append(f"{prefix} (no alembic in it)")
    looked += answer.notes
    seen = f"looked at {', '.join(looked)}" if looked else "there is no .venv and no VIRTUAL_ENV"
    raise NoPython(
        f"no Python with alembic found for {config.root}: {seen}",
        hint="name it with --python PATH, or set python in [tool.opsmig]",
    )


def _named(
    config: AlembicConfig,
    settings: Settings,
    explicit: str | None,
    env: Mapping[str, str],
    chosen: str,
) -> Interpreter | None:
    """What the person named, in the order flag, environment variable, choice, setting."""
    if explicit:
        return _from_name(explicit, "--python", Path.cwd(), env)
    if env.get("OPSMIG_PYTHON"):
        return _from_name(env["OPSMIG_PYTHON"], "OPSMIG_PYTHON", Path.cwd(), env)
    if chosen:
        return _from_name(chosen, "the choice made under Interpreter", config.root, env)
    if settings.python:
        beside = settings.path.parent if settings.path else config.root
        source = f"python in {settings.path}"
        return _from_name(settings.python, source, beside, env, by_the_person=False)
    return None


def _from_name(
    value: str, source: str, base: Path, env: Mapping[str, str], *, by_the_person: bool = True
) -> Interpreter:
    """A folder, a command or a path. Raises OpsmigError where it is none, or has no alembic.

    A file that the repository's settings name is never run: nobody has trusted it yet.
    """
    if value == OWN:
        return Interpreter(Path(sys.executable), f"opsmig's own Python, as {source} says")
    if value.startswith(INSIDE):
        return in_container(value, f"named by {source}")
    path = Path(os.path.normpath(base / Path(value).expanduser()))
    found, may_run = path, by_the_person
    if path.is_dir():
        inside = python_of(path)
        if inside is None:
            raise OpsmigError(f"{source} names {path}, a folder with no Python in it")
        found = inside
    elif (command := _command(value, env)) is not None:
        found, may_run = command, True
    elif not path.is_file():
        raise OpsmigError(f"{source} names {value!r}, which is no Python, folder or command here")
    if not os.access(found, os.X_OK):
        raise OpsmigError(f"{source} names {found}, which cannot be executed")
    if not has_alembic(found):
        from opsmig_tui.project.lock_tools import ask_python

        # A shim or an unusual layout: only the interpreter itself can tell.
        real = ask_python(found, env) if may_run else None
        if real is None:
            raise OpsmigError(
                f"{source} names {found}, which has no alembic; install it there or name another"
            )
        found = real
    return Interpreter(found, f"named by {source}")


def in_container(value: str, reason: str) -> Interpreter:
    """What ``container:SERVICE`` or ``container:SERVICE:/FOLDER`` stands for. Nothing is asked of
    the engine. Raises OpsmigError for another form."""
    service, _, folder = value.removeprefix(INSIDE).partition(":")
    if not service or (folder and not folder.startswith("/")):
        raise OpsmigError(
            f"{value!r} ({reason}) is no container's Python; write container:SERVICE, or "
            "container:SERVICE:/FOLDER with the folder of the alembic config in there"
        )
    return Interpreter(Path("python"), reason, service, folder)


def _command(value: str, env: Mapping[str, str]) -> Path | None:
    """A program of that name on the PATH, where no folder is part of the name."""
    if os.sep in value:
        return None
    import shutil

    found = shutil.which(value, path=env.get("PATH"))
    return Path(found) if found else None


def _environments(
    root: Path, repository: Path | None, env: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    """(prefix, reason) of environments that lie about, nothing run."""
    active = env.get("VIRTUAL_ENV")
    # Started with `uv run` or from an activated tool environment: that one says nothing.
    outside = Path(active) if active and not is_same(Path(active), Path(sys.prefix)) else None
    if outside is not None and repository is not None and is_inside(outside, repository):
        yield outside, "VIRTUAL_ENV, inside the repository"
        outside = None
    for folder in folders_up(root, repository):
        for name in (".venv", "venv", "env"):
            if (folder / name / "pyvenv.cfg").is_file():
                yield folder / name, f"{name} in {folder}"
        pointed = folder / ".pdm-python"
        if pointed.is_file():
            written = pointed.read_text(encoding="utf-8", errors="replace").strip()
            if written:
                yield Path(written).parent.parent, f".pdm-python in {folder}"
    if outside is not None:
        yield outside, "VIRTUAL_ENV"


def _last_environments(
    root: Path, repository: Path | None, env: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    conda = env.get("CONDA_PREFIX")
    if conda and env.get("CONDA_DEFAULT_ENV") != "base":
        yield Path(conda), "the active conda environment"
    for folder in folders_up(root, repository):
        for name in (".tox", ".nox"):
            for child in sorted((folder / name).glob("*/pyvenv.cfg")):
                yield child.parent, f"{name} in {folder}"
