"""One alembic configuration read as text, with alembic's own rules for what a value means."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from opsmig_tui.project.config_values import ConfigValues, read_values
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.flask_app import find_app, is_flask_folder, run_folder
from opsmig_tui.project.model import AlembicConfig
from opsmig_tui.project.placeholders import placeholder_in

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
# What alembic falls back to without path_separator.
_LEGACY_LOCATIONS = re.compile(r", *|(?: +)")
_LEGACY_SYS_PATH = re.compile(r", *|(?: +)|\:")


def load_config(
    path: Path,
    *,
    section: str = "alembic",
    script_location: Path | None = None,
    version_locations: Sequence[Path] = (),
) -> AlembicConfig:
    """Read an alembic.ini or a pyproject.toml, and the other of the two beside it.

    As alembic 1.16 does, a value of the ini comes before one of [tool.alembic]; `section` names the
    ini's section only. Relative paths count from the folder of the file, where the worker runs.
    `script_location` and `version_locations` replace what the file says. Raises OpsmigError.
    """
    path = path.absolute()
    if not path.is_file():
        raise OpsmigError(f"there is no alembic configuration at {path}; check --config")
    root = path.parent
    values = read_values(path, section)
    kind = values.kind
    if script_location is None:
        written = values.get("script_location") or _flask_location(values)
        if not written:
            raise OpsmigError(_without_location(values))
        script_location = _located(written, values, "script_location")
    script_location = Path(os.path.normpath(root / script_location))
    if not script_location.is_dir():
        if placeholder := placeholder_in(str(script_location)):
            raise OpsmigError(
                f"{path} is a template: its script_location holds {placeholder}, which nothing has "
                "filled in; open a project that was made from it, or give --script-location DIR"
            )
        raise OpsmigError(
            f"the script location {script_location}, from {path.name}, is no folder; "
            "correct script_location or run `alembic init`"
        )
    places = [Path(os.path.normpath(root / place)) for place in version_locations] or [
        _located(item, values, "version_locations") for item in _locations(values)
    ]
    flask = kind == "ini" and is_flask_folder(root, script_location)
    if flask:
        root = run_folder(root)
    return AlembicConfig(
        path=path,
        kind=kind,
        section=section,
        root=root,
        script_location=script_location,
        version_locations=tuple(places) or (script_location / "versions",),
        recursive=values.flag("recursive_version_locations"),
        file_template=values.get("file_template"),
        timezone=values.get("timezone"),
        flask_app=find_app(root) if flask else None,
    )


def _flask_location(values: ConfigValues) -> str:
    """Flask-Migrate's folder holds env.py beside the ini, and the program names the folder."""
    root = values.path.parent
    plain = values.kind == "ini" and values.section in values.sections
    return "." if plain and (root / "env.py").is_file() and (root / "versions").is_dir() else ""


def _without_location(values: ConfigValues) -> str:
    others = [name for name in values.sections if name != values.section]
    where = f"[{values.section}]" if values.kind == "ini" else "[tool.alembic]"
    if values.kind == "ini" and values.section not in values.sections:
        known = f" (it has {', '.join(f'[{name}]' for name in others)})" if others else ""
        return f"{values.path} has no section [{values.section}]{known}; name one with --section"
    return (
        f"{values.path} sets no script_location in {where}; set it, or give --script-location DIR"
    )


def _locations(values: ConfigValues) -> list[str]:
    """version_locations, split as alembic splits it."""
    written = values.get_ini("version_locations")
    if not written:
        return values.get_list("version_locations")
    separator = _separator(values, "path_separator", "version_path_separator")
    if separator is None:
        return [item for item in _LEGACY_LOCATIONS.split(written) if item.strip()]
    return [item.strip() for item in written.split(separator) if item.strip()]


def _sys_path(values: ConfigValues) -> list[str]:
    """prepend_sys_path, split as alembic splits it."""
    written = values.get_ini("prepend_sys_path")
    if not written:
        return values.get_list("prepend_sys_path")
    separator = _separator(values, "path_separator")
    if separator is None:
        return [item for item in _LEGACY_SYS_PATH.split(written) if item]
    return [item.strip() for item in written.split(separator) if item.strip()]


def _separator(values: ConfigValues, *names: str) -> str | None:
    for name in names:
        written = values.get_ini(name)
        if written is None:
            continue
        if written not in _SEPARATORS:
            raise OpsmigError(
                f"{values.path} sets {name} to {written!r}; "
                "alembic takes space, newline, os, ':' or ';'"
            )
        return _SEPARATORS[written]
    return None


def _located(written: str, values: ConfigValues, key: str) -> Path:
    """A location as alembic takes it: a path, or ``package:folder``, which nothing imports."""
    root = values.path.parent
    if os.path.isabs(written) or ":" not in written:
        return Path(os.path.normpath(root / written))
    package, *parts = written.split(":")
    folders = package.split(".")
    for base in _package_bases(values):
        if base.joinpath(*folders).is_dir():
            return Path(os.path.normpath(base.joinpath(*folders, *parts)))
    raise OpsmigError(
        f"{values.path} sets {key} to {written!r}, but the package {package} is in none of the "
        f"usual places from {root}; give --script-location DIR or --version-location DIR"
    )


def _package_bases(values: ConfigValues) -> list[Path]:
    """Where a package of the project may lie: as sys.path would have it, and installed ones."""
    root = values.path.parent
    bases = [root / item for item in _sys_path(values)]
    for folder in (root, *root.parents):
        bases += [folder, folder / "src"]
        for name in (".venv", "venv", "env"):
            bases += sorted((folder / name).glob("lib/python3*/site-packages"))
        if (folder / ".git").exists():
            break
    return bases


def sections_of(path: Path) -> tuple[str, ...]:
    """The sections of an alembic.ini that name a script_location: each opens as a project of its
    own. () for a pyproject.toml and for what cannot be read."""
    if path.suffix == ".toml":
        return ()
    try:
        ini = read_values(path, "alembic").ini
    except OpsmigError:
        return ()
    return tuple(
        name
        for name in (ini.sections() if ini else ())
        if ini and ini.has_option(name, "script_location")
    )
