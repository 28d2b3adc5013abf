"""The pre-flight, the file that is made, and taking it back."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.create import (
    create,
    discard,
    plan_create,
    why_not_discard,
)
from opsmig_tui.workspace.preflight import Check, preflight
from opsmig_tui.workspace.workspace import Workspace
from tests.conftest import Sql
from tests.support.projects import AlembicProject
from tests.workspace.conftest import CURRENT, HEAD, Open, line_of, output, write_revision

NOWHERE = "DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n"


async def checks(ws: Workspace) -> dict[str, Check]:
    """The result of each check, in order; every one that takes time was announced."""
    found: dict[str, Check] = {}
    async for check in preflight(ws):
        found.pop(check.name, None)
        found[check.name] = check
    assert all(check.state != "running" for check in found.values())
    return found


def git(sample: SampleProject, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=sample.root, check=True, capture_output=True)


# -------------------------------------------------------------------------------------- pre-flight


async def test_what_keeps_a_revision_from_being_generated(
    ws: Workspace, sample: SampleProject, sql: Sql, versions: Path
) -> None:
    """Behind head, several heads, a position no file has, no database, models that do not parse."""
    found = await checks(ws)
    assert list(found) == ["config", "container", "database", "at head", "models"]
    assert (found["container"].state, found["container"].offer) == ("warning", "")
    assert found["config"].text == "alembic.ini in backend/"
    head = found["at head"]
    assert (head.state, head.offer) == ("failed", "upgrade")
    assert "2 pending revisions" in head.text
    assert found["models"].state == "ok"

    second = write_revision(versions, down=CURRENT)
    head = (await checks(ws))["at head"]
    assert (head.state, head.offer) == ("failed", "")
    assert "2 heads" in head.text
    assert "0a0a0a0a0a0a" in head.text
    second.unlink()

    sql("UPDATE public.alembic_version SET version_num = 'fedcba987654'")
    found = await checks(ws)
    assert (found["at head"].state, found["at head"].offer) == ("failed", "")
    assert "fedcba987654" in found["at head"].text
    assert "autogenerate" not in found
    assert ws.state.applied is None

    (sample.backend / ".env").write_text(NOWHERE)
    found = await checks(ws)
    assert list(found) == ["config", "database"]
    assert found["database"].state == "failed"
    assert "connection" in found["database"].text
    assert ws.state.container.value is not None

    (sample.backend / "models" / "vendor.py").write_text("def broken(:\n")
    ws.workers.code_changed()
    with pytest.raises(WorkerFailed, match=r"vendor\.py"):
        await plan_create(ws, "x")


async def test_without_a_compose_file_nothing_is_said_of_a_container(
    ws: Workspace, sample: SampleProject
) -> None:
    for one in sample.root.glob("*compose*"):
        one.unlink()
    await ws.refresh("container")
    assert list(await checks(ws)) == ["config", "database", "at head", "models"]


@pytest.mark.usefixtures("at_head")
async def test_at_head_all_is_well_and_without_changes_it_warns(
    ws: Workspace, sample: SampleProject
) -> None:
    found = await checks(ws)
    assert {name: check.state for name, check in found.items() if check.state != "ok"} == {
        "container": "warning"  # no engine answers; the server is there all the same
    }
    assert found["at head"].text == HEAD
    assert (
        found["autogenerate"].text == "15 operations to generate; 1 new enum value it does not see"
    )
    assert len((await plan_create(ws, "x")).operations) == 15
    git(sample, "stash", "--quiet", "--include-untracked")
    git(sample, "switch", "--quiet", "main")
    ws.workers.code_changed()
    found = await checks(ws)
    assert (found["models"].state, found["autogenerate"].state) == ("warning", "warning")
    assert "no model file is changed" in found["models"].text
    assert "nothing to generate" in found["autogenerate"].text


async def test_it_is_refused_where_nothing_may_change(
    open_workspace: Open, sample: SampleProject
) -> None:
    for changes, word in (({"read_only": True}, "Read-only"), ({"trusted": False}, "not trusted")):
        ws = open_workspace(sample.backend, **changes)
        with pytest.raises(OpsmigError, match=word):
            await checks(ws)


# --------------------------------------------------------------------------------------- the file


@pytest.mark.usefixtures("at_head")
async def test_the_file_has_the_name_that_was_shown(
    ws: Workspace, versions: Path, sample: SampleProject
) -> None:
    """Also when the minute in it has passed; and it may be discarded as long as it is nobody's."""
    before = set(versions.iterdir())
    plan = await plan_create(ws, "  onboard vendors ")
    assert plan.message == "onboard vendors"
    assert plan.file_name.endswith(f"-{plan.revision}_onboard_vendors.py")
    minute = plan.created.replace(plan.created[11:16], "03:07")
    name = plan.file_name[:11] + "0307" + plan.file_name[15:]
    path = await create(ws, replace(plan, created=minute))
    assert path == versions / name
    assert {one for one in versions.glob("*.py")} - before == {path}
    assert ws.state.history.value is not None
    assert ws.state.history.value.history.heads == (plan.revision,)
    assert ws.state.run is not None
    assert ws.state.run.phase == "done"

    assert why_not_discard(ws, path) == ""
    above = write_revision(versions, down=plan.revision)
    ws.read_history()
    assert "stands on it" in why_not_discard(ws, path)
    above.unlink()
    git(sample, "add", str(path))
    await ws.refresh("history", "git")
    assert why_not_discard(ws, path) == ""
    path.write_text(path.read_text() + "\n# edited\n")
    git(sample, "add", str(path))
    git(sample, "commit", "--quiet", "-m", "x", "--", str(path))
    await ws.refresh("git")
    assert "committed" in why_not_discard(ws, path)
    path.write_text(path.read_text() + "\n# edited again\n")
    for stage in ((), ("add", str(path))):
        if stage:
            git(sample, *stage)
        with pytest.raises(OpsmigError, match="committed"):
            await discard(ws, path)
    git(sample, "reset", "--quiet", "--soft", "HEAD~1")
    await discard(ws, path)
    assert not path.exists()
    assert ws.state.history.value.history.heads == (HEAD,)


