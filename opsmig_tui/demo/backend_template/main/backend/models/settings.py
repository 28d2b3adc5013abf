"""Where the database is: the file .env beside alembic.ini, else the environment."""

import os
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def database_url() -> str:
    """SQLAlchemy's URL of the database, from DATABASE_URL."""
    if ENV_FILE.is_file():
        for line in ENV_FILE.read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "DATABASE_URL":
                return value.strip()
    if url := os.environ.get("DATABASE_URL"):
        return url
    raise RuntimeError("DATABASE_URL is set neither in backend/.env nor in the environment")
