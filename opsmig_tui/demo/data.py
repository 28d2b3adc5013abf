"""The sample's database: its schema up to a revision, and its rows."""

import os
import subprocess
import sys

from opsmig_tui.demo.model import BEFORE_PENDING, TEMPLATE, SampleProject
from opsmig_tui.project.errors import OpsmigError


def populate(project: SampleProject, upto: str = BEFORE_PENDING) -> None:
    """Upgrade the sample's empty database to `upto` and fill its tables.

    `upto` may be BEFORE_PENDING or anything alembic takes whose schema fits seed.sql.
    alembic runs in a process of its own, so that this one never imports it. Raises OpsmigError
    with alembic's last line when it fails.
    """
    upgrade(project, upto)
    import psycopg

    libpq = project.url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(libpq) as connection:
        connection.execute((TEMPLATE / "seed.sql").read_bytes())


def upgrade(project: SampleProject, target: str) -> None:
    """`alembic upgrade TARGET` in the sample, with this interpreter."""
    config = project.backend / "alembic.ini"
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ALEMBIC_CONFIG")}
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(config), "upgrade", target],
        cwd=project.root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise OpsmigError(f"The sample's database could not be made: {' '.join(last)}")
