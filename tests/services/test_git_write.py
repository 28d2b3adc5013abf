"""Staging and committing in real repositories, and every way in which that is refused."""

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.git_write import commit, staged, toggle_staged, unchanged
from tests.services.repos import Repo, make_repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repo(tmp_path / "repo")
    made("config", "user.name", "Test")
    made("config", "user.email", "test@example.org")
    made.write("models/a.py", "a = 1\n")
    made.write(".gitignore", "ignored.py\n")
    made.commit()
    return made


def hook(repo: Repo, script: str) -> None:
    path = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def test_a_file_goes_in_and_out(repo: Repo) -> None:
    path = repo.write("models/a.py", "a = 2\n")
    said: list[str] = []
    assert await toggle_staged(repo.root, path, said.append) == "Staged models/a.py."
    assert said == ["git add -- models/a.py"]
    assert repo("diff", "--cached", "--name-only") == "models/a.py"
    repo.write("models/a.py", "a = 3\n")
    await toggle_staged(repo.root, path)  # what is not staged yet goes in first
    assert repo("diff", "--name-only") == ""
    assert (await toggle_staged(repo.root, path)).endswith("is not staged any more.")
    assert repo("diff", "--cached", "--name-only") == ""
    path.unlink()
    await toggle_staged(repo.root, path)
    assert repo("diff", "--cached", "--name-status") == "D\tmodels/a.py"


async def test_before_the_first_commit(tmp_path: Path) -> None:
    young = make_repo(tmp_path / "young")
    path = young.write("versions/*.py", "")  # a name, and no pattern
    other = young.write("versions/b.py", "")
    await toggle_staged(young.root, path)
    assert young("ls-files") == "versions/*.py"
    await toggle_staged(young.root, path)
    assert young("ls-files") == ""
    assert other.exists()


async def test_what_cannot_be_staged(repo: Repo, tmp_path: Path) -> None:
    async def refused(path: Path) -> str:
        with pytest.raises(OpsmigError) as found:
            await toggle_staged(repo.root, path)
        return str(found.value)

    assert "is committed as it stands" in await refused(repo.root / "models/a.py")
    assert "git ignores it" in await refused(repo.write("ignored.py", ""))
    assert "is not in the repository" in await refused(tmp_path / "else.py")
    marked = "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> theirs\n"
    assert "conflict markers" in await refused(repo.write("models/a.py", marked))
    repo.write("models/a.py", "a = 5\n")
    repo.write(".git/index.lock", "")
    assert "index.lock" in await refused(repo.root / "models/a.py")


async def test_committed_as_it_was_shown(repo: Repo) -> None:
    with pytest.raises(OpsmigError, match="Nothing is staged"):
        await staged(repo.root)
    await toggle_staged(repo.root, repo.write("models/a.py", "a = 2\n"))
    await toggle_staged(repo.root, repo.write("versions/new.py", "new\n"))
    repo.write("models/other.py", "")
    plan = await staged(repo.root)
    assert plan.files == (("M", "models/a.py"), ("A", "versions/new.py"))
    assert "+a = 2" in plan.diff
    assert plan.branch == "main"
    assert await unchanged(repo.root, plan)
    repo("checkout", "-q", "-b", "another")  # what is staged comes along
    assert not await unchanged(repo.root, plan)
    repo("checkout", "-q", "main")
    hook(repo, "echo checking models; echo loudly >&2")
    told: list[str] = []
    made = await commit(repo.root, "-m is how it begins", told.append)
    assert told[:2] == ["checking models", "loudly"]
    assert repo("log", "-1", "--format=%h %s") == f"{made} -m is how it begins"
    assert repo("show", "--name-only", "--format=") == "models/a.py\nversions/new.py"
    assert not await unchanged(repo.root, plan)


async def test_a_hook_that_refuses(repo: Repo) -> None:
    await toggle_staged(repo.root, repo.write("models/a.py", "a = 2\n"))
    before = repo("rev-parse", "HEAD")
    hook(repo, "echo line 7 is too long; exit 1")
    told: list[str] = []
    with pytest.raises(OpsmigError, match="a hook has refused it"):
        await commit(repo.root, "x", told.append)
    assert told == ["line 7 is too long"]
    assert repo("rev-parse", "HEAD") == before
    assert repo("diff", "--cached", "--name-only") == "models/a.py"
    hook(repo, "exit 0")
    repo.write(".git/index.lock", "")
    with pytest.raises(OpsmigError, match="Another git process"):
        await commit(repo.root, "x", told.append)


async def test_while_a_merge_is_under_way_and_without_a_name(repo: Repo) -> None:
    repo("checkout", "-q", "-b", "theirs")
    repo.write("models/a.py", "a = 'theirs'\n")
    repo.commit()
    repo("checkout", "-q", "main")
    repo.write("models/b.py", "")
    repo.commit()
    repo("merge", "-q", "--no-commit", "--no-ff", "theirs")
    with pytest.raises(OpsmigError, match="A merge is under way"):
        await staged(repo.root)
    repo("merge", "--abort")
    await toggle_staged(repo.root, repo.write("models/a.py", "a = 2\n"))
    repo("checkout", "-q", "--detach")
    assert (await staged(repo.root)).branch == ""
    repo("config", "user.name", "")
    repo("config", "user.useConfigOnly", "true")
    repo("config", "--unset", "user.email")
    with pytest.raises(OpsmigError, match="does not know whose commit"):
        await staged(repo.root)


async def test_in_a_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo("worktree", "add", "-q", "-b", "feature", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    await toggle_staged(linked.root, linked.write("models/a.py", "a = 9\n"))
    plan = await staged(linked.root)
    assert (plan.branch, plan.files) == ("feature", (("M", "models/a.py"),))
    await commit(linked.root, "from there", lambda _: None)
    assert repo("log", "-1", "--format=%s", "feature") == "from there"
