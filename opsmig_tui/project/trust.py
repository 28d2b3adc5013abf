"""Which projects the person allowed opsmig to run code of, remembered by path."""

from __future__ import annotations

import os
from pathlib import Path

from opsmig_tui.project.state_file import read_state, state_folder, write_state


def is_trusted(path: Path, folder: Path | None = None) -> bool:
    """Whether this repository, or project without one, was allowed before.

    Only that very folder, links resolved: trust does not pass to folders above, below or beside
    it. A damaged file means no, so that it is asked again. `folder` replaces the state folder.
    """
    return os.path.realpath(path) in _read(folder)


def trust(path: Path, folder: Path | None = None) -> None:
    """Remember the person's yes for this folder. Raises OpsmigError where that cannot be kept."""
    known = _read(folder) | {os.path.realpath(path)}
    write_state(_file(folder), {"version": 1, "paths": sorted(known)})


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "trusted.json"


def _read(folder: Path | None) -> frozenset[str]:
    paths = read_state(_file(folder)).get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(item, str) for item in paths):
        return frozenset()
    return frozenset(paths)
