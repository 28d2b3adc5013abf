"""What the screen remembers between runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from opsmig_tui.project.state_file import read_state, state_folder, write_state


@dataclass(frozen=True)
class Preferences:
    """The theme's name, the pane that had the focus."""

    theme: str | None = None
    focused: str | None = None


def load_preferences(folder: Path | None = None) -> Preferences:
    """What was remembered; the defaults where nothing was, or where it cannot be read.

    Losing these costs the person nothing, so a damaged file is no error: the next save replaces it.
    """
    content = read_state(_file(folder))
    known = {item.name for item in fields(Preferences)}
    return Preferences(
        **{key: value for key, value in content.items() if key in known and isinstance(value, str)}
    )


def save_preferences(preferences: Preferences, folder: Path | None = None) -> None:
    """Remember them. Raises OpsmigError where the state folder cannot be written."""
    write_state(_file(folder), {key: value for key, value in asdict(preferences).items() if value})


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "preferences.json"
