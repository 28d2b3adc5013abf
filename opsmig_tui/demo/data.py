"""The sample's database: its schema up to a revision, and its rows."""

import json
import os
import subprocess
import sys

from opsmig_tui.demo.model import BEFORE_PENDING, TEMPLATE, SampleProject
from opsmig_tui.project.errors import OpsmigError

# Imports what takes most of the time, then waits for the command's arguments on stdin.
WAITING_ALEMBIC = """
import json, sys
import alembic.autogenerate, psycopg, sqlalchemy.dialects.postgresql.psycopg
from alembic.config import main
main(json.loads(sys.stdin.readline()))
"""


def start_alembic() -> "subprocess.Popen[str]":
    """An alembic command that waits to be told what to do; it ends when its stdin is closed.

    alembic runs in a process of its own, so that this one never imports it. Started early, it
    imports while the server gets ready.
    """
    steering = ("DATABASE_URL", "ALEMBIC_CONFIG")
    return subprocess.Popen(
        # -P: nothing in the folder the person happens to be in is imported.
        [sys.executable, "-P", "-c", WAITING_ALEMBIC],
        env={name: value for name, value in os.environ.items() if name not in steering},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def populate(
    project: SampleProject,
    upto: str = BEFORE_PENDING,
    alembic: "subprocess.Popen[str] | None" = None,
) -> None:
    """Upgrade the sample's empty database to `upto` and fill its tables.

    The rows (seed.sql) fit the schema of BEFORE_PENDING. `alembic` is one that start_alembic()
    made earlier. Raises OpsmigError with alembic's last line when it fails.
    """
    upgrade(project, upto, alembic)
    import psycopg

    with psycopg.connect(project.url.replace("+psycopg:", ":", 1)) as connection:
        connection.execute((TEMPLATE / "seed.sql").read_bytes())


def upgrade(
    project: SampleProject, target: str, alembic: "subprocess.Popen[str] | None" = None
) -> None:
    """`alembic upgrade TARGET` in the sample, with this interpreter."""
    alembic = alembic or start_alembic()
    arguments = ["-c", str(project.backend / "alembic.ini"), "upgrade", target]
    out, err = alembic.communicate(json.dumps(arguments) + "\n")
    if alembic.returncode != 0:
        last = (err.strip() or out.strip()).splitlines()[-1:]
        raise OpsmigError(f"The sample's database could not be made: {' '.join(last)}")
