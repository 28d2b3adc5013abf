import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from opsmig_tui.cli import main
from opsmig_tui.demo import SampleProject
from tests.cli.conftest import Opsmig, call
from tests.support.projects import AlembicProject

HEAD, MIDDLE, CURRENT = "a7c3f15d8e92", "b8c9d0a41e6f", "7e35d1a8c0f2"
REVISION_KEYS = {
    "revision", "down_revisions", "depends_on", "branch_labels", "is_head", "is_base", "file",
    "message", "date", "applied", "computed", "git", "differs_from",
    "edited",
}  # fmt: skip


def test_history_as_json_has_the_documented_shape(opsmig: Opsmig):
    document = json.loads(opsmig("history", "--json").output)
    assert document["schema_version"] == 1
    assert len(document["revisions"]) == 20
    assert all(set(one) == REVISION_KEYS for one in document["revisions"])
    newest = document["revisions"][0]
    assert (newest["revision"], newest["is_head"], newest["applied"]) == (HEAD, True, None)
    assert newest["down_revisions"] == [MIDDLE]
    merge = next(one for one in document["revisions"] if len(one["down_revisions"]) == 2)
    assert merge["message"].startswith("merge")


def test_only_applied_asks_the_database(opsmig: Opsmig):
    revisions = json.loads(opsmig("history", "--applied", "--json").output)["revisions"]
    pending = [one["revision"] for one in revisions if not one["applied"]]
    assert pending == [HEAD, MIDDLE]


def test_history_without_git_interpreter_or_database(empty_project: AlembicProject):
    empty_project.revision("a1")
    empty_project.revision("b2", down="a1")
    root = str(empty_project.config.parent)
    result = call("history", "-C", root)
    assert result.exit_code == 0
    assert [line.split()[1] for line in result.output.splitlines()] == ["b2", "a1"]


def test_what_a_file_computes_is_known_after_the_worker_starts(empty_project: AlembicProject):
    first = empty_project.revision("a1")
    first.write_text(first.read_text().replace("revision = 'a1'", "revision = 'a' + str(1)", 1))
    second = empty_project.revision("b2", down="a1")
    where = ("-C", str(empty_project.root), "--python", "opsmig")
    said = call("history", *where).output
    assert f"?{first.stem}" in said
    assert "(computed; known after the worker starts)" in said
    document = json.loads(call("history", *where, "--applied", "--json").output)
    assert [(one["revision"], one["is_head"], one["is_base"]) for one in document["revisions"]] == [
        ("b2", True, False), ("a1", False, True),
    ]  # fmt: skip
    second.write_text(second.read_text().replace("'a1'", "'gone'"))
    assert "known after" in call("history", *where, "--applied").output  # alembic refuses it


def test_each_database_that_env_py_goes_through_has_a_position(empty_project: AlembicProject):
    empty_project.revision("a1")
    (empty_project.root / "alembic" / "env.py").write_text(
        "from alembic import context\n"
        "from sqlalchemy import MetaData, create_engine\n"
        "only = context.get_x_argument(as_dictionary=True).get('only')\n"
        "for name in [only] if only else ['one', 'two']:\n"
        "    with create_engine(f'sqlite:///{name}.db').connect() as connection:\n"
        "        context.configure(connection=connection, target_metadata=MetaData())\n"
        "        with context.begin_transaction():\n"
        "            context.run_migrations()\n"
    )
    where = ("-C", str(empty_project.root), "--python", "opsmig")
    assert call("upgrade", *where, "-x", "only=one", "--yes").exit_code == 0
    shown = call("status", *where).output
    assert "current    one.db  a1\n           two.db  base (no revision applied)\n" in shown
    document = json.loads(call("status", *where, "--json").output)
    assert document["current"] == ["a1"]
    assert [one["current"] for one in document["databases"]] == [["a1"], []]


def test_a_head_that_another_depends_on_is_no_drift(empty_project: AlembicProject):
    empty_project.revision("a1", branch_labels="core")
    empty_project.revision("b1", branch_labels="shop", depends_on="core")
    where = ("-C", str(empty_project.root), "--python", "opsmig")
    assert call("check", *where).exit_code == 0
    assert call("upgrade", "heads", *where, "--yes").exit_code == 0
    assert "The models match the database." in call("check", *where).output


