"""The Changes pane's facts, on real work trees."""

import os
from pathlib import Path

import pytest

from opsmig_tui.changes.model import FileChange
from opsmig_tui.services.git import model_changes, read_branch
from tests.services.repos import Repo, make_repo

OLD = """class Vendor(Base):
    __tablename__ = "vendor"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    city = Column(String(50))
"""
KEPT = OLD.replace("Vendor", "Kept").replace("vendor", "kept")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repo(tmp_path / "repo")
    for name in ("vendor", "gone", "moved"):
        made.write(f"models/{name}.py", OLD.replace("vendor", name).replace("Vendor", name.title()))
    made.write("models/kept.py", KEPT)
    made.write("models/notes.txt", "not python\n")
    made.write("other.py", "x = 1\n")
    made.commit()
    made("checkout", "-q", "-b", "feature")
    return made


async def changes(repo: Repo, *roots: str) -> dict[str, FileChange]:
    branch = await read_branch(repo.root)
    found = await model_changes(
        repo.root, branch, [repo.root / root for root in roots or ("models",)]
    )
    return {change.shown: change for change in found}


def flags(change: FileChange) -> str:
    names = ("committed", "staged", "unstaged", "untracked")
    return " ".join([change.letter, *(name for name in names if getattr(change, name))])


async def test_each_kind_of_change_has_its_letter_and_flags(repo: Repo):
    repo.write("models/committed.py", "class New(Base):\n    x = Column(Date)\n" * 2)
    repo("mv", "models/moved.py", "models/renamed.py")
    repo.commit()
    repo("rm", "-q", "models/gone.py")
    repo.write("models/staged.py", "y: Mapped[int]\n" * 5)
    repo("add", "models/staged.py")
    repo.write("models/vendor.py", OLD.replace("50", "20", 1))
    repo.write("models/new.py", OLD)
    repo.write("models/notes.txt", "still not python\n")
    repo.write("other.py", "x = 2\n")
    found = await changes(repo)
    assert {name: flags(change) for name, change in found.items()} == {
        "models/committed.py": "A committed",
        "models/gone.py": "D staged",
        "models/new.py": "? untracked",
        "models/renamed.py": "R committed",
        "models/staged.py": "A staged",
        "models/vendor.py": "M unstaged",
    }
    assert [(change.added, change.removed) for change in found.values()] == [
        (4, 0), (0, 5), (5, 0), (0, 0), (5, 0), (1, 1),
    ]  # fmt: skip
    vendor = found["models/vendor.py"]
    assert vendor.path == repo.root / "models" / "vendor.py"
    assert vendor.diff.startswith("--- a/models/vendor.py\n+++ b/models/vendor.py\n@@ ")
    assert "-    name = Column(String(50))\n+    name = Column(String(20))\n" in vendor.diff
    (told,) = vendor.models
    assert (told.subject, told.detail) == ("Vendor.name", "String(50) → String(20)")
    assert [change.kind for change in found["models/gone.py"].models] == ["class-removed"]
    assert found["models/renamed.py"].models == ()
    assert found["models/new.py"].diff.startswith(
        "--- /dev/null\n+++ b/models/new.py\n@@ -0,0 +1,5"
    )


async def test_layers_of_one_file_add_up(repo: Repo):
    repo.write("models/vendor.py", OLD + "    a = Column(Text)\n")
    repo.commit()
    repo.write("models/vendor.py", OLD + "    a = Column(Text)\n    b = Column(Text)\n")
    repo("add", "-A")
    repo.write("models/vendor.py", OLD + "    a = Column(Text)\n    c = Column(Date)\n")
    (vendor,) = (await changes(repo)).values()
    assert flags(vendor) == "M committed staged unstaged"
    assert [change.subject for change in vendor.models] == ["Vendor.a", "Vendor.c"]


async def test_taken_back_in_the_work_tree_is_still_an_edit(repo: Repo):
    repo.write("models/vendor.py", OLD + "    a = Column(Text)\n")
    repo.commit()
    repo.write("models/vendor.py", OLD)
    (vendor,) = (await changes(repo)).values()
    assert (flags(vendor), vendor.diff) == ("M committed unstaged", "")


async def test_commits_of_main_since_are_not_ours(repo: Repo):
    repo("checkout", "-q", "main")
    repo.write("models/kept.py", KEPT + "    theirs = Column(Text)\n")
    repo.commit()
    repo("checkout", "-q", "feature")
    assert await changes(repo) == {}


