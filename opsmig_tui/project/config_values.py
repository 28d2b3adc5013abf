"""The raw values of an alembic.ini and the pyproject.toml beside it, each read only when asked.

Only the value that is asked for is interpolated: an odd ``%`` in sqlalchemy.url, which alembic's
users meet often, does not stand in the way of the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from configparser import ConfigParser, InterpolationError, MissingSectionHeaderError, ParsingError
from configparser import Error as IniError
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.placeholders import placeholder_in


@dataclass(frozen=True)
class ConfigValues:
    """Both files of one configuration. `ini` is None where there is no ini file."""

    path: Path
    kind: Literal["ini", "toml"]
    section: str
    ini: ConfigParser | None
    toml: Mapping[str, Any]

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(self.ini.sections()) if self.ini else ()

    def get_ini(self, key: str) -> str | None:
        """A value of the ini's section, interpolated. Raises OpsmigError where that fails."""
        if self.ini is None or not self.ini.has_option(self.section, key):
            return None
        try:
            return self.ini.get(self.section, key)
        except InterpolationError as error:
            raise OpsmigError(
                f"{self.path} sets {key} to something that cannot be worked out: "
                f"{_one_line(error)}; write % as %%"
            ) from error

    def get(self, key: str) -> str | None:
        """A text value: of the ini, else of [tool.alembic]."""
        found = self.get_ini(key)
        if found is not None:
            return found
        value = self.toml.get(key)
        if value is None or isinstance(value, str):
            return None if value is None else self._replaced(key, value)
        raise self._wrong(key, "text")

    def get_list(self, key: str) -> list[str]:
        """A list of text of [tool.alembic]; empty when it is not there."""
        value = self.toml.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of text")
        return [self._replaced(key, item) for item in value]

    def flag(self, key: str) -> bool:
        """True only for ``true``, as alembic reads it."""
        found = self.get_ini(key)
        if found is not None:
            return found == "true"
        value = self.toml.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def _replaced(self, key: str, value: str) -> str:
        try:
            return value % {"here": self.path.parent.as_posix()}
        except (KeyError, ValueError, TypeError) as error:
            raise OpsmigError(
                f"[tool.alembic] in {self.path.parent / 'pyproject.toml'} sets {key} to {value!r}, "
                "where only %(here)s can be replaced; write % as %%"
            ) from error

    def _wrong(self, key: str, wanted: str) -> OpsmigError:
        where = self.path.parent / "pyproject.toml"
        return OpsmigError(f"[tool.alembic] in {where} sets {key}, which must be {wanted}")


def read_values(path: Path, section: str) -> ConfigValues:
    """Read `path` and, as alembic does, the other kind of file beside it. Raises OpsmigError."""
    is_toml = path.name == "pyproject.toml"
    ini = path.parent / "alembic.ini" if is_toml else path
    toml = path if is_toml else path.parent / "pyproject.toml"
    return ConfigValues(
        path=path,
        kind="toml" if is_toml else "ini",
        section=section,
        ini=_read_ini(ini) if ini.is_file() else None,
        toml=_read_toml(toml, wanted=is_toml) if toml.is_file() else {},
    )


def _read_ini(path: Path) -> ConfigParser:
    # A folder name may hold a %, which interpolation would take for its own.
    here = path.parent.as_posix().replace("%", "%%")
    parser = ConfigParser({"here": here})
    try:
        parser.read_string(_text(path), source=str(path))
    except (MissingSectionHeaderError, ParsingError) as error:
        if placeholder := placeholder_in(_text(path)):
            raise OpsmigError(
                f"{path} is a template: it holds {placeholder}, which nothing has filled in; "
                "open a project that was made from it"
            ) from error
        raise _unreadable(path, error) from error
    except IniError as error:
        raise _unreadable(path, error) from error
    return parser


def _unreadable(path: Path, error: IniError) -> OpsmigError:
    if isinstance(error, MissingSectionHeaderError):
        what = f" at line {error.lineno}: there is no [section] before it"
    elif isinstance(error, ParsingError):
        number, text = error.errors[0]
        what = f" at line {number}: {text}; it needs key = value there"
    else:
        line = getattr(error, "lineno", None)
        what = f"{f' at line {line}' if line else ''}: {_one_line(error)}"
    return OpsmigError(f"{path} cannot be read{what}")


def _read_toml(path: Path, *, wanted: bool) -> Mapping[str, Any]:
    """[tool.alembic]. A broken file beside an ini is only an error where alembic needs it."""
    from opsmig_tui.project.find import has_alembic_section

    if not wanted and not has_alembic_section(path):
        return {}
    import tomllib

    try:
        found = tomllib.loads(_text(path)).get("tool", {}).get("alembic", {})
    except tomllib.TOMLDecodeError as error:
        raise OpsmigError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise OpsmigError(f"{path}: [tool.alembic] must be a table")
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise OpsmigError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return data.decode()
    except UnicodeDecodeError:
        # Only comments hold such letters in practice; every byte has a meaning in latin-1.
        return data.decode("latin-1")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
