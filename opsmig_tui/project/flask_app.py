"""Flask-Migrate, seen from its files: where `flask` would be run, and which app it would find."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

APP_FILES = ("wsgi.py", "app.py")
"""What `flask` looks for, in this order, where nothing names the app (its documentation, Command
Line Interface, Application Discovery)."""
_ENV_FILES = (".env", ".flaskenv")
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?FLASK_APP\s*=\s*(?P<value>.*?)\s*$", re.MULTILINE)


def is_flask_folder(folder: Path, script_location: Path) -> bool:
    """Whether this is the folder that `flask db init` made: env.py beside the ini, and it takes its
    engine from the app."""
    if folder != script_location:
        return False
    try:
        return "current_app" in (folder / "env.py").read_text(errors="replace")
    except OSError:
        return False


def run_folder(folder: Path) -> Path:
    """Where `flask` is run for these migrations: the nearest folder above that says which app it
    is, in a .flaskenv before a wsgi.py or app.py; else the one that holds the migrations."""
    above = tuple(_upward(folder.parent))
    for names in ((".flaskenv",), APP_FILES):
        for place in above:
            if any((place / name).is_file() for name in names):
                return place
    return folder.parent


def find_app(root: Path, env: Mapping[str, str] | None = None) -> str:
    """The app that `flask` run in `root` would load, as FLASK_APP names it; "" where it finds none.

    FLASK_APP of the environment, else of the nearest .env, else of the nearest .flaskenv, else a
    file of the usual names.
    """
    named = (os.environ if env is None else env).get("FLASK_APP", "").strip()
    for name in _ENV_FILES:
        named = named or _in_file(root, name)
    usual = (name for name in APP_FILES if (root / name).is_file())
    return named or next(usual, "")


def nothing_found(root: Path) -> str:
    """Says that `flask` finds no app, and what to do."""
    return (
        f"No Flask app was found for {root}: name it in FLASK_APP (the environment or .flaskenv), "
        "or have a wsgi.py or app.py there."
    )


def _in_file(root: Path, name: str) -> str:
    """As python-dotenv looks: only the nearest file of that name, however far up."""
    for folder in (root, *root.parents):
        if (folder / name).is_file():
            try:
                found = _ASSIGNED.findall((folder / name).read_text(errors="replace"))
            except OSError:
                return ""
            return _plain(found[-1]) if found else ""
    return ""


def _plain(value: str) -> str:
    quote = value[:1]
    if quote in ("'", '"') and (end := value.find(quote, 1)) > 0:
        return value[1:end]
    return re.sub(r"\s+#.*", "", value).strip()


def _upward(start: Path) -> Iterator[Path]:
    """`start` and the folders above it in its repository; without one `start` alone."""
    found = []
    for folder in (start, *start.parents):
        found.append(folder)
        if (folder / ".git").exists():
            return iter(found)
    return iter((start,))
