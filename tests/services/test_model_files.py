"""Finding the model files by setting, name and content."""

from pathlib import Path

import pytest

from opsmig_tui.project.model import AlembicConfig, Project, Settings
from opsmig_tui.services.model_files import guess_roots, model_roots, model_sources

DECLARING = "from sqlalchemy.orm import Mapped\nclass A(Base):\n    x: Mapped[int]\n"


def files(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def found(root: Path, *skip: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in guess_roots(root, skip)]


def test_by_name_and_by_content(tmp_path: Path):
    files(tmp_path, "app/models/a.py", "app/models/deep/b.py", "shop/models.py", "app/views.py")
    files(tmp_path, "app/orm.py", "app/tests/test_orm.py", "alembic/env.py", text=DECLARING)
    files(tmp_path, ".venv/lib/models/x.py", "venv2/pyvenv.cfg", "venv2/models.py")
    files(tmp_path, "node_modules/models/x.py", "docs/models/x.py", text=DECLARING)
    assert found(tmp_path, tmp_path / "alembic") == ["app/models", "app/orm.py", "shop/models.py"]


@pytest.mark.parametrize(
    ("text", "declares"),
    [
        ("import sqlalchemy as sa\nt = sa.Table('t', m, sa.Column('x'))\n", True),
        (
            "from flask_sqlalchemy import SQLAlchemy\nclass A(db.Model):\n  x = db.Column(db.Int)",
            True,
        ),
        ("from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n", True),
        ("from sqlmodel import SQLModel\nclass A(SQLModel, table=True):\n  x: int\n", True),
        ("from sqlalchemy import select\nrows = session.execute(select(A))\n", False),
        ("from rich.table import Column, Table\nTable()\n", False),
    ],
)
def test_which_content_counts(tmp_path: Path, text: str, declares: bool):
    files(tmp_path, "x.py", text=text)
    assert found(tmp_path) == (["x.py"] if declares else [])


def test_a_bounded_walk_survives_loops_and_depth(tmp_path: Path):
    (tmp_path / "loop").symlink_to(tmp_path)
    files(tmp_path, "a/b/c/d/e/f/g/h/models.py")
    assert found(tmp_path) == []
    assert guess_roots(tmp_path / "absent") == ()


def test_the_setting_is_relative_to_its_file_and_may_be_a_pattern(tmp_path: Path):
    files(tmp_path, "one/models/a.py", "two/models/b.py", "two/models/__pycache__/b.py", "x.py")
    root = tmp_path / "one"
    config = AlembicConfig(root / "alembic.ini", "ini", "alembic", root, root / "alembic", ())
    settings = Settings(path=tmp_path / "opsmig.toml", models=("*/models", "x.py", "absent"))
    roots = model_roots(Project(config, settings, None))
    assert [path.relative_to(tmp_path).as_posix() for path in roots] == [
        "one/models", "two/models", "x.py", "absent",
    ]  # fmt: skip
    assert [path.name for path in model_sources(roots)] == ["a.py", "b.py", "x.py"]
    without_file = Project(config, Settings(models=("models",)), None)
    assert model_roots(without_file) == (root / "models",)
