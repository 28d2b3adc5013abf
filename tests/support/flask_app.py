"""A small Flask application with Flask-Migrate's own env.py."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

APP = """\
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40))


def create_app():
    with (Path(__file__).parent / "created").open("a") as file:
        file.write("x")
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI={url!r}, SQLALCHEMY_BINDS={binds!r})
    Migrate(app, db)
    with app.app_context():
        db.init_app(app)
    {more}
    return app
"""
REVISION = '''\
"""add item"""
from alembic import op
import sqlalchemy as sa

revision = "a1"
down_revision = None


def upgrade(engine_name=""):
    key = sa.Column("id", sa.Integer, primary_key=True)
    op.create_table("item", key, sa.Column("name", sa.String(40)))


def downgrade(engine_name=""):
    op.drop_table("item")
'''


def write_flask_project(
    root: Path, url: str = "", *, template: str = "flask", more: str = "", binds: str = ""
) -> Path:
    """Writes `root`/shop.py, named by .flaskenv, and the folder that `flask db init` makes; returns
    `root`. `more` are statements of create_app, `binds` the URL of a second database, `other`."""
    spec = find_spec("flask_migrate")
    assert spec is not None
    assert spec.origin is not None
    made = root / "migrations"
    shutil.copytree(Path(spec.origin).parent / "templates" / template, made)
    (made / "alembic.ini.mako").rename(made / "alembic.ini")
    (made / "versions").mkdir()
    (made / "versions" / "a1_add_item.py").write_text(REVISION)
    (root / ".flaskenv").write_text("FLASK_APP=shop\n")
    url = url or f"sqlite:///{root}/shop.db"
    values = {"url": url, "binds": {"other": binds} if binds else {}, "more": more or "pass"}
    (root / "shop.py").write_text(APP.format(**values))
    return root


def created(root: Path) -> int:
    """How often the app was created."""
    path = root / "created"
    return len(path.read_text()) if path.exists() else 0
