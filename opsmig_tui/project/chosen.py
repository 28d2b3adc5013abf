"""The Python that the person chose for a project on the screen, remembered by its config file."""

from __future__ import annotations

import os
from pathlib import Path

from opsmig_tui.project.state_file import read_state, state_folder, write_state


def chosen_python(config: Path, folder: Path | None = None) -> str:
    """What was chosen, as it was written; "" where nothing was. `folder` replaces the state
    folder."""
    found = _read(folder).get(os.path.realpath(config), "")
    return found if isinstance(found, str) else ""


def choose_python(config: Path, python: str, folder: Path | None = None) -> None:
    """Remember the choice; "" forgets it. Raises OpsmigError where that cannot be kept."""
    known = {key: value for key, value in _read(folder).items() if key != os.path.realpath(config)}
    if python:
        known[os.path.realpath(config)] = python
    write_state(_file(folder), {"version": 1, "pythons": known})


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "interpreters.json"


def _read(folder: Path | None) -> dict[str, object]:
    found = read_state(_file(folder)).get("pythons", {})
    return found if isinstance(found, dict) else {}
