"""The projects that are measured: the sample, and a generated one with 3,000 revisions."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.demo import sample

if TYPE_CHECKING:
    from opsmig_tui.project.model import Project

MANY = 3000

INI = """[alembic]
script_location = alembic
file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s
sqlalchemy.url = sqlite:///bench.db
"""
ENV = """from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = '''"""change number {number}

Revision ID: {revision}
Revises: {parents}
Create Date: 2026-01-01 00:00:00

"""
from alembic import op
import sqlalchemy as sa

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("c{number}", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "c{number}")
'''


@dataclass(frozen=True)
class Measured:
    """`newest` is the message of the head: painted means that it is on screen."""

    name: str
    backend: Path
    newest: str


def write_many(folder: Path, count: int = MANY) -> Measured:
    """A history of `count` revisions; every 50th is the merge of a branch of two."""
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "alembic" / "env.py").write_text(ENV)
    (folder / "alembic" / "script.py.mako").write_text("")
    ids = [f"{number * 2654435761 % 2**32:08x}{number:04x}" for number in range(count)]
    for number, revision in enumerate(ids):
        down: object = None if number == 0 else ids[number - 1]
        if number > 2 and number % 50 == 0:
            down = (ids[number - 1], ids[number - 2])
        elif number > 2 and number % 50 == 49:
            down = ids[number - 2]
        text = REVISION.format(number=number, revision=revision, parents=down, down=down)
        (versions / f"2026_01_01_0000-{revision}_change_number_{number}.py").write_text(text)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return Measured("3,000 revisions", folder, f"change number {count - 1}")


@contextmanager
def the_sample() -> Iterator[Measured]:
    """The sample with its running PostgreSQL."""
    from opsmig_tui.history.reader import read_history

    with sample(None) as project:
        history = read_history([project.backend / "alembic" / "versions"])
        yield Measured("sample", project.backend, history.revisions[0].message)


def opened(project: Measured) -> Project:
    """As the tool opens it."""
    from opsmig_tui.project.model import OpenOptions, Project
    from opsmig_tui.project.open import open_project

    found = open_project(OpenOptions(project.backend))
    assert isinstance(found, Project)
    return found
