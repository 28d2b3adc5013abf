"""Two heads, said before there are two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from opsmig_tui.history.lanes import layout
from opsmig_tui.history.model import Revision
from opsmig_tui.history.reader import arranged
from opsmig_tui.services.git import Mark
from opsmig_tui.workspace.ahead import ahead, ahead_text, read_ahead
from opsmig_tui.workspace.state import GitView, HistoryView, Loaded, WorkspaceState
from tests.support.projects import AlembicProject
from tests.workspace.conftest import opened

FILE = '"""{0} it\n\nCreate Date: 2026-01-0{1}\n"""\nrevision = "{0}"\ndown_revision = "{2}"\n'


def test_named_until_the_files_are_here(empty_project: AlembicProject) -> None:
    files = {
        "v/b2.py": FILE.format("b2", 2, "b1").encode(),
        "v/b1.py": FILE.format("b1", 1, "a1").encode(),
        "v/env.py": b"no = 'revision'",
    }
    found = read_ahead(files)
    assert [one.revision for one in found] == ["b2", "b1"]
    here = Revision("a1", (), Path("v/a1.py"))
    history = arranged([here])
    view = HistoryView(history, layout(history))
    git = GitView(ahead=found, ahead_of="origin/main")
    state = WorkspaceState(
        opened(empty_project.root), history=Loaded(view, "ready"), git=Loaded(git, "ready")
    )
    assert ahead_text(state) == (
        "origin/main has 2 revisions that are not here: b2 b2 it, b1 b1 it."
    )
    marks: dict[Path, Mark] = {here.path: "untracked"}
    own = replace(state, git=Loaded(replace(git, marks=marks), "ready"))
    assert ahead_text(own).startswith("origin/main is 2 revisions ahead of your parent: b2")
    both = arranged([here, *found])
    merged = replace(own, history=Loaded(HistoryView(both, layout(both)), "ready"))
    assert ahead(merged) == ()
    assert ahead_text(merged) == ""
