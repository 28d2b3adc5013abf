"""Options of every command, before and behind it; read-only; colours; documents."""

import json
import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from tests.cli.conftest import Opsmig, call
from tests.conftest import Sql
from tests.support.projects import AlembicProject
from tests.workspace.conftest import BEFORE, CURRENT, HEAD, MIDDLE

NOWHERE = "DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n"
LOST = "fedcba987654"


def revisions(*arguments: str) -> list[str]:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return [one["revision"] for one in json.loads(result.output)["revisions"]]


def test_what_stands_behind_the_command_wins(empty_project: AlembicProject, tmp_path: Path) -> None:
    empty_project.revision("a1")
    more = tmp_path / "more"
    more.mkdir()
    (more / "b2.py").write_text("revision = 'b2'\ndown_revision = 'a1'\n")
    here = str(empty_project.root)
    assert revisions("-C", here, "history", "--json") == ["a1"]
    assert revisions("-C", str(tmp_path), "history", "-C", here, "--json") == ["a1"]
    both = ("--version-location", str(empty_project.versions), "--version-location", "../more")
    assert revisions("-C", here, *both, "history", "--json") == ["b2", "a1"]
    assert revisions("history", "-C", here, *both, "--json") == ["b2", "a1"]
    config = ("--config", "project/alembic.ini")
    assert revisions(*config, "history", "-C", str(tmp_path), "--json") == ["a1"]
    missing = call("history", "-C", here, "--section", "other")
    assert missing.exit_code == 2
    assert "other" in missing.stderr


