"""The compose file of a project, read as text: its services and which one is the database."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

# In the order docker compose itself prefers them.
FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_OVERRIDES = (
    "compose.override.yaml", "compose.override.yml",
    "docker-compose.override.yaml", "docker-compose.override.yml",
)  # fmt: skip
_DATABASE_IMAGE = re.compile(
    r"(?:^|[/_-])(?:postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector|citus|paradedb"
    r"|spilo|pgautoupgrade)(?:$|[:@])"
)
_DATABASE_NAMES = ("db", "database", "postgres", "postgresql", "pg", "pgdb", "db-postgres")


@dataclass(frozen=True)
class ComposeService:
    """`ports` are as written, variables filled in (``5432:5432``). Nothing secret is kept."""

    name: str
    image: str = ""
    ports: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComposeFile:
    """One compose project: `name` is what docker compose labels its containers with."""

    path: Path
    name: str
    services: tuple[ComposeService, ...]


@dataclass(frozen=True)
class ServiceChoice:
    """Which service serves the database and, in words, why; `service` is "" when none does."""

    service: str
    reason: str


def find_compose(project: Project) -> Path | None:
    """The nearest compose file from the config's folder up to the repository's top, or None.

    Without a repository only the config's folder and the one above it are looked in.
    """
    folders = [project.root, *project.root.parents]
    top = project.repository if project.repository is not None else project.root.parent
    for folder in folders:
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return folder / name
        if folder == top:
            return None
    return None


def read_compose(path: Path, environment: Mapping[str, str] | None = None) -> ComposeFile:
    """Services of a compose file and of the override file beside it.

    Variables are filled in from `environment` (default: the process's), then the folder's .env.
    Raises OpsmigError for a file that is not YAML or has no services.
    """
    folder = path.parent
    variables = {**_dotenv(folder / ".env"), **(os.environ if environment is None else environment)}
    documents = [_load(path)]
    documents += [_load(folder / name) for name in _OVERRIDES if (folder / name).is_file()]
    services: dict[str, ComposeService] = {}
    for document in documents:
        declared = document.get("services")
        for name, body in declared.items() if isinstance(declared, dict) else ():
            known = services.get(str(name), ComposeService(str(name)))
            services[known.name] = _service(known, body, variables)
    if not services:
        raise OpsmigError(f"{path} has no services: is it a compose file?")
    name = variables.get("COMPOSE_PROJECT_NAME") or interpolate(
        _text(documents[0].get("name")), variables
    )
    return ComposeFile(path, _project_name(name or folder.resolve().name), tuple(services.values()))


def choose_service(compose: ComposeFile, setting: str | None = None) -> ServiceChoice:
    """The service that serves the database: the setting, else by image, else by name.

    Raises OpsmigError when the setting names a service that is not in the file.
    """
    names = [service.name for service in compose.services]
    if setting is not None:
        if setting not in names:
            raise OpsmigError(
                f"database_service {setting!r} of the settings is not in {compose.path}, which has "
                f"{', '.join(names)}."
            )
        return ServiceChoice(setting, "database_service in the settings")
    by_image = [service for service in compose.services if _DATABASE_IMAGE.search(service.image)]
    if by_image:
        best = min(by_image, key=_preference)
        reason = f"image {best.image}"
        if len(by_image) > 1:
            others = ", ".join(service.name for service in by_image if service is not best)
            reason += f" (also {others}: database_service in the settings decides)"
        return ServiceChoice(best.name, reason)
    by_name = next((name for name in _DATABASE_NAMES if name in names), None)
    if by_name is not None:
        return ServiceChoice(by_name, "by its name")
    return ServiceChoice("", f"no service of {compose.path.name} looks like a database")


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Fill in ``$NAME``, ``${NAME}``, ``${NAME:-default}``, ``${NAME:+other}`` as compose does."""
    return _VARIABLE.sub(lambda match: _value(match, variables), text)


_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-+?])(?P<word>(?:[^{}]|\{[^{}]*\})*))?\})"
)


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    value = variables.get(match["plain"] or match["name"])
    how, word = match["how"], match["word"] or ""
    if how is None:
        return value or ""
    is_set = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return interpolate(word, variables) if is_set else ""
    if is_set:
        return value or ""
    return interpolate(word, variables) if how.endswith("-") else ""


def _preference(service: ComposeService) -> tuple[bool, bool]:
    """Not the test database, and rather one with a telling name; then the file's order."""
    return "test" in service.name, service.name not in _DATABASE_NAMES


def _load(path: Path) -> dict[str, Any]:
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML brings no types
        """Every scalar stays text: YAML 1.1 would take the port 22:22 for the number 1342."""

        yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}  # noqa: RUF012

    Loader.add_multi_constructor("!", _plain)  # compose's own tags: !reset, !override
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader)  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "not YAML text"
        raise OpsmigError(f"{path} could not be read{where}: {what}.") from error
    except OSError as error:
        raise OpsmigError(f"{path} could not be read: {error.strerror}.") from error
    return document if isinstance(document, dict) else {}


def _plain(loader: Any, _suffix: str, node: Any) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


def _service(known: ComposeService, body: object, variables: Mapping[str, str]) -> ComposeService:
    if not isinstance(body, dict):
        return known
    image = interpolate(_text(body.get("image")), variables) or known.image
    ports = body.get("ports")
    texts = [_port(port, variables) for port in ports] if isinstance(ports, list) else []
    return ComposeService(known.name, image, tuple(dict.fromkeys([*known.ports, *texts])))


def _port(port: object, variables: Mapping[str, str]) -> str:
    if isinstance(port, dict):
        parts = [_text(port.get(key)) for key in ("host_ip", "published", "target")]
        return interpolate(":".join(part for part in parts if part), variables)
    return interpolate(_text(port), variables)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _project_name(name: str) -> str:
    """As compose normalises it: lower case, only letters, digits, dashes and underscores."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def _dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines of a .env file; quotes are taken off. {} when there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]\s*(.*)$", line)
        if match:
            name, value = match.groups()
            if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
                value = value[1 : value.index(value[0], 1)]
            else:
                value = re.split(r"\s+#", value)[0].strip()
            found[name] = value
    return found
