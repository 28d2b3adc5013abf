"""Looking at Python environments on disk: what is in them, never running them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


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
