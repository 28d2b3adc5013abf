"""What is installed for a project's Python, by the names of folders on disk: nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.environments import package_folders, venv_settings

#: Packages that connect SQLAlchemy to a database.
DRIVERS = (
    "psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000",
    "pymysql", "mysqlclient", "mysql-connector-python", "aiomysql", "asyncmy", "mariadb",
    "aiosqlite", "oracledb", "pyodbc",
)  # fmt: skip
#: The oldest that the worker runs with.
OLDEST = {"python": (3, 9), "alembic": (1, 8), "sqlalchemy": (1, 4)}

_METADATA = re.compile(r"(?P<name>.+?)-(?P<version>\d[^-]*)(?:-py[\d.]+)?\.(?:dist|egg)-info")


@dataclass(frozen=True)
class Installed:
    """`python` is "3.11.7", "3.11" where no more is written down, "" where nothing is. `packages`
    are those that concern migrations: lower-case name → version."""

    python: str
    packages: Mapping[str, str]

    @property
    def drivers(self) -> Mapping[str, str]:
        return {name: self.packages[name] for name in DRIVERS if name in self.packages}

    @property
    def too_old(self) -> tuple[str, ...]:
        """What is older than the worker can do with, in words."""
        found = {"python": self.python, **self.packages}
        return tuple(
            f"{name} {found[name]} (needs {'.'.join(map(str, least))})"
            for name, least in OLDEST.items()
            if found.get(name) and _numbers(found[name]) < least
        )


def installed_in(python: Path) -> Installed:
    """The versions that lie beside this interpreter. Never raises for what cannot be read."""
    wanted = {"alembic", "sqlalchemy", "greenlet", "flask-migrate", *DRIVERS}
    packages: dict[str, str] = {}
    version = ""
    for folder in package_folders(python):
        version = version or folder.parent.name.removeprefix("python")
        try:
            names = [path.name for path in folder.iterdir()]
        except OSError:
            continue
        for name in names:
            found = _METADATA.fullmatch(name)
            package = re.sub(r"[-_.]+", "-", found["name"]).lower() if found else ""
            if found and package in wanted:
                packages.setdefault(package, found["version"])
    settings = venv_settings(python.parent.parent)
    exact = settings.get("version") or settings.get("version_info", "")
    numbers = ".".join(exact.split(".")[:3])
    return Installed(numbers or (version if version[:1].isdigit() else ""), packages)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
