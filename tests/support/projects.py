"""Small alembic projects written file by file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

INI = """\
[alembic]
script_location = %(here)s/alembic
path_separator = os
prepend_sys_path = %(here)s
sqlalchemy.url = sqlite:///%(here)s/test.db
"""

ENV = """\
from alembic import context
from sqlalchemy import MetaData, engine_from_config, pool

engine = engine_from_config(
    context.config.get_section(context.config.config_ini_section), poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=MetaData())
    with context.begin_transaction():
        context.run_migrations()
"""

MAKO = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


@dataclass(frozen=True)
class AlembicProject:
    """An alembic project on SQLite: alembic.ini in `root`, revision files in `versions`."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "alembic.ini"

    @property
    def versions(self) -> Path:
        return self.root / "alembic" / "versions"

    def revision(
        self,
        rev: str,
        down: str | Sequence[str] | None = None,
        message: str = "",
        *,
        upgrade: str = "pass",
        downgrade: str = "pass",
        branch_labels: str | Sequence[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
        date: str = "2026-01-01 12:00:00.000000",
    ) -> Path:
        """Write a revision file; the bodies are source code of any indentation."""
        message = message or f"revision {rev}"
        downs = [down] if isinstance(down, str) else list(down or ())
        path = self.versions / f"{rev}_{message.lower().replace(' ', '_')[:40]}.py"
        path.write_text(
            f'"""{message}\n\nRevision ID: {rev}\nRevises: {", ".join(downs)}\n'
            f'Create Date: {date}\n\n"""\n'
            "from alembic import op\nimport sqlalchemy as sa\n\n"
            f"revision = {rev!r}\ndown_revision = {_literal(down)}\n"
            f"branch_labels = {_literal(branch_labels)}\ndepends_on = {_literal(depends_on)}\n\n\n"
            f"def upgrade():\n{_body(upgrade)}\n\n\ndef downgrade():\n{_body(downgrade)}\n"
        )
        return path


def write_project(root: Path) -> AlembicProject:
    """Write an alembic project without revisions into `root`, made if need be."""
    project = AlembicProject(root)
    project.versions.mkdir(parents=True)
    project.config.write_text(INI)
    (root / "alembic" / "env.py").write_text(ENV)
    (root / "alembic" / "script.py.mako").write_text(MAKO)
    return project


def _literal(value: str | Sequence[str] | None) -> str:
    return repr(value if value is None or isinstance(value, str) else tuple(value))


def _body(source: str) -> str:
    return indent(dedent(source).strip("\n"), "    ")
