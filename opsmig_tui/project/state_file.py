"""Small JSON files in the person's own state folder, written so that they are never half there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from opsmig_tui.project.atomic import write_whole
from opsmig_tui.project.errors import OpsmigError


def state_folder() -> Path:
    """Where opsmig remembers things between runs; the platform's own place for state."""
    import platformdirs

    return platformdirs.user_state_path("opsmig")


def read_state(path: Path) -> dict[str, Any]:
    """The file's object; {} where there is none, or none that can be read.

    All that is kept here is asked for or chosen anew without it, and the next `write_state`
    replaces a damaged file.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_state(path: Path, content: dict[str, Any]) -> None:
    """Write beside, then rename: a reader sees the old file or the new one. Raises OpsmigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps(content, indent=1, sort_keys=True)
        write_whole(path, text.encode(), private=True)
    except OSError as error:
        raise OpsmigError(
            f"{path} cannot be written: {error.strerror}; opsmig will ask again next time"
        ) from error
