"""alembic's Config and ScriptDirectory, built as alembic's own command line builds them."""

from __future__ import annotations

import argparse
import inspect
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import alembic
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from .errors import WorkerError
from .protocol import Failed, Place
from .redact import Redactor, x_argument


@dataclass(frozen=True)
class Settings:
    """The start line: what the tool knows of the project. Paths are absolute.

    `script_location` and `version_locations` are what the tool resolved, a person's override
    included; they are used only where they differ from alembic's own answer.
    """

    root: str
    config: str
    kind: str = "ini"
    section: str = "alembic"
    script_location: Optional[str] = None
    version_locations: tuple[str, ...] = ()
    x: tuple[str, ...] = ()
    runner: bool = False
    companion_suffixes: tuple[str, ...] = ()
    scratch: str = ""
    """The database that every connection of this worker goes to, "" for the project's own."""
    place: Optional[Place] = None
    """The private server that has it, None for the project's own."""
    app: str = ""
    """The Flask app that Flask-Migrate's env.py needs, as FLASK_APP names it; "" for none."""


def build_config(
    settings: Settings, name: str, options: dict[str, Any], made: Optional[Config] = None
) -> Config:
    """A Config as ``alembic NAME`` would have it, `options` being the command's own.

    `made` is one to complete. Raises WorkerError when this alembic cannot read the kind of file.
    """
    config = made if made is not None else _own_config(settings)
    file_name = os.path.basename(settings.config)
    given = dict(vars(config.cmd_opts)) if config.cmd_opts is not None else {}
    given.update(
        config=[file_name] if _reads_toml() else file_name,
        name=settings.section,
        x=list(settings.x) or None,
        raiseerr=True,
        quiet=False,
        cmd=_command(name),
        **options,
    )
    config.cmd_opts = argparse.Namespace(**given)
    _override_script_location(config, settings)
    return config


def _reads_toml() -> bool:
    return "toml_file" in inspect.signature(Config.__init__).parameters


def _own_config(settings: Settings) -> Config:
    file_name = os.path.basename(settings.config)
    named = {"file_": file_name if settings.kind == "ini" else "alembic.ini"}
    if _reads_toml():
        named["toml_file"] = file_name if settings.kind == "toml" else "pyproject.toml"
    elif settings.kind == "toml":
        text = f"alembic {alembic.__version__} does not read {settings.config}: 1.16 or newer does."
        raise WorkerError(Failed("dependency", text))
    given: dict[str, Any] = named
    return Config(ini_section=settings.section, cmd_opts=None, **given)


def _command(name: str) -> tuple[Any, list[str], list[str]]:
    """(function, positional, keyword names): what alembic's CommandLine keeps as ``cmd``."""
    function = getattr(command, name)
    spec = inspect.getfullargspec(function)
    defaults = len(spec.defaults or ())
    names = spec.args[1:]
    return function, names[: len(names) - defaults], names[len(names) - defaults :]


def _override_script_location(config: Config, settings: Settings) -> None:
    if settings.script_location is None:
        return
    read = getattr(config, "get_alembic_option", config.get_main_option)
    own = read("script_location")
    if own and not own.startswith("/") and ":" in own:
        return  # package:folder, which only alembic resolves
    if own is None or os.path.realpath(own) != os.path.realpath(settings.script_location):
        config.set_main_option("script_location", settings.script_location.replace("%", "%%"))


class Scripts:
    """The ScriptDirectory, kept for as long as no revision file was added, changed or removed.

    `overlay` is one more folder of revision files, "" for none.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.overlay = ""
        self._key: object = None
        self._script: Optional[ScriptDirectory] = None

    def get(self, config: Config) -> ScriptDirectory:
        """The history as of now. alembic prepends prepend_sys_path each time: once is enough."""
        if self._script is None or self._key != self._fingerprint(self._script):
            script = ScriptDirectory.from_config(config)
            sys.path[:] = list(dict.fromkeys(sys.path))
            self._override_versions(script)
            self._script, self._key = script, self._fingerprint(script)
        return self._script

    def directories(self) -> tuple[str, ...]:
        """Version locations with a trailing separator, resolved; () before the first `get`."""
        if self._script is None:
            return ()
        return tuple(os.path.realpath(path) + os.sep for path in version_locations(self._script))

    def _override_versions(self, script: ScriptDirectory) -> None:
        wanted = self._settings.version_locations
        own = {os.path.realpath(path) for path in version_locations(script)}
        if wanted and {os.path.realpath(path) for path in wanted} != own:
            script.version_locations = list(wanted)
            vars(script).pop("_version_locations", None)
        if self.overlay:
            script.version_locations = [*version_locations(script), self.overlay]
            vars(script).pop("_version_locations", None)

    def _fingerprint(self, script: ScriptDirectory) -> object:
        config = self._settings.config
        found: list[tuple[object, ...]] = [(self.overlay,)]
        found.append((config, _stamp(config)))  # file_template, hooks … are read with the history
        for folder in version_locations(script):
            for base, dirs, files in os.walk(folder):
                dirs[:] = [name for name in dirs if name != "__pycache__"]
                for name in files:
                    path = os.path.join(base, name)
                    found.append((path, _stamp(path)))
        return sorted(found, key=str)


def _stamp(path: str) -> tuple[int, ...]:
    """What changes when the file does; () where none is: an editor's lock is a link to nowhere."""
    try:
        info = os.stat(path)
    except OSError:
        return ()
    return info.st_mtime_ns, info.st_size, info.st_ino


def version_locations(script: ScriptDirectory) -> list[str]:
    """The folders revision files are read from, absolute."""
    return [os.path.abspath(str(Path(str(path)))) for path in script._version_locations]


def command_line(settings: Settings, redactor: Redactor, *words: str) -> str:
    """The alembic command that `words` stand for, as typed in the config's folder; for a Flask app
    that of `flask db`, as typed in its own."""
    if settings.app:
        folder = os.path.relpath(os.path.dirname(settings.config), settings.root)
        named = ["-d", folder] if folder != "migrations" else []
        for value in settings.x:
            named += ["-x", x_argument(value, redactor)]
        return shlex.join(["flask", "db", *words[:1], *named, *words[1:]])
    parts = ["alembic"]
    name = os.path.basename(settings.config)
    if name not in ("alembic.ini", "pyproject.toml"):
        parts += ["-c", name]
    if settings.section != "alembic":
        parts += ["-n", settings.section]
    for value in settings.x:
        parts += ["-x", x_argument(value, redactor)]
    return " ".join(shlex.quote(part) for part in (*parts, *words))
