"""Migrations rendered offline by a real worker: what is seen, at which lines, and what ends it."""

import asyncio
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject
from tests.support.rendering import offline_project, rendered, write_migration
from tests.worker.conftest import Told, line_of, opened
from tests.worker.render_cases import CASES


def marked(path: Path, mark: str) -> int:
    lines = path.read_text().splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.endswith(f"#{mark}")), 0)


@dataclass
class Everything:
    root: Path
    paths: dict[str, Path]
    revisions: dict[str, protocol.RenderedRevision]
    told: Told


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """All cases in one request of one worker."""
    project = offline_project(tmp_path_factory.mktemp("render") / "project")
    # Importing it writes a file: its own business, as when a model imports it.
    (project.root / "alembic" / "writes.py").write_text("open('imported', 'w').close()\n")
    paths = {
        name: write_migration(project, name, case.up, 'op.execute("SELECT 0")', case.top)
        for name, case in CASES.items()
    }
    told = Told()
    result = asyncio.run(rendered(project.root, *paths.values(), told=told))
    assert not result.problem
    return Everything(project.root, paths, dict(zip(CASES, result.revisions, strict=True)), told)


@pytest.mark.parametrize("name", CASES)
def test_what_upgrade_emits_and_what_ends_it(everything: Everything, name: str) -> None:
    case, path = CASES[name], everything.paths[name]
    found = everything.revisions[name]
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    if case.sql is not None:
        emitted = tuple(" ".join(item.sql.split()) for item in found.upgrade.statements)
        assert emitted == case.sql
    if case.problem is not None:
        assert found.upgrade.problem.startswith(case.problem)
        assert bool(found.upgrade.problem) == bool(case.problem)
    assert found.upgrade.line == marked(path, "problem")
    if case.autocommit:
        assert tuple(item.autocommit for item in found.upgrade.statements) == case.autocommit
    inner, outer = marked(path, "1"), marked(path, "2")
    if inner:
        lines = {item.lines for item in found.upgrade.statements}
        assert lines == {(inner, outer) if outer else (inner,)}
    if not case.top or ("def broken" not in case.top and "no_such" not in case.top):
        assert [item.sql for item in found.downgrade.statements] == ["SELECT 0"]
        assert found.revision == name


def test_the_migrations_left_no_trace(everything: Everything) -> None:
    assert (everything.root / "alembic.ini").exists()
    assert not list(everything.root.glob("**/made*"))
    assert "seen by all" in [item.text for item in everything.told.of(protocol.Output)]
    assert "hunter2hunter2" not in everything.told.text()


async def test_a_migration_that_does_not_end_is_ended(empty_project: AlembicProject) -> None:
    """Also with an env.py that connects in offline mode as well."""
    sleeps = empty_project.revision(
        "a1",
        upgrade="import time\nop.execute('SELECT 1')\ntime.sleep(3600)  # HERE",
        downgrade="try:\n    while True: pass\nexcept Exception: pass",
    )
    other = empty_project.revision("b2", "a1", upgrade='op.drop_table("t")')
    result = await rendered(empty_project.root, sleeps, other, seconds=0.3)
    assert not result.problem
    first, second = result.revisions
    assert first.upgrade.problem == first.downgrade.problem == "does not end within 0.3 s"
    assert first.upgrade.line == line_of(sleeps, "HERE")
    assert [item.sql for item in first.upgrade.statements] == ["SELECT 1"]
    assert [item.sql for item in second.upgrade.statements] == ["DROP TABLE t"]


async def test_an_offline_branch_that_never_worked_is_gone_around(
    empty_project: AlembicProject,
) -> None:
    env = empty_project.root / "alembic" / "env.py"
    template = env.read_text()
    env.write_text(
        "from alembic import context\n"
        "if context.is_offline_mode():\n    context.configure(url='driver://u:p@localhost/x')\n"
        + template
    )
    path = empty_project.revision(
        "a1",
        upgrade="""
        from alembic import context
        assert context.is_offline_mode()
        op.add_column("t", sa.Column("a", sa.String(), server_default="5%"))
        """,
        downgrade="""
        with op.batch_alter_table("t") as batch:
            batch.drop_column("a")
        """,
    )
    (revision,) = (await rendered(empty_project.root, path)).revisions
    assert [item.sql for item in revision.upgrade.statements] == [
        "ALTER TABLE t ADD COLUMN a VARCHAR DEFAULT '5%'"
    ]
    assert "batch mode" in revision.downgrade.problem
    env.write_text("raise RuntimeError('no settings here')\n")
    failed = await rendered(empty_project.root, path)
    assert failed.revisions == ()
    assert failed.problem == (
        f"env.py does not run offline: RuntimeError: no settings here ({env.resolve()}:1)"
    )


async def test_several_databases_and_a_file_from_elsewhere(
    empty_project: AlembicProject, tmp_path: Path
) -> None:
    (empty_project.root / "alembic" / "env.py").write_text(
        "from alembic import context\n"
        "for name in ('one', 'two'):\n"
        "    context.configure(url='postgresql://')\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations(engine_name=name)\n"
    )
    path = empty_project.revision("a1")
    path.write_text(
        path.read_text()
        .replace("upgrade():", "upgrade(engine_name):")
        .replace("downgrade():", "downgrade(engine_name):")
        .replace("pass", "op.drop_table('shared')\n    op.drop_table(engine_name)", 1)
    )
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(path.read_text())
    result = await rendered(empty_project.root, path, elsewhere)
    revision, other = result.revisions
    tables = [item.sql for item in revision.upgrade.statements]
    assert tables == ["DROP TABLE shared", "DROP TABLE one", "DROP TABLE two"]
    assert revision.downgrade == protocol.RenderedDirection()
    assert other.upgrade.problem == "lies in none of the version locations"
    assert other.upgrade.statements == ()


async def test_rendering_can_be_cancelled_and_the_worker_lives_on(
    empty_project: AlembicProject,
) -> None:
    path = empty_project.revision("a1", upgrade="print('begun')\nwhile True: pass")
    client = WorkerClient(opened(empty_project.root, python=sys.executable))
    begun = asyncio.Event()

    def listen(event: protocol.Event) -> None:
        if isinstance(event, protocol.Output):
            begun.set()

    try:
        request = protocol.Render((str(path),), seconds=60)
        task = asyncio.create_task(client.request(request, listen))
        await asyncio.wait_for(begun.wait(), 60)
        client.cancel_running(force=True)
        with pytest.raises(WorkerFailed) as caught:
            await asyncio.wait_for(task, 30)
        assert caught.value.failed.kind == "cancelled"
        # Sealed no longer: env.py connects.
        status = await client.request(protocol.Status(), timeout=30)
        assert status.databases[0].identity.dialect == "sqlite"
        assert client.generation == 1
    finally:
        await client.stop()
