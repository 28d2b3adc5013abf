"""Which projects were opened on the screen, the last one first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.alembic_config import sections_of
from opsmig_tui.project.find import configs_around
from opsmig_tui.project.model import Project
from opsmig_tui.project.state_file import read_state, state_folder, write_state

MOST_KEPT = 20


@dataclass(frozen=True)
class Recent:
    """A project by its alembic config and the section of it."""

    config: Path
    section: str = "alembic"

    @property
    def name(self) -> str:
        """As the header calls it; with file and section where they are others than usual."""
        name = self.config.parent.name
        if self.config.name not in ("alembic.ini", "pyproject.toml"):
            name += f"/{self.config.name}"
        return name if self.section == "alembic" else f"{name} [{self.section}]"

    @property
    def shown(self) -> str:
        """The config's path, from the home folder where it lies below it."""
        home = Path.home()
        below = self.config.is_relative_to(home)
        return f"~/{self.config.relative_to(home)}" if below else str(self.config)


def recent_of(project: Project) -> Recent:
    return Recent(project.config.path, project.config.section)


def recent_projects(folder: Path | None = None) -> tuple[Recent, ...]:
    """Those whose config is still there. () where nothing was remembered, or it cannot be read."""
    kept = read_state(_file(folder)).get("projects")
    found = []
    for one in kept if isinstance(kept, list) else ():
        if isinstance(one, dict) and all(isinstance(value, str) for value in one.values()):
            recent = Recent(Path(one.get("config", "")), one.get("section", "alembic"))
            if recent.config.is_file():
                found.append(recent)
    return tuple(dict.fromkeys(found))


def others(project: Project, folder: Path | None = None) -> tuple[Recent, ...]:
    """What can be switched to: the other sections of this config, the other configs of this
    repository, then the projects that were opened before."""
    mine = recent_of(project)
    here = [
        Recent(path, section)
        for path in dict.fromkeys((mine.config, *configs_around(project.root)))
        for section in sections_of(path) or ("alembic",)
    ]
    known = dict.fromkeys((*here, *recent_projects(folder)))
    return tuple(one for one in known if one != mine)


def remember_project(project: Project, folder: Path | None = None) -> None:
    """Puts it first. Raises OpsmigError where the state folder cannot be written.

    The sample is not kept, as its database ends with it; nor is what has no config file.
    """
    mine = recent_of(project)
    if project.is_sample or not mine.config.is_file():
        return
    before = [one for one in recent_projects(folder) if one != mine]
    kept = [{"config": str(one.config), "section": one.section} for one in (mine, *before)]
    write_state(_file(folder), {"version": 1, "projects": kept[:MOST_KEPT]})


def _file(folder: Path | None) -> Path:
    return (folder or state_folder()) / "recent.json"
