"""Looking at Python environments on disk: what is in them, never running them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def has_alembic(python: Path) -> bool:
    """Whether alembic is installed for this Python, by its folders alone."""
    return any((folder / "alembic" / "__init__.py").is_file() for folder in package_folders(python))


def package_folders(python: Path) -> Iterator[Path]:
    """Where this Python's packages lie.

    A virtual environment that sees the system's packages counts those too.
    """
    prefix = python.parent.parent
    yield from _package_folders(prefix)
    settings = venv_settings(prefix)
    shared = settings.get("include-system-site-packages", "").lower() == "true"
    if shared and "home" in settings:
        yield from _package_folders(Path(settings["home"]).parent)


def venv_settings(prefix: Path) -> dict[str, str]:
    """The values of pyvenv.cfg, keys in lower case; {} where there is none."""
    try:
        settings = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return {
        key.strip().lower(): value.strip()
        for key, _, value in (line.partition("=") for line in settings.splitlines())
    }


def _package_folders(prefix: Path) -> Iterator[Path]:
    for lib in ("lib", "lib64", "local/lib"):
        for packages in ("site-packages", "dist-packages"):
            yield from (prefix / lib).glob(f"python3*/{packages}")
    yield prefix / "Lib" / "site-packages"


def python_of(prefix: Path) -> Path | None:
    """The interpreter of an environment folder, or None where it is none."""
    for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if (prefix / name).is_file():
            return prefix / name
    return None


def folders_up(root: Path, repository: Path | None) -> Iterator[Path]:
    """From the config's folder up to the top of the repository; without one, the folder alone."""
    for folder in (root, *root.parents):
        yield folder
        if repository is None or folder == repository:
            return


def is_same(first: Path, second: Path) -> bool:
    """Whether both are one folder, links followed."""
    return os.path.realpath(first) == os.path.realpath(second)


def is_inside(path: Path, folder: Path) -> bool:
    """Whether `path` lies in `folder`, links followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
