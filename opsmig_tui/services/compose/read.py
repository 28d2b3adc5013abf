"""Compose files read as text: their services, merged as compose merges them. Runs nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.secret_values import secret_values

from .files import ComposeFiles
from .variables import interpolate, read_dotenv

# Services that extend one another in a circle must come to an end, and so must files that include
# ever more of one another.
_DEEPEST = 10
_MOST_FILES = 200
_BOUND = ("source", "target")
_QUOTED = re.compile(r"'[^']{3,}'")


@dataclass(frozen=True)
class ComposeService:
    """`ports` are as written, variables filled in (``5432:5432``). `mounts` are the (folder here,
    folder in the container) pairs of what is bound into it. Nothing secret is kept."""

    name: str
    image: str = ""
    ports: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ComposeFile:
    """One compose project: `name` is what docker compose labels its containers with, `profiles`
    those that are active."""

    path: Path
    name: str
    services: tuple[ComposeService, ...]
    profiles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Source:
    """One file's document, the folder its paths count from, and what its variables stand for."""

    document: Mapping[str, Any]
    folder: Path
    variables: Mapping[str, str]


def read_compose(files: ComposeFiles, environment: Mapping[str, str] | None = None) -> ComposeFile:
    """The services of compose files with what they include and extend.

    Variables are filled in from `environment` (default: the process's), then the .env beside the
    first file. Raises OpsmigError for a file that is not YAML, and where there are no services.
    """
    given = os.environ if environment is None else environment
    variables = {**read_dotenv(files.project_folder / ".env"), **given}
    services: dict[str, ComposeService] = {}
    names: list[str] = []
    for source in _every_source(files, variables, given):
        for name in _table(source.document.get("services")):
            known = services.get(str(name), ComposeService(str(name)))
            services[known.name] = _service(known, source, str(name), _DEEPEST)
        if source.variables is variables:  # what is included names no project
            names.append(interpolate(_text(source.document.get("name")), variables))
    if not services:
        raise OpsmigError(f"{files.paths[0]} has no services: is it a compose file?")
    named = variables.get("COMPOSE_PROJECT_NAME") or next((n for n in reversed(names) if n), "")
    name = _project_name(named or files.project_folder.resolve().name)
    profiles = frozenset(filter(None, variables.get("COMPOSE_PROFILES", "").split(",")))
    return ComposeFile(files.paths[0], name, tuple(services.values()), profiles)


def _every_source(
    files: ComposeFiles, variables: Mapping[str, str], given: Mapping[str, str]
) -> Iterator[_Source]:
    counter = count(1)
    for path in files.paths:
        yield from _sources(path, files.project_folder, variables, given, (), counter)


def _sources(
    path: Path,
    folder: Path,
    variables: Mapping[str, str],
    given: Mapping[str, str],
    outer: tuple[Path, ...],
    counter: Iterator[int],
) -> Iterator[_Source]:
    """The file, after all that it includes; `outer` are those it is included by."""
    here = path.resolve()
    if here in outer:
        raise OpsmigError(f"{path} includes itself, by way of {outer[-1]}.")
    if next(counter) > _MOST_FILES:
        raise OpsmigError(f"{path} is one of more than {_MOST_FILES} files that are included.")
    for document in _load(path):
        yield from _included(document, folder, variables, given, (*outer, here), counter)
        yield _Source(document, folder, variables)


def _included(
    document: Mapping[str, Any],
    folder: Path,
    variables: Mapping[str, str],
    given: Mapping[str, str],
    outer: tuple[Path, ...],
    counter: Iterator[int],
) -> Iterator[_Source]:
    for entry in _list(document.get("include")):
        one = entry if isinstance(entry, dict) else {"path": entry}
        paths = [folder / interpolate(_text(each), variables) for each in _list(one.get("path"))]
        if not paths:
            continue
        own = one.get("project_directory")
        inner = folder / interpolate(own, variables) if own else paths[0].parent
        dotenvs = [
            folder / interpolate(_text(each), variables) for each in _list(one.get("env_file"))
        ]
        values: dict[str, str] = {}
        for dotenv in dotenvs or [inner / ".env"]:
            values |= read_dotenv(dotenv)
        for each in paths:
            inside = {**variables, **values, **given}
            yield from _sources(each, inner, inside, given, outer, counter)


