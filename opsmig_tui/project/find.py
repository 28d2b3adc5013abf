"""Where an alembic configuration is, seen from a folder inside the project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError

#: Folders looked into first when nothing lies upward; any other follows by name.
USUAL = ("backend", "server", "api", "app", "src", "db", "database", "migrations", "alembic")
_SKIPPED = frozenset(
    {"node_modules", "venv", "env", "virtualenv", "site-packages", "__pycache__", "build", "dist"}
    | {"target", "vendor", "tests", "test", "docs", "doc", "examples", "example", "htmlcov"}
)
_DEEPEST = 3
_MOST_FOLDERS = 600
# Both [tool.alembic] and [[tool.alembic.post_write_hooks]], and the dotted spellings.
_TOML_SECTION = re.compile(rb"^[ \t]*\[?\[[ \t]*tool[ \t]*\.[ \t]*alembic\b", re.MULTILINE)
_TOML_KEY = re.compile(rb"^[ \t]*(?:tool[ \t]*\.[ \t]*)?alembic[ \t]*[.=]", re.MULTILINE)


def find_repository(start: Path) -> Path | None:
    """The top folder of the git work tree that holds `start`, or None. No git is run.

    A ``.git`` file (a worktree, a submodule) counts as much as a folder.
    """
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return None


def find_configs(start: Path, env: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """alembic.ini or pyproject.toml with [tool.alembic]: upward the nearest, else all below.

    ``ALEMBIC_CONFIG`` comes first, as in alembic: a path seen from `start`. Below means the
    sub-folders of `start`, then those of the git work tree, three levels deep and at most 600
    folders. Empty when nothing is found. Raises OpsmigError when ALEMBIC_CONFIG names no file.
    """
    named = (os.environ if env is None else env).get("ALEMBIC_CONFIG")
    if named:
        path = Path(os.path.normpath(start / Path(named).expanduser()))
        if not path.is_file():
            raise OpsmigError(
                f"the environment variable ALEMBIC_CONFIG names {path}, which is not a file; "
                "correct or unset it"
            )
        return (path,)
    top = find_repository(start)
    for folder in _upward(start, top):
        found = config_in(folder)
        if found:
            return (found,)
    for below in dict.fromkeys((start, top or start)):
        several = tuple(found for folder in _below(below) if (found := config_in(folder)))
        if several:
            return several
    return ()


def configs_around(start: Path) -> tuple[Path, ...]:
    """Every configuration of the git work tree that holds `start`, those beside one another too
    (alembic_other.ini): its top and what `find_configs` looks through below it. Without git those
    of `start` alone."""
    top = find_repository(start)
    folders = (top, *_below(top)) if top else ()
    found: dict[Path, None] = {}
    for folder in dict.fromkeys((start, *folders)):
        usual = config_in(folder)
        others = sorted(folder.glob("alembic*.ini"))
        found.update(dict.fromkeys((*((usual,) if usual else ()), *others)))
    return tuple(found)


def config_in(folder: Path) -> Path | None:
    """The configuration alembic would take when run in this folder, or None."""
    ini = folder / "alembic.ini"
    if os.path.isfile(ini):  # False too where we may not look; pathlib raises before 3.12
        return ini
    toml = folder / "pyproject.toml"
    return toml if has_alembic_section(toml) else None


def has_alembic_section(toml: Path) -> bool:
    """Whether a pyproject.toml has [tool.alembic], told without parsing it where that can be."""
    try:
        data = toml.read_bytes()
    except OSError:
        return False
    if _TOML_SECTION.search(data):
        return True
    if not _TOML_KEY.search(data):
        return False
    import tomllib

    try:
        return "alembic" in tomllib.loads(data.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False


def looked_in(start: Path) -> tuple[Path, ...]:
    """The folders `find_configs` looks into, upward first, for the message when it finds none."""
    top = find_repository(start)
    below = list(_below(start))
    if top and top != start:
        below += _below(top)
    return tuple(dict.fromkeys([*_upward(start, top), *below]))


def _upward(start: Path, top: Path | None) -> Iterator[Path]:
    for folder in (start, *start.parents):
        yield folder
        if folder == top:
            return


def _below(start: Path) -> Iterator[Path]:
    """Sub-folders, level by level, the usual names first; links are not followed."""
    level = [start]
    budget = _MOST_FOLDERS
    for _ in range(_DEEPEST):
        following: list[Path] = []
        for folder in level:
            children = _children(folder)[:budget]
            budget -= len(children)
            yield from children
            following += children
        level = following


def _children(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name.lower() not in _SKIPPED
                and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:  # a folder we may not read holds no config we could use
        return []
    rank = {name: place for place, name in enumerate(USUAL)}
    names.sort(key=lambda name: (rank.get(name, len(rank)), name))
    # os.path.exists: False too where we may not look (pathlib's raises before Python 3.12).
    return [folder / name for name in names if not os.path.exists(folder / name / "pyvenv.cfg")]
