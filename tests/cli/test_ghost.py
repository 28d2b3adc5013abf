"""`opsmig ghost` on a database that another branch has migrated."""

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Opsmig, call
from tests.cli.terminal import Terminal
from tests.services.repos import Repo, make_repo
from tests.support.projects import AlembicProject
from tests.test_readme import fields, promised


@pytest.fixture
def repo(empty_project: AlembicProject) -> Repo:
    """main has a1; feature has b2 and c3 on top, c3 by another author, and is not checked out."""
    made = make_repo(empty_project.root)
    made.write(".gitignore", "__pycache__/\n*.db\n")
    empty_project.revision("a1")
    made.commit()
    made("checkout", "-q", "-b", "feature")
    empty_project.revision(
        "b2", "a1", upgrade='op.execute("CREATE TABLE t (n)")', downgrade='op.drop_table("t")'
    )
    made.commit()
    path = empty_project.revision("c3", "b2", message="add colours")
    path.write_text(path.read_text() + f"\n\nopen({str(made.root / 'ran.db')!r}, 'a').close()\n")
    made.commit()
    made("checkout", "-q", "main")
    stand_at(empty_project, "c3")
    return made


def stand_at(project: AlembicProject, *ids: str) -> None:
    with sqlite3.connect(project.root / "test.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
        connection.execute("DELETE FROM alembic_version")
        connection.execute("CREATE TABLE IF NOT EXISTS t (n)")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(one,) for one in ids])


@pytest.fixture
def opsmig(repo: Repo) -> Opsmig:
    where = ("-C", str(repo.root), "--python", sys.executable)
    return lambda command, *arguments: call(command, *where, *arguments)


def test_says_who_holds_it_and_what_can_be_done(opsmig: Opsmig) -> None:
    result = opsmig("ghost")
    assert result.exit_code == 1
    assert "? c3  add colours  (the database stands at it)" in result.output
    assert "    branch feature by Test, 20" in result.output
    assert "? b2  revision b2  (what stands on it is a ghost, too)" in result.output
    assert "  git checkout feature " in result.output
    applied = json.loads(opsmig("history", "--applied", "--json").stdout)
    assert [one["applied"] for one in applied["revisions"]] == [True]
    assert [one["revision"] for one in applied["ghosts"]] == ["c3", "b2"]
    status = opsmig("status")
    assert "? c3  add colours  (branch feature, Test, 20" in status.output
    assert "? c3  add colours  (branch feature, Test, 20" in opsmig("history", "--applied").stderr


def test_the_document(opsmig: Opsmig, repo: Repo) -> None:
    document = json.loads(opsmig("ghost", "--json").output)
    assert (document["schema_version"], document["problem"]) == (1, "")
    top, below = document["ghosts"]
    assert (top["revision"], top["current"], top["twin"]) == ("c3", True, None)
    (file,) = top["files"]
    assert (file["file"], file["down_revisions"]) == (
        "alembic/versions/c3_add_colours.py", ["b2"],
    )  # fmt: skip
    assert (file["where"], file["branches"], file["author"]) == ("branch", ["feature"], "Test")
    assert file["commit"] == repo("rev-parse", "feature")
    assert (below["revision"], below["current"]) == ("b2", False)
    assert "git checkout feature" in document["ways_out"]
    assert fields(document) == promised("ghost")


def test_a_rebase_gave_it_another_id(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject
) -> None:
    repo("checkout", "-q", "-b", "rebased")
    new = empty_project.revision("d4", "a1", message="add colours")
    repo("branch", "-D", "feature")
    result = opsmig("ghost")
    assert "d4 here does the same: a rebase may have changed the id." in result.output
    assert "the reflog alone, commit" in result.output
    new.write_text(new.read_text().replace("pass", "op.execute('x')", 1))
    assert "does the same" not in opsmig("ghost").output


def test_nowhere_none_and_without_git(
    opsmig: Opsmig, empty_project: AlembicProject, repo: Repo
) -> None:
    stand_at(empty_project, "a1")
    none = opsmig("ghost")
    assert (none.exit_code, none.output) == (0, "Every revision of the database has a file here.\n")
    stand_at(empty_project, "zz")
    nowhere = opsmig("ghost")
    assert nowhere.exit_code == 1
    assert "git has no file of it" in nowhere.output
    assert "git checkout" not in nowhere.output
    Path(repo.root, ".git").rename(repo.root / "no-git")
    assert "? zz" in opsmig("ghost").output