async def test_what_may_not_be_discarded(
    ws: Workspace, versions: Path, sql: Sql, sample: SampleProject
) -> None:
    path = write_revision(versions, down=CURRENT)
    foreign = sample.backend / "models" / "vendor.py"
    with pytest.raises(OpsmigError, match="not a revision file"):
        await discard(ws, foreign)
    assert foreign.exists()
    sql("UPDATE public.alembic_version SET version_num = '0a0a0a0a0a0a'")
    with pytest.raises(OpsmigError, match="applied: downgrade first"):
        await discard(ws, path)
    env = sample.backend / ".env"
    url = env.read_text()
    env.write_text(NOWHERE)
    with pytest.raises(OpsmigError, match="not known whether it is applied"):
        await discard(ws, path)
    env.write_text(url)
    sql("UPDATE public.alembic_version SET version_num = %s", CURRENT)
    await discard(ws, path)
    assert not path.exists()


@pytest.mark.usefixtures("at_head")
async def test_an_empty_result_leaves_no_file(
    ws: Workspace, versions: Path, sample: SampleProject
) -> None:
    git(sample, "stash", "--quiet", "--include-untracked")
    git(sample, "switch", "--quiet", "main")
    before = {path for path in versions.iterdir() if path.suffix == ".py"}
    plan = await plan_create(ws, "nothing")
    assert plan.operations == ()
    assert await create(ws, plan) is None
    assert {path for path in versions.iterdir() if path.suffix == ".py"} == before
    assert "no file was written" in output(ws)
    with pytest.raises(OpsmigError, match="needs a message"):
        await plan_create(ws, "  ")


@pytest.mark.usefixtures("at_head")
async def test_the_project_s_own_hooks_run_and_a_failing_template_leaves_nothing(
    ws: Workspace, versions: Path, sample: SampleProject
) -> None:
    ini = sample.backend / "alembic.ini"
    hook = sample.root / "hook.py"
    hook.write_text("import sys\nopen(sys.argv[1], 'a').write('# seen by the hook\\n')\n")
    ini.write_text(
        ini.read_text() + "\n[post_write_hooks]\nhooks = seen\nseen.type = exec\n"
        f"seen.executable = python\nseen.options = {hook} REVISION_SCRIPT_FILENAME\n"
    )
    path = await create(ws, await plan_create(ws, "with a hook"))
    assert path is not None
    assert path.read_text().endswith("# seen by the hook\n")
    await discard(ws, path)

    mako = sample.backend / "alembic" / "script.py.mako"
    mako.write_text(mako.read_text() + "\n${no_such_name.anywhere}\n")
    before = {path for path in versions.iterdir() if path.suffix == ".py"}
    plan = await plan_create(ws, "broken template")
    with pytest.raises(WorkerFailed) as caught:
        await create(ws, plan)
    failed = caught.value.failed
    assert failed.message == "AttributeError: 'Undefined' object has no attribute 'anywhere'"
    assert (failed.file, failed.line) == (str(mako), line_of(mako, "no_such_name"))
    assert {path for path in versions.iterdir() if path.suffix == ".py"} == before
    assert ws.state.run is not None
    assert ws.state.run.phase == "failed"
    assert f"at: alembic/{mako.name}:{failed.line}" in output(ws)


@pytest.mark.usefixtures("at_head")
async def test_models_saved_while_the_question_stood_are_in_the_file(
    ws: Workspace, sample: SampleProject
) -> None:
    """Nobody watched the files: a command has no watcher."""
    plan = await plan_create(ws, "late")
    vendor = sample.backend / "models" / "vendor.py"
    vendor.write_text(
        vendor.read_text() + "\n\nclass Late(BaseModel):\n    __tablename__ = 'late'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    path = await create(ws, plan)
    assert path is not None
    assert '"late"' in path.read_text() or "'late'" in path.read_text()


async def test_a_project_without_git_and_on_sqlite(
    open_workspace: Open, empty_project: AlembicProject
) -> None:
    (empty_project.root / ".venv").symlink_to(sys.prefix)
    ws = open_workspace(empty_project.root)
    found = await checks(ws)
    assert found["models"].state == "warning"
    assert "git" in found["models"].text
    path = empty_project.revision("a1")
    await ws.refresh("history", "status")
    await discard(ws, path)
    assert not path.exists()
