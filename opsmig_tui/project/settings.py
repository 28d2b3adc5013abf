"""The project's own settings: opsmig.toml, or [tool.opsmig] of pyproject.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsmig_tui.project.commands import read_commands, read_unasked
from opsmig_tui.project.environments import folders_up
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Settings

_TEXT = ("base-branch", "database-service", "python", "start-after")
_LISTS = ("models", "companion-suffixes", "version-locations", "ignore", "protected")
_SWITCHES = ("render", "live", "squawk")
_NUMBERS = (
    "large-rows",
    "sample-above",
    "live-timeout-ms",
    "postgresql-version",
    "env-timeout-seconds",
)
_TABLES = ("severity", "per-path", "commands")
SEVERITIES = ("error", "warning", "note", "off")
#: Every key there is, as it is written in the file.
KEYS = tuple(sorted(_TEXT + _LISTS + _SWITCHES + _NUMBERS + _TABLES))

_SECTION = re.compile(rb"^[ \t]*(?:\[?[ \t]*tool[ \t]*\.[ \t]*)?opsmig[ \t]*[\].=]", re.MULTILINE)


def load_settings(root: Path, repository: Path | None = None) -> Settings:
    """The nearest settings from `root` up to the repository's top; else the defaults.

    opsmig.toml comes before the pyproject.toml beside it. Raises OpsmigError for a file that cannot
    be read, an unknown key (naming the nearest known one) or a value of the wrong kind.
    """
    for folder in folders_up(root, repository):
        own = folder / "opsmig.toml"
        if own.is_file():
            return _settings(own, _parsed(own), str(own))
        shared = folder / "pyproject.toml"
        if shared.is_file() and _SECTION.search(shared.read_bytes()):
            table = _parsed(shared).get("tool", {}).get("opsmig")
            if table is not None:
                return _settings(shared, table, f"[tool.opsmig] in {shared}")
    return Settings()


@dataclass(frozen=True)
class OwnSettings:
    """What a person's own opsmig.toml says of every project: `protected`, and the commands that run
    `unasked` (see project.commands)."""

    protected: tuple[str, ...] = ()
    unasked: frozenset[tuple[str, tuple[str, ...]]] = frozenset()


def load_own(folder: Path | None = None) -> OwnSettings:
    """The person's own opsmig.toml in `folder`, or where the platform keeps settings.

    Raises OpsmigError for a file that cannot be read, and for any other key: the rest belongs to a
    project.
    """
    if folder is None:
        import platformdirs

        folder = platformdirs.user_config_path("opsmig")
    path = folder / "opsmig.toml"
    if not path.is_file():
        return OwnSettings()
    table = _parsed(path)
    other = next((key for key in table if key not in ("protected", "unasked")), None)
    if other is not None:
        raise OpsmigError(
            f"{path} has {other!r}; only protected and unasked can stand there, for all projects"
        )
    return OwnSettings(
        protected=_checked("protected", table.get("protected", []), str(path)),  # type: ignore[arg-type]
        unasked=read_unasked(table.get("unasked", {}), f"{path}: unasked"),
    )


def _parsed(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OpsmigError(f"{path} cannot be read: {error}") from error
    except OSError as error:
        raise OpsmigError(f"{path} cannot be read: {error.strerror}") from error


def _settings(path: Path, table: Any, where: str) -> Settings:
    if not isinstance(table, dict):
        raise OpsmigError(f"{where} must be a table of settings")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise OpsmigError(_unknown(key, where))
        values[key.replace("-", "_")] = _checked(key, value, where)
    return Settings(path=path, **values)


def _checked(key: str, value: Any, where: str) -> object:
    if key == "severity":
        return _severities(value, f"{where}: severity")
    if key == "commands":
        return read_commands(value, f"{where}: commands")
    if key == "per-path":
        return _per_path(value, where)
    if key in _SWITCHES:
        if isinstance(value, bool):
            return value
        raise OpsmigError(f"{where}: {key} must be true or false, for instance {key} = false")
    if key in _NUMBERS:
        if type(value) is int and value > 0:
            return value
        raise OpsmigError(f"{where}: {key} must be a number above 0, for instance {key} = 5000")
    if key in _TEXT:
        if isinstance(value, str) and value.strip():
            return value
        raise OpsmigError(f'{where}: {key} must be text, for instance {key} = "…"')
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise OpsmigError(f'{where}: {key} must be a list of text, for instance {key} = ["…"]')


def _severities(value: Any, where: str) -> dict[str, str]:
    """Rule → severity. Which rules there are is for the review to know."""
    if not isinstance(value, dict):
        raise OpsmigError(f'{where} must be a table of rules, for instance drop-column = "warning"')
    for rule, severity in value.items():
        if severity not in SEVERITIES:
            raise OpsmigError(f"{where} of {rule} must be one of {', '.join(SEVERITIES)}")
    return dict(value)


def _per_path(value: Any, where: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """Pattern of paths → rule → severity, in the order of the file."""
    if not isinstance(value, dict):
        raise OpsmigError(
            f'{where}: per-path must be a table, for instance [per-path."versions/old/*"]'
        )
    return tuple(
        (pattern, _severities(rules, f"{where}: per-path {pattern!r}"))
        for pattern, rules in value.items()
    )


def _unknown(key: str, where: str) -> str:
    import difflib

    near = difflib.get_close_matches(key.replace("_", "-").lower(), KEYS, n=1, cutoff=0.5)
    known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KEYS)}"
    return f"{where} has an unknown setting {key!r}; {known}"
