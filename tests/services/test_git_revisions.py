"""Revision files: where each stands, and what the base branch has."""

from pathlib import Path

import pytest

from opsmig_tui.services.git import (
    Marks,
    base_files,
    committed_text,
    read_branch,
    revision_marks,
)
from tests.services.repos import Repo, make_repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repo(tmp_path / "repo")
    for name in ("a", "b", "c"):
        made.write(f"alembic/versions/{name}.py", f"revision = '{name}'\n")
    made.write(".gitignore", "ignored.py\n")
    made.commit()
    made("checkout", "-q", "-b", "feature")
    return made


def versions(repo: Repo) -> list[Path]:
    return [repo.root / "alembic" / "versions"]


async def test_each_file_has_the_mark_nearest_to_the_work_tree(repo: Repo):
    repo.write("alembic/versions/d.py", "revision = 'd'\n")
    repo.commit()
    repo.write("alembic/versions/b.py", "revision = 'b'  # edited\n")
    repo.write("alembic/versions/e.py", "revision = 'e'\n")
    repo("add", "alembic/versions/e.py")
    repo.write("alembic/versions/sub/f.py", "revision = 'f'\n")
    repo.write("alembic/versions/ignored.py", "")
    branch = await read_branch(repo.root)
    found = await revision_marks(repo.root, branch, versions(repo))
    marks = found.by_file
    assert {path.name: mark for path, mark in marks.items()} == {
        "a.py": "base",
        "b.py": "unstaged",
        "c.py": "base",
        "d.py": "branch",
        "e.py": "staged",
        "f.py": "untracked",
        "ignored.py": "ignored",
    }
    assert all(path.is_file() for path in marks)
    assert {path.name: ref for path, ref in found.changed.items()} == {"b.py": "HEAD"}


async def test_what_this_branch_committed_anew_is_no_new_file(repo: Repo):
    repo.write("alembic/versions/c.py", "revision = 'c'  # mended\n")
    repo.write("alembic/versions/d.py", "revision = 'd'\n")
    repo.commit()
    repo.write("alembic/versions/d.py", "revision = 'd'  # and again\n")
    repo.commit()
    said: list[str] = []
    branch = await read_branch(repo.root)
    found = await revision_marks(repo.root, branch, versions(repo), said.append)
    marks = {path.name: mark for path, mark in found.by_file.items()}
    assert marks == {"a.py": "base", "b.py": "base", "c.py": "branch", "d.py": "branch"}
    assert {path.name: ref for path, ref in found.changed.items()} == {"c.py": "main"}
    assert len(said) <= 3  # however many files


async def test_outside_of_the_repository_and_without_one(repo: Repo, tmp_path: Path):
    branch = await read_branch(repo.root)
    assert await revision_marks(repo.root, branch, [tmp_path / "elsewhere"]) == Marks()
    none = await read_branch(tmp_path)
    assert await revision_marks(tmp_path, none, [tmp_path]) == Marks()
    assert await base_files(tmp_path, none, [tmp_path]) == {}


async def test_base_files_are_those_of_the_base_branch_now(repo: Repo):
    repo.write("alembic/versions/mine.py", "")
    repo.commit()
    repo("checkout", "-q", "main")
    theirs = b"revision = 'caf\xe9'\n"
    (repo.root / "alembic/versions/theirs.py").write_bytes(theirs)
    repo.commit()
    repo("checkout", "-q", "feature")
    branch = await read_branch(repo.root)
    found = await base_files(repo.root, branch, versions(repo))
    assert sorted(found) == [f"alembic/versions/{name}.py" for name in ("a", "b", "c", "theirs")]
    assert found["alembic/versions/theirs.py"] == theirs


async def test_base_files_are_read_once_for_the_same_tree(repo: Repo):
    branch = await read_branch(repo.root)
    said: list[str] = []
    first = await base_files(repo.root, branch, versions(repo), log=said.append)
    once = len(said)
    assert once > 0
    assert await base_files(repo.root, branch, versions(repo), log=said.append) == first
    assert len(said) == once
    repo("checkout", "-q", "main")
    repo.write("alembic/versions/z.py", "")
    repo.commit()
    assert len(await base_files(repo.root, branch, versions(repo))) == 4


async def test_base_branch_without_the_folder(repo: Repo):
    repo.write("other/x.py", "")
    branch = await read_branch(repo.root)
    assert await base_files(repo.root, branch, [repo.root / "other"]) == {}
    assert len(await base_files(repo.root, branch, [repo.root])) == 3


async def test_committed_text_is_what_head_has(repo: Repo, tmp_path: Path):
    path = repo.root / "alembic/versions/a.py"
    assert await committed_text(repo.root, path) == "revision = 'a'\n"
    path.write_text("revision = 'a'\nmore = 1\n")
    assert await committed_text(repo.root, path) == "revision = 'a'\n"
    new = repo.write("alembic/versions/new.py", "")
    assert await committed_text(repo.root, new) is None
    assert await committed_text(repo.root, tmp_path / "outside.py") is None
    (tmp_path / "link").symlink_to(repo.root)
    linked = tmp_path / "link" / "alembic/versions/a.py"
    assert await committed_text(repo.root, linked) == "revision = 'a'\n"
    young = make_repo(tmp_path / "young")
    assert await committed_text(young.root, young.write("x.py", "")) is None
