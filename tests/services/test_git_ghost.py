"""Ghosts: found in branches, stashes and reflogs, whatever their files are called."""

import statistics
import time
from pathlib import Path

import pytest

from opsmig_tui.history.ghosts import Ghost
from opsmig_tui.history.reader import read_history
from opsmig_tui.services.git import find_ghosts
from tests.bench.branches import VERSIONS, write_branches
from tests.services.repos import Repo, make_repo

FOLDER = "alembic/versions"


def text(revision: str, down: str | None = None, body: str = "pass") -> str:
    return (
        f'"""add {revision}"""\nrevision = {revision!r}\ndown_revision = {down!r}\n'
        f"def upgrade():\n    {body}\ndef downgrade():\n    pass\n"
    )


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repo(tmp_path / "repo")
    made.write(f"{FOLDER}/a1.py", text("a1"))
    made.commit()
    return made


async def find(repo: Repo, *ids: str) -> tuple[Ghost, ...]:
    where = [repo.root / FOLDER]
    return await find_ghosts(repo.root, ids, frozenset(read_history(where).by_id), where)


async def test_a_chain_on_another_branch_down_to_what_is_known_here(repo: Repo):
    repo("checkout", "-q", "-b", "feature")
    repo.write(f"{FOLDER}/2026_first.py", text("b2", "a1"))
    repo.commit()
    repo.write(f"{FOLDER}/2026_second.py", text("c3", "b2"))
    repo.commit()
    repo("branch", "copy")
    repo("checkout", "-q", "main")
    top, below = await find(repo, "c3")
    assert (top.revision, top.current, below.revision, below.current) == ("c3", True, "b2", False)
    assert top.file is not None
    assert below.file is not None
    assert top.file.data == text("c3", "b2").encode()
    assert (top.file.where, top.file.branches) == ("branch", ("copy", "feature"))
    assert (top.file.author, top.message) == ("Test", "add c3")
    assert top.file.held_by == "branch copy and 1 more"
    assert below.file.revision.path == Path(FOLDER, "2026_first.py")
    assert not top.ambiguous


async def test_what_no_branch_holds_is_found_in_stash_reflog_and_history(repo: Repo):
    repo.write(f"{FOLDER}/stashed.py", text("b2", "a1"))
    repo("stash", "-q", "-u")
    repo.write(f"{FOLDER}/staged.py", text("e5", "a1"))
    repo("add", "-A")
    repo("stash", "-q")
    repo.write(f"{FOLDER}/reset.py", text("c3", "a1"))
    repo.commit()
    repo("reset", "-q", "--hard", "HEAD^")
    repo.write(f"{FOLDER}/deleted.py", text("d4", "a1"))
    kept = repo.commit()
    repo("rm", "-q", f"{FOLDER}/deleted.py")
    repo.commit()
    found = await find(repo, "b2", "e5", "c3", "d4")
    assert [(one.revision, one.file.where if one.file else "") for one in found] == [
        ("b2", "stash"), ("e5", "stash"), ("c3", "reflog"), ("d4", "history"),
    ]  # fmt: skip
    assert [one.file.held_by for one in found if one.file][:2] == ["stash@{1}", "stash@{0}"]
    assert found[3].file is not None
    assert (found[3].file.commit, found[3].file.branches) == (kept, ("main",))


async def test_only_one_that_defines_the_id_counts_and_the_folder_may_be_another(repo: Repo):
    repo("checkout", "-q", "-b", "moved")
    repo.write("old/versions/b2.py", text("b2", "a1"))
    repo.write(f"{FOLDER}/c3.py", text("c3", "b2"))  # names b2, and is another
    repo.commit()
    repo("checkout", "-q", "main")
    (found,) = await find(repo, "b2")
    assert [one.revision.path for one in found.files] == [Path("old/versions/b2.py")]


async def test_several_files_of_one_id_are_told_apart(repo: Repo):
    for branch, body in (("one", "x = 1"), ("two", "x = 2"), ("three", "x = 2")):
        repo("checkout", "-q", "-b", branch, "main")
        repo.write(f"{FOLDER}/b2.py", text("b2", "a1", body))
        repo.commit()
    repo("checkout", "-q", "main")
    (found,) = await find(repo, "b2")
    assert {one.branches for one in found.files} == {("one",), ("three", "two")}
    assert found.ambiguous


async def test_an_earlier_text_of_what_a_branch_holds_is_none_to_choose(repo: Repo):
    repo("checkout", "-q", "-b", "feature")
    for body in ("x = 1", "x = 2"):
        repo.write(f"{FOLDER}/b2.py", text("b2", "a1", body))
        repo.commit()
    repo("checkout", "-q", "main")
    (found,) = await find(repo, "b2")
    assert [b"x = 2" in one.data for one in found.files] == [True]


async def test_a_file_that_was_never_committed_is_found_in_another_work_tree(repo: Repo):
    other = repo.root.parent / "other"
    repo("worktree", "add", "-q", "-b", "feature", str(other))
    (other / FOLDER / "b2.py").write_text(text("b2", "a1"))
    (found,) = await find(repo, "b2")
    assert found.file is not None
    assert (found.file.where, found.file.place) == ("worktree", str(other.resolve()))
    assert found.file.revision.path == Path(FOLDER, "b2.py")
    assert found.file.held_by == f"the work tree {other.resolve()}, not committed"
    back = await find_ghosts(other, ["a1"], frozenset(), [other / FOLDER])
    assert [one.file.where for one in back if one.file] == ["branch"]


async def test_a_file_that_its_branch_renamed_counts_under_its_new_name(repo: Repo):
    repo("checkout", "-q", "-b", "feature")
    repo.write(f"{FOLDER}/b2.py", text("b2", "a1"))
    repo.commit()
    repo("mv", f"{FOLDER}/b2.py", f"{FOLDER}/better.py")
    repo.commit()
    repo("checkout", "-q", "main")
    (found,) = await find(repo, "b2")
    assert [one.revision.path.name for one in found.files] == ["better.py"]


async def test_a_shallow_clone_knows_what_it_has(repo: Repo, tmp_path: Path):
    repo("checkout", "-q", "-b", "feature")
    repo.write(f"{FOLDER}/b2.py", text("b2", "a1"))
    repo.commit()
    repo("checkout", "-q", "main")
    repo("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repo.root}", "../shallow")
    shallow = Repo(repo.root.parent / "shallow")
    (found,) = await find(shallow, "b2")
    assert found.file is not None
    assert found.file.branches == ("origin/feature",)


async def test_nowhere_and_before_the_first_commit(repo: Repo, tmp_path: Path):
    assert await find(repo, "zz") == (Ghost("zz"),)
    assert await find(make_repo(tmp_path / "new"), "zz") == (Ghost("zz"),)


async def test_found_in_time_among_500_branches(tmp_path: Path):
    root = tmp_path / "many"
    wanted, head = write_branches(root, commits=500)
    where = [root / VERSIONS]
    known = frozenset(read_history(where).by_id)
    assert head in known
    times = []
    for _ in range(5):
        began = time.perf_counter()
        (found,) = await find_ghosts(root, [wanted], known, where)
        times.append(time.perf_counter() - began)
    assert found.file is not None
    assert found.file.branches == ("feature/250",)
    assert statistics.median(times) < 1.0, times  # 0.2 s is measured by tests/bench, alone
