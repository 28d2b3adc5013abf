"""Projects in the odd places that git has: what is said of a revision there, and of the branch."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.edited import details, standing
from opsmig_tui.workspace.review_many import new_since
from opsmig_tui.workspace.workspace import Workspace
from tests.services.repos import Repo, make_repo
from tests.workspace.conftest import Open

INI = "[alembic]\nscript_location = alembic\n"


def revision(repo: Repo, name: str, down: str | None = None, folder: str = "alembic") -> Path:
    text = f"revision = {name!r}\ndown_revision = {down!r}\n"
    return repo.write(f"{folder}/versions/{name}.py", text)


def backend(root: Path) -> Repo:
    """A project of one revision on main."""
    repo = make_repo(root)
    repo.write("alembic.ini", INI)
    revision(repo, "a1")
    repo.commit()
    return repo


async def told(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """How each revision stands."""
    await workspace.refresh("git")
    view = workspace.state.history.value
    assert view is not None
    return {item.revision: standing(workspace.state, item) for item in view.history.revisions}


def opened(make: Open, root: Path) -> Workspace:
    return make(root, trusted=False)


async def test_a_work_tree_of_a_bare_repository(tmp_path: Path, open_workspace: Open) -> None:
    main = backend(tmp_path / "main")
    main("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Repo(tmp_path / "bare.git")
    bare("worktree", "add", "-q", "-b", "feature", str(tmp_path / "feature"))
    feature = Repo(tmp_path / "feature")
    revision(feature, "b2", "a1")
    workspace = opened(open_workspace, feature.root)
    assert await told(workspace) == {"b2": ("untracked",), "a1": ()}
    feature.commit()
    assert await told(workspace) == {"b2": ("new on this branch",), "a1": ()}
    assert {path.name for path in await new_since(workspace, "main")} == {"b2.py"}


async def test_a_submodule_and_its_detached_head(tmp_path: Path, open_workspace: Open) -> None:
    backend(tmp_path / "upstream")
    outer = make_repo(tmp_path / "outer")
    outer("submodule", "--quiet", "add", str(tmp_path / "upstream"), "backend")
    outer.commit()
    inner = Repo(outer.root / "backend")
    inner("checkout", "-q", "--detach")
    revision(inner, "b2", "a1")
    inner.commit()
    workspace = opened(open_workspace, inner.root)
    assert workspace.project.repository == inner.root
    assert await told(workspace) == {"b2": ("new on this branch",), "a1": ()}
    git = workspace.state.git.value
    assert git is not None
    assert git.branch is not None
    assert git.branch.name.startswith("(detached ")


async def test_revisions_in_a_submodule_of_the_project(
    tmp_path: Path, open_workspace: Open
) -> None:
    inner = make_repo(tmp_path / "migrations")
    revision(inner, "a1", folder=".")
    inner.commit()
    outer = make_repo(tmp_path / "outer")
    outer.write("alembic.ini", INI)
    outer("submodule", "--quiet", "add", str(inner.root), "alembic")
    outer.commit()
    workspace = opened(open_workspace, outer.root)
    assert await told(workspace) == {"a1": ()}
    view = workspace.state.history.value
    assert view is not None
    said = details(workspace.state, view.history.by_id["a1"])
    assert said == ["not in git: in a submodule, or outside of the repository"]


async def test_a_shallow_clone(tmp_path: Path, open_workspace: Open) -> None:
    main = backend(tmp_path / "main")
    main("checkout", "-q", "-b", "feature")
    revision(main, "b2", "a1")
    main.commit()
    main("checkout", "-q", "main")
    revision(main, "c3", "a1")
    main.commit()
    url = f"file://{main.root}"
    main("clone", "-q", "--depth", "1", "--no-single-branch", "-b", "feature", url, "../shallow")
    workspace = opened(open_workspace, tmp_path / "shallow")
    assert await told(workspace) == {"b2": (), "a1": ()}  # beside HEAD, which is all there is
    git = workspace.state.git.value
    assert git is not None
    assert "git fetch --unshallow" in git.problem
    with pytest.raises(OpsmigError, match="no commit in common") as found:
        await new_since(workspace, "origin/main")
    assert "git fetch --unshallow" in found.value.hint


async def test_no_git_at_all(
    tmp_path: Path, open_workspace: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plain"
    (folder / "alembic" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "alembic" / "versions" / "a1.py").write_text("revision='a1'\ndown_revision=None\n")
    workspace = opened(open_workspace, folder)
    assert await told(workspace) == {"a1": ()}
    with pytest.raises(OpsmigError, match="is in no git repository"):
        await new_since(workspace, "main")
    repo = backend(tmp_path / "repo")
    monkeypatch.setenv("PATH", str(folder))
    workspace = opened(open_workspace, repo.root)
    assert await told(workspace) == {"a1": ()}
    git = workspace.state.git
    assert git.value is not None, git.problem
    assert "git is not installed" in git.value.problem


async def test_a_revision_that_git_ignores(tmp_path: Path, open_workspace: Open) -> None:
    repo = backend(tmp_path / "repo")
    repo.write(".gitignore", "alembic/versions/b*\n__pycache__\n")
    repo.write("alembic/versions/__pycache__/a1.py", "")
    revision(repo, "b2", "a1")
    repo.commit()
    workspace = opened(open_workspace, repo.root)
    assert await told(workspace) == {"b2": ("ignored by git",), "a1": ()}