def _service(known: ComposeService, source: _Source, name: str, depth: int) -> ComposeService:
    """`known` with what this file says of the service, and before it what that extends."""
    body = _table(source.document.get("services")).get(name)
    if not isinstance(body, dict):
        return known
    variables = source.variables
    known = _extended(known, body.get("extends"), source, depth)
    ports = filter(None, (_port(port, variables) for port in _list(body.get("ports"))))
    before = () if isinstance(body.get("ports"), _Instead) else known.ports
    profiles = [interpolate(_text(one), variables) for one in _list(body.get("profiles"))]
    bound = filter(None, (_mount(one, source) for one in _list(body.get("volumes"))))
    kept = () if isinstance(body.get("volumes"), _Instead) else known.mounts
    places = {inside: here for here, inside in (*kept, *bound)}  # one folder has one content
    return ComposeService(
        known.name,
        interpolate(_text(body.get("image")), variables) or known.image,
        tuple(dict.fromkeys([*before, *ports])),
        tuple(dict.fromkeys([*known.profiles, *profiles])),
        tuple((here, inside) for inside, here in places.items()),
    )


def _extended(
    known: ComposeService, extends: object, source: _Source, depth: int
) -> ComposeService:
    one = extends if isinstance(extends, dict) else {"service": extends}
    base, file = _text(one.get("service")), interpolate(_text(one.get("file")), source.variables)
    if not base or not depth:
        return known
    if file:
        path = source.folder / file
        named = (one for one in _load(path) if base in _table(one.get("services")))
        source = _Source(next(named, {}), path.parent, source.variables)
    return _service(known, source, base, depth - 1)


def _load(path: Path) -> list[dict[str, Any]]:
    """The file's documents: as a rule one."""
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML brings no types
        """Every scalar stays text: YAML 1.1 would take the port 22:22 for the number 1342."""

        yaml_implicit_resolvers = {"<": yaml.SafeLoader.yaml_implicit_resolvers["<"]}  # noqa: RUF012

    Loader.add_multi_constructor("!", _tagged)
    try:
        documents = list(yaml.load_all(path.read_text(encoding="utf-8"), Loader))  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        # What stands in quotes may be a password's beginning, taken for YAML.
        what = _QUOTED.sub("'…'", getattr(error, "problem", None) or "not YAML text")
        raise OpsmigError(f"{path} could not be read{where}: {what}.") from error
    except OSError as error:
        raise OpsmigError(f"{path} could not be read: {error.strerror}.") from error
    return [one for one in documents if isinstance(one, dict)]


class _Instead(list[Any]):
    """A list that is not added to that of the files before."""


def _tagged(loader: Any, tag: str, node: Any) -> Any:
    """Compose's own tags, !reset and !override; any other is as if it were not there."""
    import yaml

    if tag == "reset":
        return _Instead()
    if tag == "override" and isinstance(node, yaml.SequenceNode):
        return _Instead(loader.construct_sequence(node, deep=True))
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


def _port(port: object, variables: Mapping[str, str]) -> str:
    if isinstance(port, dict):
        parts = [_text(port.get(key)) for key in ("host_ip", "published", "target")]
        return interpolate(":".join(part for part in parts if part), variables)
    return interpolate(_text(port), variables)


def _mount(volume: object, source: _Source) -> tuple[str, str] | None:
    """What a volume binds of this machine, None where it is one of the engine's own."""
    if isinstance(volume, dict):
        parts = [interpolate(_text(volume.get(key)), source.variables) for key in _BOUND]
        if volume.get("type") != "bind":
            return None
    else:
        parts = interpolate(_text(volume), source.variables).split(":")
    if len(parts) < 2 or not parts[0].startswith((".", "/", "~")) or not parts[1].startswith("/"):
        return None
    here = os.path.realpath(source.folder / Path(parts[0]).expanduser())
    return here, os.path.normpath(parts[1])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    """Compose takes a single value where a list is meant."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) and value else []


def _table(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _project_name(name: str) -> str:
    """As compose normalises it: lower case, only letters, digits, dashes and underscores."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def secrets_in(
    files: ComposeFiles, environment: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The passwords in the environments of the services, as written and with variables filled in:
    compose repeats them when it complains. Raises OpsmigError as `read_compose` does."""
    given = os.environ if environment is None else environment
    dotenv = read_dotenv(files.project_folder / ".env")
    variables = {**dotenv, **given}
    pairs: list[tuple[str, str]] = list(dotenv.items())
    for source in _every_source(files, variables, given):
        for service in _table(source.document.get("services")).values():
            for name, value in _pairs(_table(service).get("environment")):
                pairs += [(name, value), (name, interpolate(value, source.variables))]
    return secret_values(pairs)


def _pairs(values: object) -> Iterator[tuple[str, str]]:
    """An environment is a table, or a list of NAME=value."""
    if isinstance(values, dict):
        yield from ((str(name), _text(value)) for name, value in values.items())
    for line in _list(values):
        name, _, value = _text(line).partition("=")
        yield name, value
