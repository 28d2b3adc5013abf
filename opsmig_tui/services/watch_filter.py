"""Which file events are news, and how each path has to be watched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_NOISE_FOLDERS = frozenset({
    "__pycache__", "node_modules", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".hypothesis", ".idea", ".hg", ".svn",
})  # fmt: skip
# Swap, backup and lock files of vim, emacs, nano, kate, gedit, PyCharm, and compiled Python.
_NOISE_FILES = re.compile(
    r"^(?:.*\.py[cod]|\..*\.sw[a-z]|\..*\.un~|.*~|4913|#.*#|\.#.*|.*___jb_(?:tmp|old|bak)___"
    r"|\.goutputstream-.*|.*\.kate-swp|flycheck_.*|.*\.tmp|\.DS_Store)$"
)
_GIT_FILES = frozenset({"HEAD", "index", "packed-refs", "MERGE_HEAD", "refs"})
_NOT_GIT_NEWS = frozenset({"logs", "objects", "hooks"})


def is_news(path: str) -> bool:
    """Whether a change of this file means anything to us."""
    parts = Path(path).parts
    if ".git" in parts:
        return _is_git_news(parts[parts.index(".git") + 1 :])
    if not _NOISE_FOLDERS.isdisjoint(parts[:-1]):
        return False
    name = parts[-1] if parts else ""
    return name not in _NOISE_FOLDERS and _NOISE_FILES.match(name) is None


def _is_git_news(below: tuple[str, ...]) -> bool:
    """Of a git directory only what tells the branch, its commits and what is staged.

    Also of those below it, of linked work trees and submodules (worktrees/NAME, modules/NAME).
    """
    if not below or below[-1].endswith(".lock") or not _NOT_GIT_NEWS.isdisjoint(below):
        return False
    return below[-1] in _GIT_FILES or "refs" in below


def split_paths(
    paths: Sequence[Path],
) -> tuple[tuple[Path, ...], dict[Path, set[str] | None]]:
    """(folders to watch with all below, folders to watch alone → names that matter or None).

    A file is watched through its folder; a git directory alone, for its thousands of objects.
    """
    deep: list[Path] = []
    flat: dict[Path, set[str] | None] = {}
    for path in map(Path.absolute, paths):
        if _is_git_directory(path):
            flat[path] = None
        elif path.is_file() or (not path.is_dir() and path.suffix):
            known = flat.setdefault(path.parent, set())
            if known is not None:
                known.add(path.name)
        else:
            deep.append(path)
    return tuple(dict.fromkeys(deep)), flat


def _is_git_directory(path: Path) -> bool:
    return ((path / "HEAD").is_file() and (path / "index").exists()) or path.name == ".git"


def git_paths(repository: Path) -> tuple[Path, ...]:
    """What to watch of a repository: its git directory and the branches, also of a linked one."""
    git = repository / ".git"
    if git.is_file():
        words = git.read_text(encoding="utf-8", errors="surrogateescape").strip()
        git = repository / words.removeprefix("gitdir:").strip()
    common = git
    if (git / "commondir").is_file():
        common = git / (git / "commondir").read_text(encoding="utf-8").strip()
    folders = [git, common / "refs" / "heads"] if git.is_dir() else []
    return tuple(folder.resolve() for folder in folders)