def test_a_path_to_review_goes_by_the_folder_that_was_named(
    empty_project: AlembicProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = empty_project.revision("a1")
    monkeypatch.chdir(tmp_path)
    inside = str(path.relative_to(empty_project.root))
    for command in (["-C", "project", "review", inside], ["review", inside, "-C", "project"]):
        result = call(*command)
        assert result.exit_code in (0, 1), result.stderr
        assert path.name in result.output
    absolute = call("review", str(path), "-C", "project")
    assert path.name in absolute.output
    assert call("review", "gone.py", "-C", "project").exit_code == 2


@pytest.mark.parametrize("where", ["before", "behind"])
def test_read_only_refuses_every_command_that_changes_something(
    sample: SampleProject, sql: Sql, versions: Path, where: str
) -> None:
    files = {path.name for path in versions.glob("*.py")}
    for command in (
        ["upgrade", "--yes"],
        ["downgrade", "--yes", "--database", sample.database],
        ["test", "--yes", "--database", sample.database],
        ["create", "x", "--yes"],
    ):
        arguments = ["-C", str(sample.backend), *command]
        arguments = (
            ["--read-only", *arguments[:2], *command] if where == "before"
            else [command[0], "--read-only", "-C", str(sample.backend), *command[1:]]
        )  # fmt: skip
        result = call(*arguments)
        assert result.exit_code == 2, command
        assert "Read-only" in result.stderr
    assert sql("SELECT version_num FROM public.alembic_version") == [(CURRENT,)]
    assert {path.name for path in versions.glob("*.py")} == files
    assert call("--read-only", "history", "-C", str(sample.backend)).exit_code == 0


def test_the_database_named_must_be_the_one_that_is_meant(
    opsmig: Opsmig, sample: SampleProject, sql: Sql
) -> None:
    result = opsmig("upgrade", "--yes", "--database", "production")
    assert result.exit_code == 2
    assert f"production, but this is {sample.database}" in result.stderr
    unnamed = opsmig("test", "--yes")
    assert unnamed.exit_code == 2
    assert f"--database {sample.database}" in unnamed.stderr
    assert sql("SELECT version_num FROM public.alembic_version") == [(CURRENT,)]


def test_the_documents_of_a_database_that_is_down(opsmig: Opsmig, sample: SampleProject) -> None:
    (sample.backend / ".env").write_text(NOWHERE)
    status = opsmig("status", "--json")
    document = json.loads(status.stdout)
    assert status.exit_code == 2
    assert [document[key] for key in ("current", "pending", "drift", "database")] == [None] * 4
    assert document["heads"] == [HEAD]
    assert document["unknown"] == []
    assert "connection" in document["problem"]
    check = opsmig("check", "--json")
    document = json.loads(check.output)
    assert check.exit_code == 2
    assert document["operations"] is None
    assert document["pending"] is None
    assert "connection" in document["problem"]
    history = opsmig("history", "--applied", "--json")
    assert history.exit_code == 2
    assert {one["applied"] for one in json.loads(history.stdout)["revisions"]} == {None}
    assert "the database was not asked" in history.stderr
    assert opsmig("history", "-r", "-2:current").exit_code == 2
    assert "could not tell" in opsmig("status").output
    upgrade = opsmig("upgrade", "--yes")
    assert upgrade.exit_code == 2
    assert "connection" in upgrade.stderr


def test_a_database_at_a_revision_that_no_file_has(opsmig: Opsmig, sql: Sql) -> None:
    sql("UPDATE public.alembic_version SET version_num = %s", LOST)
    status = opsmig("status", "--json")
    document = json.loads(status.output)
    assert status.exit_code == 2
    assert (document["current"], document["unknown"]) == ([LOST], [LOST])
    assert document["pending"] is None
    assert LOST in document["problem"]
    text = opsmig("status")
    assert f"pending    could not tell: the database stands at {LOST}" in text.output
    history = opsmig("history", "--applied")
    assert "○" not in history.output
    assert "not known what is applied" in history.stderr
    assert opsmig("upgrade", "--yes").exit_code == 2


def test_drift_of_a_database_that_is_behind_says_so(opsmig: Opsmig) -> None:
    words = "the database is behind: this includes what the 2 pending revisions do"
    assert words in opsmig("status").output
    assert json.loads(opsmig("check", "--json").output)["pending"] == 2


@pytest.mark.usefixtures("at_head")
def test_up_to_date_is_0(opsmig: Opsmig, sample: SampleProject) -> None:
    """Models and database of the main branch, as they were released."""
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for command in (
        ["git", *identity, "stash", "--quiet", "--include-untracked"],
        ["git", "switch", "--quiet", "main"],
    ):
        subprocess.run(command, cwd=sample.root, check=True, capture_output=True)
    assert opsmig("status").exit_code == 0
    assert opsmig("check").exit_code == 0
    nothing = opsmig("create", "nothing", "--yes")
    assert (nothing.exit_code, "no file was written" in nothing.output) == (0, True)
    assert opsmig("upgrade", "--yes").exit_code == 0


def test_models_that_do_not_parse_are_named_with_their_line(
    opsmig: Opsmig, sample: SampleProject
) -> None:
    path = sample.backend / "models" / "vendor.py"
    path.write_text("def broken(:\n")
    for command in (["status"], ["upgrade", "--yes"]):
        result = opsmig(*command)
        assert result.exit_code == 2, command
        assert f"at: {path}:1" in result.stderr or "models/vendor.py:1" in result.stderr
    assert opsmig("history").exit_code == 0
    assert opsmig("review").exit_code in (0, 1)


def test_a_run_that_could_not_begin_is_refused_and_one_that_failed_has_failed(
    opsmig: Opsmig, versions: Path, sql: Sql
) -> None:
    path = next(versions.glob(f"*{MIDDLE}*"))
    text = path.read_text()
    path.write_text(text.replace("import sqlalchemy", "import no_such_module\nimport sqlalchemy"))
    refused = opsmig("upgrade", "--yes")
    assert refused.exit_code == 2
    assert "no_such_module" in refused.stderr
    body = 'def upgrade() -> None:\n    raise ValueError("not today")\n'
    path.write_text(text.replace("def upgrade() -> None:\n", body, 1))
    failed = opsmig("upgrade", "--yes")
    assert failed.exit_code == 1
    assert "opsmig: ValueError: not today" in failed.stderr
    assert sql("SELECT version_num FROM public.alembic_version") == [(CURRENT,)]


def test_a_defect_is_one_line_and_a_log(
    opsmig: Opsmig, monkeypatch: pytest.MonkeyPatch, isolated_environment: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect of ours")

    monkeypatch.setattr("opsmig_tui.cli.history.show_history", broken)
    result = opsmig("history")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "stumbled: ZeroDivisionError" in line
    log = Path(line.split("details are in ")[1])
    assert log.is_relative_to(isolated_environment)
    assert "a defect of ours" in log.read_text()


def test_the_current_one_is_below_what_a_range_asks_for(opsmig: Opsmig) -> None:
    output = opsmig("history", "-r", f"{BEFORE}:current").output
    assert CURRENT in output
    assert BEFORE in output
    assert HEAD not in output