async def test_names_that_are_awkward(repo: Repo):
    names = ["a b.py", "ü.py", 'quo"te.py', "[x].py", "-dash.py", "tab\t.py", "line\nbreak.py"]
    for name in names:
        repo.write(f"models/{name}", OLD)
    raw = os.fsdecode(b"caf\xe9.py")
    repo.write(f"models/{raw}", OLD)
    untracked = await changes(repo)
    assert set(untracked) == {f"models/{name}" for name in [*names, "caf\ufffd.py"]}
    repo.commit()
    tracked = await changes(repo)
    assert set(tracked) == set(untracked)
    assert all(change.added == 5 and change.models for change in tracked.values())
    for name in [*names, raw]:
        repo.write(f"models/{name}", OLD.replace("city", "town"))
    assert all(
        change.diff.count("town") == 1 and change.path.is_file()
        for change in (await changes(repo)).values()
    )


async def test_ignored_and_nested_repositories_are_left_alone(repo: Repo, tmp_path: Path):
    repo.write(".gitignore", "models/local.py\n")
    repo.write("models/local.py", OLD)
    make_repo(repo.root / "vendored").write("models/x.py", OLD)
    assert await changes(repo, "models", "vendored/models") == {}
    assert await model_changes(repo.root, await read_branch(repo.root), [tmp_path]) == ()


async def test_before_the_first_commit_everything_is_new(tmp_path: Path):
    repo = make_repo(tmp_path / "young")
    repo.write("models/a.py", OLD)
    repo.write("models/b.py", OLD)
    repo("add", "models/a.py")
    found = await changes(repo)
    assert {name: flags(change) for name, change in found.items()} == {
        "models/a.py": "A staged",
        "models/b.py": "? untracked",
    }


async def test_a_linked_work_tree_and_a_link_to_the_repository(repo: Repo, tmp_path: Path):
    repo("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"), "main")
    linked = Repo(tmp_path / "linked")
    linked.write("models/vendor.py", OLD + "    a = Column(Text)\n")
    assert set(await changes(linked)) == {"models/vendor.py"}
    (tmp_path / "link").symlink_to(linked.root)
    assert set(await changes(Repo(tmp_path / "link"))) == {"models/vendor.py"}


async def test_conflicts_type_changes_and_removal_from_the_index(repo: Repo):
    repo.write("models/vendor.py", OLD.replace("50", "60", 1))
    repo.commit()
    repo("checkout", "-q", "main")
    repo.write("models/vendor.py", OLD.replace("50", "70", 1))
    repo.commit()
    repo("checkout", "-q", "feature")
    with pytest.raises(Exception, match="returned non-zero"):
        repo("merge", "main")
    repo("rm", "-q", "--cached", "models/gone.py")
    (repo.root / "models/kept.py").unlink()
    (repo.root / "models/kept.py").symlink_to("vendor.py")
    found = await changes(repo)
    assert flags(found["models/vendor.py"]).startswith("U")
    assert [change.kind for change in found["models/vendor.py"].models] == ["unreadable"]
    assert found["models/gone.py"].untracked
    assert found["models/kept.py"].letter == "T"


async def test_a_binary_and_a_broken_file(repo: Repo):
    (repo.root / "models/blob.py").write_bytes(b"\0\1\2")
    repo.write("models/vendor.py", "class Vendor(\n")
    found = await changes(repo)
    assert found["models/blob.py"].diff == ""
    assert [change.kind for change in found["models/vendor.py"].models] == ["unreadable"]


async def test_without_roots_the_usual_places_are_found(repo: Repo):
    repo.write("models/vendor.py", OLD + "    a = Column(Text)\n")
    repo.write("app/tables_of_mine.py", "import sqlalchemy\nt = sqlalchemy.Table('t', m)\n")
    repo.write("migrations/versions/x.py", "import sqlalchemy as sa\nsa.Column('x')\n")
    branch = await read_branch(repo.root)
    assert [change.shown for change in await model_changes(repo.root, branch)] == [
        "app/tables_of_mine.py",
        "models/vendor.py",
    ]


async def test_a_folder_that_is_no_repository_has_no_changes(tmp_path: Path):
    assert await model_changes(tmp_path, await read_branch(tmp_path), [tmp_path]) == ()


async def test_reading_does_not_touch_the_index(repo: Repo):
    os.utime(repo.root / "models/vendor.py", (1, 1))
    before = (repo.root / ".git/index").stat()
    await changes(repo)
    after = (repo.root / ".git/index").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
