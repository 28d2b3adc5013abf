"""What is known about a project before any of its code has run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class OpenOptions:
    """What the command line said about where to look. None and () mean: find it."""

    directory: Path
    config: Path | None = None
    section: str | None = None
    script_location: Path | None = None
    version_locations: tuple[Path, ...] = ()
    python: str | None = None
    x_arguments: tuple[str, ...] = ()
    read_only: bool = False
    load_app: bool = False


@dataclass(frozen=True)
class AlembicConfig:
    """One alembic configuration, read as text (alembic itself is not imported).

    `root` is the folder of the file: the worker always runs there, which is what rules out the
    wrong-directory pitfall. For Flask-Migrate it is the folder that `flask` is run in, and
    `flask_app` the app that it finds there, "" for none; None for every other project. Paths are
    absolute. `file_template` is raw (``%`` unescaped once for ini, as alembic's own reader does).
    """

    path: Path
    kind: Literal["ini", "toml"]
    section: str
    root: Path
    script_location: Path
    version_locations: tuple[Path, ...]
    recursive: bool = False
    file_template: str | None = None
    timezone: str | None = None
    flask_app: str | None = None


@dataclass(frozen=True)
class Interpreter:
    """The project's own Python and, in words for the screen, why this one was chosen.

    With `service`, the one called `path` inside the container of that compose service; `folder` is
    the folder of the alembic config in there, "" where the service's mounts tell it.
    """

    path: Path
    reason: str
    service: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """What the screen calls it."""
        if not self.service:
            return str(self.path)
        return f"{self.path} in the container of {self.service}"


@dataclass(frozen=True)
class ProjectCommand:
    """One of the project's own commands, run without a shell."""

    name: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        return shlex.join(self.words)


@dataclass(frozen=True)
class Settings:
    """`[tool.opsmig]` of pyproject.toml, or opsmig.toml. Defaults are those the README lists.

    `unasked` is of the person's own settings alone: (folder, words) of commands that run without a
    question.
    """

    path: Path | None = None
    base_branch: str | None = None
    models: tuple[str, ...] = ()
    companion_suffixes: tuple[str, ...] = ("_history", "_version")
    database_service: str | None = None
    python: str | None = None
    version_locations: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    render: bool = True
    squawk: bool = True
    live: bool = True
    large_rows: int = 10_000
    sample_above: int = 1_000_000
    live_timeout_ms: int = 1_000
    env_timeout_seconds: int = 60
    start_after: str | None = None
    postgresql_version: int | None = None
    severity: Mapping[str, str] = field(default_factory=dict)
    per_path: tuple[tuple[str, Mapping[str, str]], ...] = ()
    commands: tuple[ProjectCommand, ...] = ()
    unasked: frozenset[tuple[str, tuple[str, ...]]] = frozenset()


@dataclass(frozen=True)
class Project:
    """One opened project: where everything is. Nothing in it needed the project's code.

    `repository` is the git work tree's top folder, or None without git. `interpreter` is None when
    none was found; `interpreter_problem` then says what was looked for and what to do. `python` is
    what --python named. `load_app`: this once, its Flask app may be loaded without asking.
    """

    config: AlembicConfig
    settings: Settings
    interpreter: Interpreter | None
    interpreter_problem: str = ""
    repository: Path | None = None
    x_arguments: tuple[str, ...] = ()
    read_only: bool = False
    is_sample: bool = False
    python: str | None = None
    load_app: bool = False

    @property
    def root(self) -> Path:
        return self.config.root

    @property
    def name(self) -> str:
        """What the header calls it: the folder of the alembic config, or of the Flask app."""
        return self.config.root.name


@dataclass(frozen=True)
class Candidates:
    """Several configs were found and none was named: the UI offers them, a command refuses."""

    paths: tuple[Path, ...]
    looked_in: tuple[Path, ...] = field(default=())
