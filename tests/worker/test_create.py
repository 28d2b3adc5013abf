"""Creating revisions through the project's own alembic."""

import re
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import HEAD, Start, upgrade
from tests.workspace.conftest import write_revision


def files(sample: SampleProject) -> set[Path]:
    return set((sample.backend / "alembic" / "versions").glob("*.py"))


@pytest.fixture
async def client(start: Start) -> Any:
    client = start(runner=True)
    await upgrade(client)
    return client


async def test_the_name_shown_is_the_name_made(client: Any, sample: SampleProject) -> None:
    before = files(sample)
    plan = await client.request(protocol.PlanCreate("Add vendor type"))
    assert files(sample) == before
    pattern = rf"\d{{4}}_\d\d_\d\d_\d{{4}}-{plan.revision}_add_vendor_type\.py"
    assert re.fullmatch(pattern, plan.file_name)
    assert plan.directory == str((sample.backend / "alembic" / "versions").resolve())
    assert plan.command == "alembic revision --autogenerate -m 'Add vendor type'"
    assert "drop column nickname" in [item.text for item in plan.operations]
    made = await client.request(protocol.Create(plan.message, plan.revision))
    (new,) = files(sample) - before
    assert made.path == str(new.resolve())
    assert made.revision == plan.revision
    assert new.name[15:] == plan.file_name[15:]
    assert made.operations == len(plan.operations)
    text = new.read_text()
    assert f'down_revision: str | Sequence[str] | None = "{HEAD}"' in text.replace("'", '"')
    assert "op.drop_column('agreement', 'nickname', schema='ops')" in text
    assert (await client.request(protocol.Status())).pending == (plan.revision,)


async def test_nothing_found_leaves_no_file(client: Any, sample: SampleProject) -> None:
    made = await client.request(protocol.Create("all of it"))
    fill_new_columns(Path(made.path))
    await upgrade(client)
    before = files(sample)
    again = await client.request(protocol.Create("nothing"))
    assert again.path is None
    assert again.operations == 0
    assert files(sample) == before


async def test_an_empty_revision_on_request(client: Any, sample: SampleProject) -> None:
    before = files(sample)
    made = await client.request(protocol.Create("by hand", autogenerate=False))
    (new,) = files(sample) - before
    assert made.path == str(new.resolve())
    assert made.operations == 0


async def test_a_database_behind_head_is_refused_as_alembic_does(
    start: Start, sample: SampleProject
) -> None:
    before = files(sample)
    with pytest.raises(WorkerFailed) as caught:
        await start(runner=True).request(protocol.Create("too early"))
    assert caught.value.failed.kind == "alembic"
    assert caught.value.failed.message == "Target database is not up to date."
    assert files(sample) == before


async def test_a_failing_hook_leaves_no_half_file(client: Any, sample: SampleProject) -> None:
    ini = sample.backend / "alembic.ini"
    ini.write_text(
        ini.read_text() + "\n[post_write_hooks]\nhooks = broken\nbroken.type = console_scripts\n"
        "broken.entrypoint = no_such_formatter\n"
    )
    before = files(sample)
    with pytest.raises(WorkerFailed):
        await client.request(protocol.Create("formatted"))
    assert files(sample) == before


async def test_process_revision_directives_are_applied(client: Any, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        env.read_text().replace(
            "OPTIONS = {",
            "def keep_columns(context, revision, directives):\n"
            "    for script in directives:\n"
            "        script.upgrade_ops.ops[:] = [\n"
            "            op for op in script.upgrade_ops.ops if hasattr(op, 'columns')\n"
            "        ]\n\n\n"
            'OPTIONS = {\n    "process_revision_directives": keep_columns,',
        )
    )
    plan = await client.request(protocol.PlanCreate("only tables"))
    assert plan.operations
    assert {item.kind for item in plan.operations} <= {"create-table", "create-index"}


def fill_new_columns(path: Path) -> None:
    """Rows exist: a NOT NULL column without a default would fail on them."""
    text = path.read_text()
    given = r"\1server_default='', nullable=False"
    path.write_text(re.sub(r"(op\.add_column\(.*)(?<!', )nullable=False", given, text))


async def test_an_empty_one_goes_where_it_is_told(start: Start, sample: SampleProject) -> None:
    versions = sample.backend / "alembic" / "versions"
    write_revision(versions, "0a0a0a0a0a0a")
    write_revision(versions, "0b0b0b0b0b0b")
    client = start(runner=True)
    with pytest.raises(WorkerFailed, match="Multiple head"):
        await client.request(protocol.PlanCreate("by hand", autogenerate=False))
    placing = protocol.Placing("0a0a0a0a0a0a", branch_label="reports", depends_on=("0b0b0b0b0b0b",))
    plan = await client.request(
        protocol.PlanCreate("by hand", autogenerate=False, revision="c0ffee", placing=placing)
    )
    assert plan.command == (
        "alembic revision -m 'by hand' --head 0a0a0a0a0a0a --branch-label reports"
        " --rev-id c0ffee --depends-on 0b0b0b0b0b0b"
    )
    made = await client.request(
        protocol.Create(plan.message, plan.revision, plan.autogenerate, plan.created, plan.placing)
    )
    assert Path(made.path).name == plan.file_name
    text = Path(made.path).read_text().replace("'", '"')
    assert 'revision: str = "c0ffee"' in text
    assert '= "0a0a0a0a0a0a"' in text
    assert '= ("reports",)' in text
    assert '= "0b0b0b0b0b0b"' in text
    spliced = protocol.Placing(HEAD, splice=True)
    middle = await client.request(
        protocol.PlanCreate("between", autogenerate=False, placing=spliced)
    )
    assert "--splice" in middle.command
