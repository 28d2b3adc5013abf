"""What the base branch got meanwhile, by the refs that are here."""

from pathlib import Path

import pytest

from opsmig_tui.services.git import new_on_base, read_branch
from tests.services.repos import Repo, make_repo


@pytest.fixture
def clone(tmp_path: Path) -> Repo:
    """A clone of a repository with one revision; "origin" beside it gets another one."""
    origin = make_repo(tmp_path / "origin")
    origin.write("versions/a.py", "a")
    origin.commit()
    origin("clone", "-q", str(origin.root), str(tmp_path / "clone"))
    origin.write("versions/b.py", "b")
    origin.write("versions/note.txt", "no revision")
    origin.write("elsewhere/c.py", "c")
    origin("mv", "versions/a.py", "versions/a_renamed.py")
    origin.commit()
    return Repo(tmp_path / "clone")


async def ahead(clone: Repo) -> tuple[str, dict[str, bytes]]:
    branch = await read_branch(clone.root)
    ref, files = await new_on_base(clone.root, branch, [clone.root / "versions"])
    return ref, dict(files)


async def test_only_what_was_fetched_counts(clone: Repo) -> None:
    clone("checkout", "-qb", "topic")
    clone.write("versions/mine.py", "m")
    clone.commit()
    assert await ahead(clone) == ("main", {})
    clone("fetch", "-q")
    assert await ahead(clone) == ("origin/main", {"versions/b.py": b"b"})
    clone("merge", "-q", "origin/main")
    assert await ahead(clone) == ("origin/main", {})


async def test_the_base_branch_itself_goes_by_the_one_it_follows(clone: Repo) -> None:
    clone("fetch", "-q")
    assert await ahead(clone) == ("origin/main", {"versions/b.py": b"b"})
    clone("branch", "--unset-upstream")
    assert await ahead(clone) == ("", {})


async def test_nothing_in_common(clone: Repo) -> None:
    clone("checkout", "-q", "--orphan", "other")
    assert await ahead(clone) == ("", {})
    clone.commit("of its own")
    assert await ahead(clone) == ("", {})
