"""Migrations rendered by a real worker, on a project that needs no server."""

import sys
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject, write_project

ENV = """\
from alembic import context
from sqlalchemy import MetaData

naming = {"ix": "ix_%(table_name)s_%(column_0_name)s"}
assert context.is_offline_mode()
context.configure(
    url="postgresql+psycopg://ops:hunter2hunter2@nowhere.invalid/none",
    target_metadata=MetaData(naming_convention=naming),
)
with context.begin_transaction():
    context.run_migrations()
"""

TOP = """\
import os, socket, sqlite3, subprocess, sys, time
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session
"""


def offline_project(root: Path) -> AlembicProject:
    """A project whose env.py knows PostgreSQL, and a server that does not exist."""
    project = write_project(root)
    (project.root / "alembic" / "env.py").write_text(ENV)
    return project


def write_migration(
    project: AlembicProject, name: str, up: str, down: str = "pass", top: str = ""
) -> Path:
    """A revision file of that name; the bodies are source code of any indentation."""
    path = project.versions / f"{name}.py"
    path.write_text(
        f'"""a test"""\n{TOP}{dedent(top)}\nrevision = "{name}"\ndown_revision = None\n\n\n'
        f"def upgrade():\n{indent(dedent(up).strip(), '    ')}\n\n\n"
        f"def downgrade():\n{indent(dedent(down).strip(), '    ')}\n"
    )
    return path


async def rendered(
    root: Path, *paths: Path, told: Any = None, seconds: float = 5.0
) -> protocol.RenderResult:
    """What a worker of its own answers."""
    project = open_project(OpenOptions(directory=root, python=sys.executable))
    assert isinstance(project, Project)
    client = WorkerClient(project)
    try:
        request = protocol.Render(tuple(str(path) for path in paths), seconds)
        result = await client.request(request, told, timeout=60)
        assert isinstance(result, protocol.RenderResult)
        return result
    finally:
        await client.stop()
