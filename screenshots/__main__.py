"""Makes the pictures of this folder: `uv run python -m screenshots [NAME …]`.

Starts the sample project with its PostgreSQL, drives the real app, and writes each screen as SVG
and PNG, at 120×40 in the dark and the light theme and at 80×24. Needs DejaVu Sans Mono, and root
with Debian's package docker.io for the pictures of the container.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from opsmig_tui.demo import sample
from screenshots.container import field_ops
from screenshots.container import take as take_container
from screenshots.pictures import SETTINGS, Setting, take


def main(names: list[str]) -> None:
    """Takes the pictures of the settings named, or of all."""
    with tempfile.TemporaryDirectory() as home:
        # Nothing of the person's own (trust, theme) gets in, and nothing of this stays.
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(home) / kind.lower())
        for setting in SETTINGS:
            if not names or setting.name in names:
                _shoot(setting)
        with field_ops() as (shop, project):
            for setting in SETTINGS:
                if not names or setting.name in names:
                    _print(asyncio.run(take_container(shop, project, setting)))


def _shoot(setting: Setting) -> None:
    with sample() as project:
        _print(asyncio.run(take(project.backend, setting)))


def _print(paths: list[Path]) -> None:
    for path in paths:
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
