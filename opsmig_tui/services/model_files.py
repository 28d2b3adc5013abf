"""Where a project's model files are: from its settings, else guessed by name and content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from opsmig_tui.project.model import Project

_MODEL_FOLDERS = frozenset({"models", "model", "entities"})
_MODEL_FILES = frozenset({"models.py", "model.py", "tables.py", "enums.py"})
_SKIPPED = frozenset({
    "node_modules", "__pycache__", "site-packages", "venv", "env", "tests", "test", "build", "dist",
    "migrations", "versions", "static", "docs", "frontend",
})  # fmt: skip
_DECLARES = re.compile(
    rb"__tablename__|\btable\s*=\s*True\b|\bdeclarative_base\(|\bDeclarativeBase\b|\bmapped_column\(|\bMapped\["
    rb"|(?:^|[\s=(]|sa\.|sqlalchemy\.|db\.)(?:Column|Table)\("
)
# Bounds of the guess, so that opening a huge monorepo stays quick.
_MAX_DEPTH = 6
_MAX_FILES = 4000
_MAX_BYTES = 256 * 1024


def model_roots(project: Project) -> tuple[Path, ...]:
    """Folders and files that hold the project's models, absolute. Reads the disk; blocking.

    The setting `models` (paths or patterns, relative to the settings file) decides; without it
    `guess_roots` looks below the config's folder, leaving out the script location.
    """
    settings = project.settings
    if not settings.models:
        return guess_roots(project.root, skip=(project.config.script_location,))
    anchor = settings.path.parent if settings.path else project.root
    found: list[Path] = []
    for pattern in settings.models:
        if any(sign in pattern for sign in "*?["):
            found += sorted(anchor.glob(pattern))
        else:
            found.append(Path(os.path.normpath(anchor / pattern)))
    return tuple(dict.fromkeys(found))


def guess_roots(folder: Path, skip: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Folders called models, files called models.py, and other files that declare tables.

    A file that is already below a folder found is not named again. Looks at no more than
    4000 files, 6 levels deep, 256 KB each, and not into environments, tests or migrations.
    """
    roots: list[Path] = []
    for path in _walk(folder, {os.path.realpath(path) for path in skip}):
        if path.is_dir() or path.name in _MODEL_FILES or _declares_tables(path):
            roots.append(path)
    return tuple(roots)


def model_sources(roots: Sequence[Path]) -> Iterator[Path]:
    """Every Python file below the roots, sorted within each."""
    for root in roots:
        if root.is_dir():
            yield from sorted(
                path for path in root.rglob("*.py") if "__pycache__" not in path.parts
            )
        elif root.suffix == ".py" and root.is_file():
            yield root


def _walk(folder: Path, skip: set[str]) -> Iterator[Path]:
    """Model folders (not entered) and Python files, breadth first, within the bounds."""
    seen = 0
    level = [folder]
    for _ in range(_MAX_DEPTH):
        below: list[Path] = []
        for place in level:
            for entry in _entries(place):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name in _MODEL_FOLDERS:
                        yield Path(entry.path)
                    elif not _left_out(entry, skip):
                        below.append(Path(entry.path))
                elif entry.name.endswith(".py"):
                    seen += 1
                    if seen > _MAX_FILES:
                        return
                    yield Path(entry.path)
        level = below


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # a folder one may not read has no models for us


def _left_out(entry: os.DirEntry[str], skip: set[str]) -> bool:
    return (
        entry.name in _SKIPPED
        or entry.name.startswith(".")
        or os.path.realpath(entry.path) in skip
        or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
    )


def _declares_tables(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_MAX_BYTES)
    except OSError:
        return False
    return (b"sqlalchemy" in head or b"sqlmodel" in head) and _DECLARES.search(head) is not None
