"""Which compose files a project has: those of COMPOSE_FILE, or the nearest by their usual names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

from .variables import read_dotenv

# In the order docker compose itself prefers them.
FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_OVERRIDES = (
    "compose.override.yaml", "compose.override.yml",
    "docker-compose.override.yaml", "docker-compose.override.yml",
)  # fmt: skip


@dataclass(frozen=True)
class ComposeFiles:
    """`paths` in the order they are merged in; `folder` is where ``docker compose`` must be run to
    find the very same ones."""

    paths: tuple[Path, ...]
    folder: Path

    @property
    def project_folder(self) -> Path:
        """The folder whose name and .env the compose project goes by: the first file's."""
        return self.paths[0].parent


def find_compose(
    project: Project, environment: Mapping[str, str] | None = None
) -> ComposeFiles | None:
    """The compose files of the nearest folder from the config's up to the repository's top, or
    None. Without a repository only the config's folder and the one above it are looked in.

    COMPOSE_FILE is heeded, from `environment` (default: the process's) or a folder's .env. Raises
    OpsmigError when it names a file that is not there.
    """
    given = os.environ if environment is None else environment
    folders = list(_folders(project))
    if given.get("COMPOSE_FILE"):
        return _named(given, [Path.cwd(), *folders], "COMPOSE_FILE")
    for folder in folders:
        dotenv = {**read_dotenv(folder / ".env"), **given}
        if dotenv.get("COMPOSE_FILE"):
            return _named(dotenv, [folder], f"COMPOSE_FILE in {folder / '.env'}")
        for name in FILE_NAMES:
            if (folder / name).is_file():
                overrides = [folder / one for one in _OVERRIDES if (folder / one).is_file()]
                return ComposeFiles((folder / name, *overrides[:1]), folder)
    return None


def _folders(project: Project) -> Iterator[Path]:
    top = project.repository if project.repository is not None else project.root.parent
    for folder in (project.root, *project.root.parents):
        yield folder
        if folder == top:
            return


def _named(variables: Mapping[str, str], folders: list[Path], where: str) -> ComposeFiles:
    """The files that COMPOSE_FILE lists, from the first folder in which all of them are."""
    separator = variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    names = [name for name in variables["COMPOSE_FILE"].split(separator) if name]
    for folder in folders:
        paths = tuple(Path(os.path.normpath(folder / name)) for name in names)
        if paths and all(path.is_file() for path in paths):
            return ComposeFiles(paths, folder)
    raise OpsmigError(
        f"{where} names {variables['COMPOSE_FILE']}, which is not there, seen from {folders[0]}."
    )
