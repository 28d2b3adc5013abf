"""`opsmig ghost` on a database that another branch has migrated."""

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Opsmig, call
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
    empty_project.revision("b2", "a1")
    made.commit()
    empty_project.revision("c3", "b2", message="add colours")
    made.commit()
    made("checkout", "-q", "main")
    stand_at(empty_project, "c3")
    return made


def stand_at(project: AlembicProject, *ids: str) -> None:
    with sqlite3.connect(project.root / "test.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
        connection.execute("DELETE FROM alembic_version")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(one,) for one in ids])


@pytest.fixture
def opsmig(repo: Repo) -> Opsmig:
    where = ("-C", str(repo.root), "--python", sys.executable)
    return lambda command, *arguments: call(command, *where, *arguments)


def test_says_who_holds_it_and_what_can_be_done(opsmig: Opsmig) -> None:
    result = opsmig("ghost")
    assert result.exit_code == 1
    assert "? c3  add colours  (the database stands at it)" in result.output
    assert "c3_add_colours.py on branch feature by Test, 20" in result.output
    assert "? b2  revision b2  (what stands on it is a ghost, too)" in result.output
    assert "  git switch feature\n" in result.output
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
    assert "git switch feature" in document["ways_out"]
    assert fields(document) == promised("ghost")


def test_a_rebase_gave_it_another_id(
    opsmig: Opsmig, repo: Repo, empty_project: AlembicProject
) -> None:
    repo("checkout", "-q", "-b", "rebased")
    new = empty_project.revision("d4", "a1", message="add colours")
    repo("branch", "-D", "feature")
    result = opsmig("ghost")
    assert "d4 here does the same: a rebase may have changed the id." in result.output
    assert "on the reflog alone, commit" in result.output
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
    assert "git switch" not in nowhere.output
    Path(repo.root, ".git").rename(repo.root / "no-git")
    assert "? zz" in opsmig("ghost").output
