"""The project's own Python: the one that has its alembic. Looked for, never run.

The order is that of the design: what was named, VIRTUAL_ENV inside the repository, environments
beside the config, VIRTUAL_ENV elsewhere, what the lock file's tool says, conda, tox and nox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import AlembicConfig, Interpreter, Settings

#: The value of --python that means the Python opsmig itself runs in.
OWN = "opsmig"


def find_interpreter(
    config: AlembicConfig,
    settings: Settings,
    explicit: str | None = None,
    repository: Path | None = None,
    env: Mapping[str, str] | None = None,
    *,
    run_tools: bool = True,
) -> Interpreter:
    """The interpreter to start the worker with, and why this one.

    Accepted is only one whose site-packages hold an ``alembic`` folder. Poetry, pipenv, hatch and
    uv are run, for at most 3 s, only where their lock file lies there, nothing was found before
    and `run_tools` allows it. Raises OpsmigError that lists what was looked at.
    """
    env = os.environ if env is None else env
    named = _named(config, settings, explicit, env)
    if named is not None:
        return named
    looked: list[str] = []
    for prefix, reason in _environments(config.root, repository, env):
        found = _python_of(prefix)
        if found is not None and has_alembic(found):
            return Interpreter(found, reason)
        looked.append(f"{prefix} ({'no alembic in it' if found else 'no Python in it'})")
    from opsmig_tui.project.lock_tools import ask_lock_tools

    answer = ask_lock_tools(config.root, repository, env, run=run_tools)
    for prefix, reason in [*answer.prefixes, *_last_environments(config.root, repository, env)]:
        found = _python_of(prefix)
        if found is not None and has_alembic(found):
            return Interpreter(found, reason)
        looked.append(f"{prefix} (no alembic in it)")
    looked += answer.notes
    seen = f"looked at {', '.join(looked)}" if looked else "there is no .venv and no VIRTUAL_ENV"
    raise OpsmigError(
        f"no Python with alembic found for {config.root}: {seen}",
        hint="name it with --python PATH, or set python in [tool.opsmig]",
    )


def has_alembic(python: Path) -> bool:
    """Whether alembic is installed for this Python, by its folders alone.

    A virtual environment that sees the system's packages counts those too.
    """
    prefix = python.parent.parent
    if _holds_alembic(prefix):
        return True
    try:
        settings = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    values = {
        key.strip().lower(): value.strip()
        for key, _, value in (line.partition("=") for line in settings.splitlines())
    }
    shared = values.get("include-system-site-packages", "").lower() == "true"
    return shared and "home" in values and _holds_alembic(Path(values["home"]).parent)


def _holds_alembic(prefix: Path) -> bool:
    for lib in ("lib", "lib64", "local/lib"):
        for packages in ("site-packages", "dist-packages"):
            if any((prefix / lib).glob(f"python3*/{packages}/alembic/__init__.py")):
                return True
    return (prefix / "Lib" / "site-packages" / "alembic" / "__init__.py").is_file()


def _named(
    config: AlembicConfig, settings: Settings, explicit: str | None, env: Mapping[str, str]
) -> Interpreter | None:
    """What the person named, in the order flag, environment variable, setting."""
    beside = settings.path.parent if settings.path else config.root
    for value, source, base in (
        (explicit, "--python", Path.cwd()),
        (env.get("OPSMIG_PYTHON"), "OPSMIG_PYTHON", Path.cwd()),
        (settings.python, f"python in {settings.path}", beside),
    ):
        if value:
            return _from_name(value, source, base, env)
    return None


def _from_name(value: str, source: str, base: Path, env: Mapping[str, str]) -> Interpreter:
    """A path, a folder or a command. Raises OpsmigError where it is none, or has no alembic."""
    if value == OWN:
        return Interpreter(Path(sys.executable), f"opsmig's own Python, as {source} says")
    path = Path(os.path.normpath(base / Path(value).expanduser()))
    found: Path | None = None
    if path.is_dir():
        found = _python_of(path)
        if found is None:
            raise OpsmigError(f"{source} names {path}, a folder with no Python in it")
    elif path.is_file():
        found = path
    elif os.sep not in value:
        import shutil

        command = shutil.which(value, path=env.get("PATH"))
        found = Path(command) if command else None
    if found is None:
        raise OpsmigError(f"{source} names {value!r}, which is no Python, folder or command here")
    if not os.access(found, os.X_OK):
        raise OpsmigError(f"{source} names {found}, which cannot be executed")
    if not has_alembic(found):
        # A shim or an unusual layout: only the interpreter itself can tell, and it was named.
        from opsmig_tui.project.lock_tools import ask_python

        real = ask_python(found, env)
        if real is None:
            raise OpsmigError(
                f"{source} names {found}, which has no alembic; install it there or name another"
            )
        found = real
    return Interpreter(found, f"named by {source}")


def _environments(
    root: Path, repository: Path | None, env: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    """(prefix, reason) of environments that lie about, nothing run."""
    active = env.get("VIRTUAL_ENV")
    # Started with `uv run` or from an activated tool environment: that one says nothing.
    outside = Path(active) if active and not _same(Path(active), Path(sys.prefix)) else None
    if outside is not None and repository is not None and _inside(outside, repository):
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


def folders_up(root: Path, repository: Path | None) -> Iterator[Path]:
    """From the config's folder up to the top of the repository; without one, the folder alone."""
    for folder in (root, *root.parents):
        yield folder
        if repository is None or folder == repository:
            return


def _python_of(prefix: Path) -> Path | None:
    for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if (prefix / name).is_file():
            return prefix / name
    return None


def _same(first: Path, second: Path) -> bool:
    return os.path.realpath(first) == os.path.realpath(second)


def _inside(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
