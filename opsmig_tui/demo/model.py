"""What a sample project is, and where its parts are."""

from dataclasses import dataclass, field
from pathlib import Path

TEMPLATE = Path(__file__).parent / "backend_template"
"""The sample's files (`main/`), its patches (the branch's work) and its rows (`seed.sql`)."""

BEFORE_PENDING = "7e35d1a8c0f2"
"""The revision the sample's database stands at: two behind head."""

ROLE = "ops"
"""The role that owns the sample's database; not a superuser."""

DATABASE = "ops"


@dataclass(frozen=True)
class SampleProject:
    """A sample backend on disk and the database it uses.

    `root` is the git repository, `backend` the folder of alembic.ini. `url` is SQLAlchemy's URL
    with the password in it, so it stays out of the representation. `host` is the folder of the
    server's Unix socket.
    """

    root: Path
    backend: Path
    url: str = field(repr=False)
    host: str
    database: str
