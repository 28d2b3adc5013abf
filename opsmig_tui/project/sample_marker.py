"""The file that tells the sample project from any other: the sample is trusted without asking."""

from __future__ import annotations

from pathlib import Path

#: Its name; it stands beside the sample's repository, in the folder that `opsmig demo` made.
MARKER = "opsmig-demo"


def write_marker(home: Path) -> None:
    """Marks `home` as a folder that `opsmig demo` made."""
    (home / MARKER).write_text(_words(home), encoding="utf-8")


def is_sample(repository: Path | None) -> bool:
    """Whether this repository is a sample's.

    The marker holds the number that the file system gave its folder: a clone with submodules or an
    unpacked archive may bring such a file along, but cannot know that number.
    """
    if repository is None:
        return False
    home = repository.parent
    try:
        return (home / MARKER).read_text(encoding="utf-8") == _words(home)
    except (OSError, UnicodeDecodeError):
        return False


def _words(home: Path) -> str:
    return f"{home.stat().st_ino}\n`opsmig demo --keep` with this folder opens it again.\n"
