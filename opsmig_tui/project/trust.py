"""What the person allowed opsmig to run, remembered by path: a project's code, and its app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from opsmig_tui.project.model import Project
from opsmig_tui.project.state_file import read_state, state_folder, write_state

Missing = Literal["", "trust", "app"]


def missing_yes(project: Project, *, trusted: bool = False, folder: Path | None = None) -> Missing:
    """Which yes is still needed before this project's code may run; "" when it may.

    "trust" is that for the project. "app" is for its Flask app alone, which Flask-Migrate cannot do
    without: other code asks a database when it is told to, an app may do anything when it is
    created. `trusted`: the first was given in another way.
    """
    at = project.repository or project.root
    if not (trusted or project.is_sample or is_trusted(at, folder)):
        return "trust"
    app = project.config.flask_app
    if app is None or (app and project.load_app):
        return ""
    return "" if is_app_allowed(project.config.path, app, folder) else "app"


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


def is_app_allowed(config: Path, app: str, folder: Path | None = None) -> bool:
    """Whether this config's Flask app, by this name, was allowed to be loaded."""
    return bool(app) and _read_apps(folder).get(os.path.realpath(config)) == app


def allow_app(config: Path, app: str, folder: Path | None = None) -> None:
    """Remember the yes for this app of this config: another name is asked about anew. Raises
    OpsmigError where that cannot be kept."""
    known = {**_read_apps(folder), os.path.realpath(config): app}
    write_state(_apps_file(folder), {"version": 1, "apps": dict(sorted(known.items()))})


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "trusted.json"


def _apps_file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "apps.json"


def _read(folder: Path | None) -> frozenset[str]:
    paths = read_state(_file(folder)).get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(item, str) for item in paths):
        return frozenset()
    return frozenset(paths)


def _read_apps(folder: Path | None) -> dict[str, str]:
    apps = read_state(_apps_file(folder)).get("apps", {})
    if not isinstance(apps, dict) or not all(isinstance(item, str) for item in apps.values()):
        return {}
    return apps