def tables(project: AlembicProject) -> list[tuple[str, str | None]]:
    """(the one version, the table that b2 made)."""
    with sqlite3.connect(project.root / "test.db") as connection:
        return connection.execute(
            "SELECT version_num, (SELECT name FROM sqlite_master WHERE name = 't') "
            "FROM alembic_version"
        ).fetchall()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_undone_with_its_own_files_once_they_were_shown(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject, temporary: Path
) -> None:
    assert "opsmig downgrade a1 " in opsmig("ghost").output
    before = repo("status", "--porcelain", "--ignored")
    asked = opsmig("downgrade", "a1")
    assert asked.exit_code == 2
    assert "▲ This code is not of this branch. It goes to a temporary folder" in asked.output
    assert 'op.drop_table("t")' in asked.output
    assert "c3_add_colours.py:17:1: ● empty-migration" in asked.output
    assert "downgrade  drops table t" in asked.output
    assert "there is no terminal to ask on: add --yes --from feature." in asked.stderr
    assert opsmig("downgrade", "a1", "--yes", "--read-only").exit_code == 2
    stamp = opsmig("stamp", "a1").output  # what the ghosts stand on did run
    assert "Forgotten, with no file that could undo it: c3." in stamp
    assert "without having run" not in stamp
    database = ("--yes", "--database", str(empty_project.root / "test.db"))
    assert opsmig("downgrade", "a1", *database).exit_code == 2  # a yes that cannot know whose code
    assert tables(empty_project) == [("c3", "t")]
    assert not (repo.root / "ran.db").exists()
    done = opsmig("downgrade", "a1", *database, "--from", "feature")
    assert done.exit_code == 0, done.output + done.stderr
    assert (
        "Taken from git, not of this branch: c3_add_colours.py, b2_revision_b2.py." in done.output
    )
    assert "✖ table t: 0 rows" in done.output
    assert "the database stands at a1" in done.output
    assert tables(empty_project) == [("a1", None)]
    (repo.root / "ran.db").unlink()
    assert repo("status", "--porcelain", "--ignored") == before
    assert not list(temporary.glob("opsmig-ghost-*"))


def test_a_part_of_the_way_and_what_cannot_be_undone(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject
) -> None:
    database = ("--yes", "--database", str(empty_project.root / "test.db"))
    assert opsmig("downgrade", "-1", *database, "--from", "feature").exit_code == 0
    assert tables(empty_project) == [("b2", "t")]
    upgrade = opsmig("upgrade", *database)
    assert upgrade.exit_code == 2
    assert "Cannot upgrade: the database stands at b2, which no revision file" in upgrade.stderr
    assert "opsmig ghost tells who has it" in upgrade.stderr
    assert "Cannot rehearse: the database stands at b2" in opsmig("rehearse").stderr
    stand_at(empty_project, "zz")
    refused = opsmig("downgrade", "a1", *database)
    assert refused.exit_code == 2
    assert "The database stands on zz, and git has no file of it." in refused.stderr


def test_other_rows_of_the_version_table_stay(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject
) -> None:
    empty_project.revision("d4", "a1")
    stand_at(empty_project, "c3", "d4")
    assert "opsmig downgrade c3@a1 " in opsmig("ghost").output
    database = ("--yes", "--database", str(empty_project.root / "test.db"))
    done = opsmig("downgrade", "c3@a1", *database, "--from", "feature")
    assert done.exit_code == 0, done.output + done.stderr
    assert tables(empty_project) == [("d4", None)]


def test_of_several_files_one_has_to_be_named(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject
) -> None:
    repo("checkout", "-q", "-b", "other")
    empty_project.revision("c3", "a1", message="add colours", upgrade="x = 1")
    repo.commit()
    repo("checkout", "-q", "main")
    database = ("--yes", "--database", str(empty_project.root / "test.db"))
    told = opsmig("ghost").output
    assert "opsmig downgrade a1 --from other" in told
    assert "opsmig downgrade a1 --from feature" in told
    refused = opsmig("downgrade", "a1", *database)
    assert refused.exit_code == 2
    assert "git has 2 different files of c3" in refused.stderr
    assert opsmig("downgrade", "a1", "--from", "main", *database).exit_code == 2
    done = opsmig("downgrade", "a1", "--from", "other", *database)
    assert done.exit_code == 0, done.output + done.stderr
    assert tables(empty_project) == [("a1", "t")]  # that of feature would have undone b2 as well


def test_asked_at_a_terminal_whether_the_code_may_run(
    repo: Repo, empty_project: AlembicProject
) -> None:
    terminal = Terminal(repo.root, ("downgrade", "a1", "--python", sys.executable))
    try:
        terminal.sees("branch feature by Test", "runs with your rights", "May it run? [y/N]")
        assert not (repo.root / "ran.db").exists()
        terminal.types("y\n")
        terminal.sees("Taken from git, not of this branch", "(b2) to do it")
        assert tables(empty_project) == [("c3", "t")]
        terminal.types("b2\n")
        terminal.sees("the database stands at a1")
        assert terminal.ends() == 0
    finally:
        terminal.close()
    assert tables(empty_project) == [("a1", None)]
