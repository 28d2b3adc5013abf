"""Flask-Migrate's own env.py, with the app that a worker creates for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.flask_app import created, write_flask_project
from tests.worker.conftest import Start, opened, upgrade
from tests.worker.rehearsals import rehearse

DATABASE = "flask_shop"
# Each run finds the arguments of the app, without what the run before it left there.
AS_BEGUN = """
given = current_app.extensions["migrate"].configure_args
assert "process_revision_directives" not in given


"""


@pytest.fixture
def url(postgres: embedded.Server, role_password: str) -> Iterator[str]:
    embedded.create_database(postgres, DATABASE)
    yield postgres.url(DATABASE, role_password)
    with postgres.connect() as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


@pytest.fixture
def project() -> None:
    """Each test writes its own: no sample is needed."""


async def test_one_app_serves_all_that_a_worker_is_asked(
    start: Start, url: str, tmp_path: Path
) -> None:
    root = write_flask_project(tmp_path, url)
    with (root / "migrations" / "env.py").open("r+") as file:
        text = file.read()
        file.seek(0)
        file.write(text.replace("def get_engine():", AS_BEGUN + "def get_engine():"))
    reader = start(opened(root, python=sys.executable))
    status = await reader.request(protocol.Status())
    assert (status.heads, status.pending) == (("a1",), ("a1",))
    (rendered,) = (
        await reader.request(protocol.Render((str(root / "migrations/versions/a1_add_item.py"),)))
    ).revisions
    assert "CREATE TABLE item" in rendered.upgrade.statements[0].sql
    assert [one.table for one in (await reader.request(protocol.Drift())).operations] == ["item"]
    assert created(root) == 1

    runner = start(opened(root, python=sys.executable), runner=True)
    tried = await rehearse(runner, direction="upgrade")
    assert [leg.outcome for leg in tried.legs] == ["ok", "ok", "ok"]
    plan = await runner.request(protocol.Plan("upgrade", "head"))
    assert plan.command == "flask db upgrade head"
    assert (await upgrade(runner)).current == ("a1",)
    assert created(root) == 2

    assert (await reader.request(protocol.Status())).pending == ()


async def test_each_bind_is_a_database_of_its_own(start: Start, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    root = write_flask_project(tmp_path, template="flask-multidb", binds=other)
    status = await start(opened(root, python=sys.executable)).request(protocol.Status())
    names = [Path(one.identity.database).name for one in status.databases]
    assert names == ["shop.db", "other.db"]


async def failure(start: Start, root: Path) -> tuple[protocol.Failed, Any]:
    client = start(opened(root, python=sys.executable), runner=True)
    with pytest.raises(WorkerFailed) as caught:
        await client.request(protocol.Status())
    return caught.value.failed, client


async def test_an_app_that_fails_is_not_tried_again_in_that_process(
    start: Start, tmp_path: Path
) -> None:
    root = write_flask_project(tmp_path, more='raise KeyError("SHOP_KEY")')
    failed, client = await failure(start, root)
    line = (root / "shop.py").read_text().splitlines().index('    raise KeyError("SHOP_KEY")') + 1
    assert (failed.kind, failed.message) == ("project", "KeyError: 'SHOP_KEY'")
    assert (failed.file, failed.line) == (str(root / "shop.py"), line)
    with pytest.raises(WorkerFailed, match="SHOP_KEY"):
        await client.request(protocol.Status())
    assert created(root) == 1


async def test_an_app_cannot_write_when_it_is_created(start: Start, tmp_path: Path) -> None:
    root = write_flask_project(tmp_path, more="app.app_context().push(); db.create_all()")
    failed, _ = await failure(start, root)
    assert failed.message == "attempt to write a readonly database"
    assert "CREATE TABLE item" in failed.statement


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("import not_there_at_all\n", "dependency", "No module named 'not_there_at_all'"),
        ("app = 3\n", "project", "shop: Failed to find Flask application"),
        ("from flask import Flask\napp = Flask('x')\n", "project", "without Migrate"),
    ],
)
async def test_what_is_no_app_is_said(
    start: Start, tmp_path: Path, text: str, kind: str, message: str
) -> None:
    root = write_flask_project(tmp_path)
    (root / "shop.py").write_text(text)
    failed, _ = await failure(start, root)
    assert failed.kind == kind
    assert message in failed.message