def test_a_message_cannot_steer_the_terminal(empty_project: AlembicProject):
    path = empty_project.revision("a1")
    path.write_text(
        path.read_text().replace("revision a1", "seen \x1b[2J\x1b]0;t\x07\u202e end", 1)
    )
    root = str(empty_project.config.parent)
    for command in ("history", "review"):
        shown = CliRunner().invoke(main, (command, "-C", root), color=True).output
        assert "seen [2J]0;t end" in shown
        assert not any(steering in shown for steering in ("\x1b[2J", "\x1b]", "\x07", "\u202e"))


def test_history_limits_and_ranges(opsmig: Opsmig):
    assert len(opsmig("history", "-n", "3").output.splitlines()) == 4
    around = json.loads(opsmig("history", "-r", "-2:current", "--json").output)["revisions"]
    assert around[0]["revision"] == CURRENT
    assert [one["applied"] for one in around] == [True] * len(around)


def test_history_since_a_branch(opsmig: Opsmig, versions: Path):
    assert opsmig("history", "--since", "main").output == "No revision is new on this branch.\n"
    (versions / "mine.py").write_text(f"revision = 'c0ffee'\ndown_revision = '{HEAD}'\n")
    (line,) = opsmig("history", "--since", "main").output.splitlines()
    assert "c0ffee" in line
    assert line.endswith("(head) (untracked)")
    document = json.loads(opsmig("history", "--since", "main", "--json").output)
    assert [(one["revision"], one["git"]) for one in document["revisions"]] == [
        ("c0ffee", "untracked")
    ]
    unknown = opsmig("history", "--since", "nowhere")
    assert unknown.exit_code == 2
    assert "git knows no commit 'nowhere'" in unknown.output


def test_the_projects_own_commands(empty_project: AlembicProject):
    root = empty_project.config.parent
    assert "name no commands" in call("run", "-C", str(root)).output
    (root / "opsmig.toml").write_text("[commands]\nseed = 'echo sown'\nfail = 'false'\n")
    assert call("run", "-C", str(root)).output == "seed  echo sown\nfail  false\n"
    unasked = call("run", "seed", "-C", str(root))
    assert unasked.exit_code == 2
    assert "add --yes" in unasked.output
    assert "sown" not in unasked.output.replace("echo sown", "")
    done = call("run", "seed", "-C", str(root), "--yes")
    assert (done.exit_code, "\n  sown\n" in done.output) == (0, True)
    assert call("run", "fail", "-C", str(root), "--yes").exit_code == 1
    assert call("run", "seed", "-C", str(root), "--yes", "--read-only").exit_code == 2


def test_history_verbose_has_parent_and_path(opsmig: Opsmig):
    output = opsmig("history", "-v", "-n", "1").output
    assert f"Parent: {MIDDLE}" in output
    assert f"{HEAD}_add_work_order_priority.py" in output


def test_status_says_where_the_database_stands(opsmig: Opsmig, role_password: str):
    result = opsmig("status")
    assert result.exit_code == 1
    for text in (CURRENT, HEAD, "2 revisions", "drift", "postgresql 18"):
        assert text in result.output
    assert role_password not in result.output


def test_status_as_json(opsmig: Opsmig, sample: SampleProject):
    result = opsmig("status", "--json")
    document = json.loads(result.output)
    assert (result.exit_code, document["schema_version"]) == (1, 1)
    assert document["current"] == [CURRENT]
    assert document["heads"] == [HEAD]
    assert document["pending"] == 2
    assert document["drift"] > 0
    assert document["database"]["name"] == sample.database
    assert document["problem"] == ""


def test_status_of_a_database_that_cannot_be_reached(opsmig: Opsmig, sample: SampleProject):
    env = sample.backend / ".env"
    env.write_text("DATABASE_URL=postgresql+psycopg://ops:hidden-word@127.0.0.1:1/ops\n")
    result = opsmig("status", "--json")
    document = json.loads(result.output)
    assert result.exit_code == 2
    assert document["current"] is None
    assert document["pending"] is None
    assert "connection" in document["problem"]
    assert "hidden-word" not in result.output + result.stderr


