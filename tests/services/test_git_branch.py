"""Every state a repository can be in has an answer."""

import subprocess
from pathlib import Path

import pytest

from opsmig_tui.services.git import read_branch
from tests.services.repos import Repo, make_repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repo(tmp_path / "repo")
    made.write("a.py", "x = 1\n")
    made.commit("first")
    return made


def feature(repo: Repo, name: str = "feature") -> str:
    repo("checkout", "-q", "-b", name)
    repo.write("b.py", "y = 2\n")
    return repo.commit("second")


async def test_a_feature_branch_beside_main(repo: Repo):
    first = repo("rev-parse", "HEAD")
    second = feature(repo)
    said: list[str] = []
    branch = await read_branch(repo.root, log=said.append)
    assert (branch.name, branch.head, branch.base) == ("feature", second, "main")
    assert branch.merge_base == branch.compared_with == first
    assert (branch.problem, branch.is_base) == ("", False)
    assert "git merge-base HEAD main" in said


async def test_on_the_base_branch_itself(repo: Repo):
    branch = await read_branch(repo.root)
    assert branch.is_base
    assert branch.merge_base == branch.head


async def test_the_setting_decides_and_a_wrong_one_is_named(repo: Repo):
    repo("branch", "develop")
    feature(repo)
    assert (await read_branch(repo.root, "develop")).base == "develop"
    wrong = await read_branch(repo.root, "trunk")
    assert wrong.base is None
    assert "'trunk'" in wrong.problem
    assert wrong.compared_with == wrong.head


async def test_master_is_known_and_without_either_it_says_so(tmp_path: Path):
    repo = make_repo(tmp_path / "repo", "master")
    repo.commit()
    feature(repo)
    assert (await read_branch(repo.root)).base == "master"
    repo("branch", "-m", "master", "trunk")
    assert "base_branch" in (await read_branch(repo.root)).problem


async def test_no_commit_yet(tmp_path: Path):
    branch = await read_branch(make_repo(tmp_path / "repo").root)
    assert (branch.name, branch.head) == ("main", "")
    assert "no commit yet" in branch.problem


async def test_detached_head(repo: Repo):
    repo("checkout", "-q", "--detach")
    branch = await read_branch(repo.root)
    assert branch.name == f"(detached {branch.head[:7]})"
    assert branch.base == "main"


async def test_a_clone_with_only_the_feature_branch(repo: Repo, tmp_path: Path):
    first = repo("rev-parse", "HEAD")
    feature(repo)
    repo("checkout", "-q", "main")
    repo("clone", "-q", "-b", "feature", str(repo.root), str(tmp_path / "clone"))
    branch = await read_branch(tmp_path / "clone")
    assert (branch.name, branch.base, branch.merge_base) == ("feature", "origin/main", first)


async def test_a_stale_local_main_gives_way_to_the_remote(repo: Repo, tmp_path: Path):
    repo("clone", "-q", str(repo.root), str(tmp_path / "clone"))
    repo.write("c.py", "")
    newer = repo.commit("on main meanwhile")
    clone = Repo(tmp_path / "clone")
    clone("fetch", "-q")
    clone("checkout", "-q", "-b", "feature", "origin/main")
    branch = await read_branch(clone.root)
    assert (branch.base, branch.merge_base) == ("origin/main", newer)
    clone("checkout", "-q", "main")
    on_main = await read_branch(clone.root)
    assert (on_main.base, on_main.merge_base) == ("main", on_main.head)


async def test_main_with_commits_not_pushed_is_compared_with_the_remote(repo: Repo, tmp_path: Path):
    pushed = repo("rev-parse", "HEAD")
    repo("clone", "-q", str(repo.root), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.commit("mine")
    branch = await read_branch(clone.root)
    assert (branch.is_base, branch.merge_base) == (True, pushed)


async def test_a_shallow_clone_says_how_to_deepen(repo: Repo, tmp_path: Path):
    feature(repo)
    repo("checkout", "-q", "main")
    repo.write("c.py", "")
    repo.commit("main moves on")
    url = f"file://{repo.root}"
    repo("clone", "-q", "--depth=1", "--no-single-branch", "-b", "feature", url,
         str(tmp_path / "clone"))  # fmt: skip
    branch = await read_branch(tmp_path / "clone")
    assert branch.merge_base is None
    assert "git fetch --unshallow" in branch.problem
    assert branch.compared_with == branch.head


async def test_bare_none_missing_and_linked(repo: Repo, tmp_path: Path):
    repo("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    assert "bare" in (await read_branch(tmp_path / "bare.git")).problem
    (tmp_path / "plain").mkdir()
    assert "not in a git repository" in (await read_branch(tmp_path / "plain")).problem
    assert "cannot" in (await read_branch(tmp_path / "absent")).problem
    repo("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    assert (await read_branch(tmp_path / "linked")).name == "side"


async def test_a_submodule_is_its_own_repository(repo: Repo, tmp_path: Path):
    outer = make_repo(tmp_path / "outer")
    outer("submodule", "add", "-q", str(repo.root), "lib")
    outer.commit()
    assert (await read_branch(outer.root / "lib")).base == "main"


async def test_without_a_git_program(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in (await read_branch(repo.root)).problem
    monkeypatch.setenv("PATH", __file__)  # a file in the place of a folder
    assert "git is not installed" in (await read_branch(repo.root)).problem


async def test_programs_named_by_the_repository_do_not_run(repo: Repo, tmp_path: Path):
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    feature(repo)
    for name in ("core.fsmonitor", "diff.external", "diff.py.textconv", "core.pager"):
        repo("config", name, str(trap))
    repo.write(".gitattributes", "*.py diff=py\n")
    hook = repo.root / ".git" / "hooks" / "post-index-change"
    hook.write_text(trap.read_text())
    hook.chmod(0o755)
    repo.write("models.py", "class A(B):\n    __tablename__ = 'a'\n")
    from opsmig_tui.services.git import model_changes

    branch = await read_branch(repo.root)
    repo.write("a.py", "x = 2\n")
    assert len(await model_changes(repo.root, branch, [repo.root])) == 3
    assert not (tmp_path / "sprung").exists()
    # The trap is real: plain git springs it.
    subprocess.run(["git", "diff"], cwd=repo.root, check=False, capture_output=True)
    assert (tmp_path / "sprung").exists()
