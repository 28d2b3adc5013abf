"""`opsmig merge` and `opsmig move`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.trust import trust
from tests.cli.conftest import Opsmig, call
from tests.cli.terminal import Terminal
from tests.conftest import Sql
from tests.support.projects import AlembicProject
from tests.workspace.conftest import HEAD, write_revision

COLUMN = 'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")'
BACK = 'op.drop_column("vendor", "nick", schema="ops")'
NOTE = 'op.add_column("vendor", sa.Column("note", sa.Text), schema="ops")'
NOTE_BACK = 'op.drop_column("vendor", "note", schema="ops")'
MINE, THEIRS = "0a0a0a0a0a0a", "0b0b0b0b0b0b"


def git(sample: SampleProject, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=sample.root, check=True, capture_output=True)


@pytest.fixture
def files(sample: SampleProject, versions: Path) -> list[Path]:
    """[mine, which is not committed; theirs, which the base branch has], both on the head."""
    trust(sample.root)
    git(sample, "add", ".")
    git(sample, "commit", "-qm", "all")
    git(sample, "branch", "-M", "main")
    theirs = write_revision(versions, THEIRS, upgrade=NOTE, downgrade=NOTE_BACK)
    git(sample, "add", ".")
    git(sample, "commit", "-qm", "theirs")
    return [write_revision(versions, MINE, upgrade=COLUMN, downgrade=BACK), theirs]


@pytest.mark.usefixtures("at_head")
def test_moved_on_top_and_rehearsed(opsmig: Opsmig, files: list[Path], sql: Sql) -> None:
    before = files[0].read_text()
    shown = opsmig("move", "--diff")
    assert shown.exit_code == 0, shown.output
    assert f'+down_revision = "{THEIRS}"' in shown.output.replace("'", '"')
    assert opsmig("move").exit_code == 2  # nobody to ask
    assert opsmig("move", "--yes", "--read-only").exit_code == 2
    assert files[0].read_text() == before
    result = opsmig("move", "--yes")
    assert result.exit_code == 0, result.output
    assert f"{MINE}  (new on this branch)" in result.output
    assert "Both touch ops.vendor: the order matters." in result.output
    assert f"Wrote {files[0]}" in result.output
    assert f"✓ ▲ upgrade   {MINE}" in result.output
    assert sql("SELECT version_num FROM public.alembic_version") == [(HEAD,)]
    again = opsmig("move", "--yes")
    assert (again.exit_code, again.output) == (
        0, f"There is one head, {MINE}: nothing to merge or move.\n",
    )  # fmt: skip


@pytest.mark.usefixtures("at_head")
def test_what_the_database_has_applied_is_not_moved_unasked(
    opsmig: Opsmig, files: list[Path], sql: Sql
) -> None:
    sql("UPDATE public.alembic_version SET version_num = %s", MINE)
    before = files[0].read_text()
    result = opsmig("move", "--yes")
    assert result.exit_code == 2
    assert f"This database has {MINE} applied" in result.output
    assert f"opsmig downgrade {HEAD}" in result.output
    assert files[0].read_text() == before
    sql("INSERT INTO public.alembic_version VALUES (%s)", THEIRS)
    both = opsmig("move", "--yes").output
    assert f"opsmig downgrade {MINE}@{HEAD}" in both
    assert "revisions of both applied: merging suits that" in both


@pytest.mark.usefixtures("at_head")
def test_merged_through_alembic_and_rehearsed(opsmig: Opsmig, files: list[Path]) -> None:
    before = set(files[0].parent.glob("*.py"))
    result = opsmig("merge", "--yes", "-m", "both")
    assert result.exit_code == 0, result.output
    assert "$ alembic merge -m both" in result.output
    (made,) = set(files[0].parent.glob("*.py")) - before
    assert made.name.endswith("_both.py")
    assert "opsmig: " not in result.output
    assert "Nothing stays" in result.output


def test_nothing_to_merge(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    result = call("merge", "--yes", "-C", str(empty_project.root))
    assert (result.exit_code, result.output) == (
        0, "There is one head, a1: nothing to merge or move.\n",
    )  # fmt: skip


def test_which_head_moves_is_asked_where_nothing_tells(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    paths = [empty_project.revision(name, "a1") for name in ("b1", "b2")]
    before = [path.read_text() for path in paths]
    one = Terminal(empty_project.root, ["move"])
    try:
        one.sees("Which of them moves?", "Move (")
        one.types("b2\n")
        one.sees("+down_revision = 'b1'", "Move them? [y/N]")
        assert [path.read_text() for path in paths] == before
        one.types("y\n")
        one.sees(f"Wrote {paths[1]}")
        assert one.ends() == 0
    finally:
        one.close()
    assert paths[0].read_text() == before[0]
    assert "down_revision = 'b1'" in paths[1].read_text()
