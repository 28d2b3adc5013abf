"""The sample's files and its git history, written from the template."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from opsmig_tui.demo.model import TEMPLATE, SampleProject
from opsmig_tui.project.errors import OpsmigError

FEATURE_BRANCH = "feature/vendor-onboarding"

MARA = "Mara Lindqvist <mara@example.com>"
JONAS = "Jonas Pereira <jonas@example.com>"


class Commit(NamedTuple):
    """One commit of the sample's main branch. Files are named by shell patterns of git."""

    date: str
    author: str
    message: str
    files: tuple[str, ...]


def _migrations(*revisions: str) -> tuple[str, ...]:
    return tuple(f"backend/alembic/versions/*-{revision}_*.py" for revision in revisions)


def _models(*names: str) -> tuple[str, ...]:
    return tuple(f"backend/models/{name}.py" for name in names)


MAIN = (
    Commit(
        "2025-01-14T09:41:00+0100",
        MARA,
        "Start the backend: users, settings and migrations",
        (
            ".gitignore",
            "docker-compose.yml",
            "backend/alembic.ini",
            "backend/alembic/env.py",
            "backend/alembic/script.py.mako",
            *_models("base", "settings", "user"),
            *_migrations("3f1c9a0d72be"),
        ),
    ),
    Commit(
        "2025-01-20T11:12:00+0100",
        MARA,
        "Add vendors and keep their history",
        (*_models("vendor"), *_migrations("8b42e7d1c605")),
    ),
    Commit(
        "2025-03-05T10:03:00+0100",
        JONAS,
        "Add sites, contacts and agreements",
        (
            *_models("site", "agreement"),
            *_migrations("c5d07a9e3f18", "1e96b3f4a827", "d27f5c80b9e1"),
        ),
    ),
    Commit(
        "2025-04-08T10:44:00+0200",
        MARA,
        "Add assets and work orders",
        (*_models("asset", "work_order"), *_migrations("6a0e4d9b15c7", "f3b8160ce2d4")),
    ),
    Commit(
        "2025-06-02T09:05:00+0200",
        JONAS,
        "Rate vendors and take their invoices",
        (*_models("invoice"), *_migrations("09d5a7e2c4f6", "b71c3e58d09a")),
    ),
    Commit(
        "2025-07-09T15:02:00+0200",
        MARA,
        "Renew agreements, put work orders on hold",
        _migrations("4c8fd2061be3", "72d0f6c19ab5"),
    ),
    Commit(
        "2025-07-22T16:11:00+0200",
        JONAS,
        "Add inspections and merge the heads",
        (
            *_models("__init__", "inspection"),
            *_migrations("e5a93b7c40d8", "ae41b8957d0c", "5bbc50e8f213"),
        ),
    ),
    Commit(
        "2025-12-03T11:40:00+0100",
        MARA,
        "Keep invoice totals, find vendors and open work orders fast",
        _migrations("91f7c2ad6e04", "2d6ea9f05b73", "c80b4f1e97d5"),
    ),
    Commit(
        "2026-01-19T15:50:00+0100",
        JONAS,
        "Store the telemetry of assets",
        _migrations("7e35d1a8c0f2"),
    ),
    Commit(
        "2026-04-15T14:31:00+0200",
        MARA,
        "Bill in other currencies, work by priority",
        _migrations("b8c9d0a41e6f", "a7c3f15d8e92"),
    ),
    Commit(
        "2026-04-16T08:58:00+0200",
        MARA,
        "Say how opsmig and newcomers find their way",
        ("README.md", "backend/opsmig.toml"),
    ),
)

FEATURE = Commit(
    "2026-05-06T10:27:00+0200",
    JONAS,
    "Remember when a vendor was onboarded, and its tax number",
    _models("vendor"),
)


def write_sample(root: Path, url: str) -> SampleProject:
    """Write the sample's files and git history into the new folder `root`.

    `url` is SQLAlchemy's URL of its database, which need not exist yet; it goes into the ignored
    file backend/.env. Raises OpsmigError when git is missing or fails.
    """
    shutil.copytree(TEMPLATE / "main", root, ignore=shutil.ignore_patterns("__pycache__"))
    project = point_to(root, url)
    _git(root, "init", "--quiet", "--template=", "--initial-branch=main")
    for commit in MAIN:
        _commit(root, commit)
    _git(root, "switch", "--quiet", "--create", FEATURE_BRANCH)
    _git(root, "apply", str(TEMPLATE / "feature.patch"))
    _commit(root, FEATURE)
    _git(root, "apply", "--index", str(TEMPLATE / "staged.patch"))
    _git(root, "apply", str(TEMPLATE / "unstaged.patch"))
    return project


def point_to(root: Path, url: str) -> SampleProject:
    """The sample in `root`, its backend/.env (re)written for the database at `url`."""
    backend = root / "backend"
    env = backend / ".env"
    env.touch(mode=0o600)
    env.write_text(f"DATABASE_URL={url}\n")
    parts = urlsplit(url)
    return SampleProject(
        root=root,
        backend=backend,
        url=url,
        host=parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        database=parts.path.lstrip("/"),
    )


def read_url(root: Path) -> str:
    """The database URL that a sample written earlier has in its backend/.env.

    Raises OpsmigError when the file is gone.
    """
    env = root / "backend" / ".env"
    try:
        return env.read_text().strip().removeprefix("DATABASE_URL=")
    except FileNotFoundError as error:
        raise OpsmigError(
            f"The sample cannot be opened again, {env} with its password is gone: "
            "remove the folder and start anew."
        ) from error


def _commit(root: Path, commit: Commit) -> None:
    name, _, email = commit.author.rstrip(">").partition(" <")
    _git(root, "add", "--", *commit.files)
    _git(
        root,
        *("-c", f"user.name={name}", "-c", f"user.email={email}"),
        *("commit", "--quiet", "--no-verify", "--message", commit.message),
        env={"GIT_AUTHOR_DATE": commit.date, "GIT_COMMITTER_DATE": commit.date},
    )


def _git(root: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run git as it is out of the box: no configuration, hook or signature of this user."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **(env or {})}
    try:
        subprocess.run(
            ["git", *arguments], cwd=root, env=clean, check=True, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise OpsmigError("The sample project needs git, which is not installed.") from error
    except subprocess.CalledProcessError as error:
        raise OpsmigError(
            f"git could not write the sample project in {root}: {error.stderr.strip()}"
        ) from error