def test_check_is_one_line_an_operation_grouped_by_table(opsmig: Opsmig):
    result = opsmig("check")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    table = lines.index("ops.agreement")
    assert any(line.startswith("  + add column nick_name") for line in lines[table:])
    assert any(line.startswith("  - drop column nickname") for line in lines[table:])
    document = json.loads(opsmig("check", "--json").output)
    assert {"sign", "table", "text", "code", "kind"} == set(document["operations"][0])


def test_review_of_the_head_is_json_of_the_documented_shape(opsmig: Opsmig):
    result = opsmig("review", "--json")
    document = json.loads(result.output)
    assert document["schema_version"] == 1
    assert document["revision"] == HEAD
    assert document["file"].endswith("add_work_order_priority.py")
    assert document["summary"]["upgrade"]
    assert result.exit_code in (0, 1)


def test_review_names_what_is_wrong(empty_project: AlembicProject):
    body = 'op.drop_column("account", "name")'
    empty_project.revision("a1", upgrade=body)
    root = str(empty_project.config.parent)
    result = call("review", "a1", "-C", root)
    assert result.exit_code == 1
    assert "drop-column" in result.output
    document = json.loads(call("review", "a1", "-C", root, "--json").output)
    rules = {one["rule"]: one for one in document["findings"]}
    assert rules["drop-column"]["severity"] == "error"
    assert set(rules["drop-column"]) == {
        "rule", "severity", "line", "end_line", "column", "message", "why", "remedy", "fixable",
        "evidence", "live",
    }  # fmt: skip
    assert any("no worker" in one["reason"] for one in document["not_checked"])


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"def f(:", "parse"), (b"x = 1\n", "not a migration"), (b"\xff\xfe\xfa", "")],
)
def test_a_file_that_is_no_migration_is_one_line_and_2(
    empty_project: AlembicProject, content: bytes, word: str
):
    path = empty_project.config.parent / "odd.py"
    path.write_bytes(content)
    result = call("review", str(path), "-C", str(empty_project.config.parent))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert word in result.stderr
    assert "odd.py" in result.stderr


def test_review_of_something_that_is_not_there(opsmig: Opsmig):
    assert opsmig("review", "ffff").exit_code == 2
    assert "nowhere.py" in opsmig("review", "nowhere.py").stderr


def test_looking_never_runs_project_code(empty_project: AlembicProject):
    trap = empty_project.config.parent / "ran"
    body = f"open({str(trap)!r}, 'w')\n"
    empty_project.revision("a1")
    path = next(empty_project.versions.glob("*a1*"))
    path.write_text(body + path.read_text())
    (empty_project.config.parent / "alembic" / "env.py").write_text(body)
    root = str(empty_project.config.parent)
    assert call("history", "-C", root).exit_code == 0
    assert call("review", "a1", "-C", root).exit_code in (0, 1)
    assert not trap.exists()


def test_the_command_starts_without_alembic_sqlalchemy_or_textual(sample: SampleProject):
    code = (
        "import sys; from opsmig_tui.cli import main\n"
        f"try: main(['history', '-C', {str(sample.backend)!r}])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'alembic', 'sqlalchemy', 'textual', 'docker', 'git', 'psycopg'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_review_fixes_what_asks_nothing(opsmig: Opsmig, sample: SampleProject):
    versions = sample.backend / "alembic" / "versions"
    path = next(versions.glob(f"*{MIDDLE}*"))
    path.write_text(
        path.read_text().replace(
            "def upgrade() -> None:\n",
            'def upgrade() -> None:\n    op.create_index("ix", "u", ["v"])\n',
            1,
        )
    )
    before = path.read_text()
    shown = opsmig("review", str(path), "--diff")
    assert "+    with op.get_context().autocommit_block():" in shown.stdout, shown.output
    assert "would fix index-not-concurrent" in shown.stderr
    assert path.read_text() == before
    done = opsmig("review", str(path), "--fix")
    assert "fixed index-not-concurrent" in done.stderr
    assert "index-not-concurrent" not in done.stdout
    assert "postgresql_concurrently=True" in path.read_text()
