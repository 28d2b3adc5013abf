"""Which projects the person allowed opsmig to run code of, remembered by path."""

from __future__ import annotations

import os
from pathlib import Path

from opsmig_tui.project.state_file import read_state, state_folder, write_state


def is_trusted(path: Path, folder: Path | None = None) -> bool:
    """Whether this repository, or project without one, was allowed before.

    Only that very folder, links resolved: trust does not pass to folders above, below or beside
    it. A damaged file means no; `trust_problem` says so. `folder` replaces the state folder.
    """
    return os.path.realpath(path) in _read(folder)[0]


def trust(path: Path, folder: Path | None = None) -> None:
    """Remember the person's yes for this folder. Raises OpsmigError where that cannot be kept."""
    _write(_read(folder)[0] | {os.path.realpath(path)}, folder)


def distrust(path: Path, folder: Path | None = None) -> None:
    """Take the yes back; the sample project does when its folder goes. Raises OpsmigError."""
    known = _read(folder)[0]
    if os.path.realpath(path) in known:
        _write(known - {os.path.realpath(path)}, folder)


def trust_problem(folder: Path | None = None) -> str:
    """Why nothing is trusted although something was, or ""."""
    return _read(folder)[1]


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "trusted.json"


def _read(folder: Path | None) -> tuple[frozenset[str], str]:
    content, problem = read_state(_file(folder))
    paths = content.get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(item, str) for item in paths):
        return frozenset(), f"{_file(folder)} is damaged: no project counts as trusted"
    return frozenset(paths), problem


def _write(paths: frozenset[str], folder: Path | None) -> None:
    write_state(_file(folder), {"version": 1, "paths": sorted(paths)})
