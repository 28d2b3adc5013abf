"""Virtual environments with other versions than the tool's own, as projects have them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Versions:
    """What a project might have installed. `python` is used where it is installed beside the one
    that runs the tests, as pyenv and uv do; else that one is."""

    name: str
    python: str
    packages: tuple[str, ...]
    scheme: str = "postgresql+psycopg"


OLDEST = Versions(
    "oldest",
    "3.9",
    ("alembic==1.8.0", "sqlalchemy==1.4.0", "psycopg2-binary", "setuptools<81"),
    "postgresql+psycopg2",
)
MIDDLE = Versions("middle", "3.12", ("alembic==1.13.0", "sqlalchemy==2.0.0", "psycopg[binary]"))
# Plain postgresql:// means psycopg 3 from SQLAlchemy 2.1 on.
NEWEST = Versions(
    "newest", "3.13", ("alembic", "sqlalchemy>=2.1.0b1", "psycopg[binary]"), "postgresql"
)
ALL = (OLDEST, MIDDLE, NEWEST)


def make(folder: Path, versions: Versions) -> Path:
    """The environment's Python. uv links what its cache has, so this takes a second."""
    _uv("venv", "--python", str(_python(versions.python)), str(folder))
    python = folder / "bin" / "python"
    _uv("pip", "install", "--prerelease=allow", "--python", str(python), *versions.packages)
    return python


def _python(version: str) -> Path:
    own = Path(sys.base_prefix)
    pattern = re.sub(r"\d+\.\d+(\.\d+)?", f"{version}.*", own.name, count=1)
    for found in sorted(own.parent.glob(f"{pattern}/bin/python{version}")):
        return found
    return Path(sys.executable)


def _uv(*arguments: str) -> None:
    # The cache is the person's own: without it every run would fetch everything anew.
    home = os.environ.get("UV_CACHE_DIR") or _cache()
    command = ["uv", *arguments, "--quiet", "--no-python-downloads", "--cache-dir", home]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"


def _cache() -> str:
    """uv's cache of the person who runs the tests, whose HOME the tests have replaced."""
    import pwd

    home = pwd.getpwuid(os.getuid()).pw_dir
    return str(Path(home) / ".cache" / "uv")
