"""Small JSON files in the person's own state folder, written so that they are never half there."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

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
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        beside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(content, stream, indent=1, sort_keys=True)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OpsmigError(
            f"{path} cannot be written: {error.strerror}; opsmig will ask again next time"
        ) from error
