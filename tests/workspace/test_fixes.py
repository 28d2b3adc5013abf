"""Changes of revision files: shown, written, undone, and never over what somebody else wrote."""

from __future__ import annotations

import asyncio
import codecs
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.fixes import FixRefused
from opsmig_tui.review.model import Finding, Review
from opsmig_tui.review.source_text import source_text
from opsmig_tui.workspace.edits import ChangedOnDisk, undo, write
from opsmig_tui.workspace.fixes import fixes_of, propose, propose_all
from opsmig_tui.workspace.review import review
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import HEAD, Open

TEXT = f'''# -*- coding: {{encoding}} -*-
"""add

Revision ID: 0a0b0c0d0e0f
Revises: {HEAD}
"""

from alembic import op
import sqlalchemy as sa

revision = "0a0b0c0d0e0f"
down_revision = "{HEAD}"
name = "Prüfung"


def upgrade():
    op.create_index("ix_x", "vendor", ["name"], schema="ops")
    op.add_column("vendor", sa.Column("y", sa.Text(), nullable=False), schema="ops")


def downgrade():
    op.drop_column("vendor", "y", schema="ops")
    op.drop_index("ix_x", "vendor", schema="ops")
'''


@pytest.fixture
def untrusted(open_workspace: Open, sample: SampleProject) -> Workspace:
    return open_workspace(sample.backend, trusted=False)


def written(versions: Path, encoding: str = "utf-8", end: str = "\n") -> Path:
    path = versions / "0a0b0c0d0e0f_add.py"
    path.write_bytes(TEXT.format(encoding=encoding).replace("\n", end).encode(encoding))
    return path


def found(review: Review, rule: str) -> Finding:
    return next(item for item in review.findings if item.rule == rule)


async def test_fixed_and_undone_in_order(untrusted: Workspace, versions: Path) -> None:
    path = written(versions, "latin-1", "\r\n")
    first = path.read_bytes()
    told = await review(untrusted, path, facts=False)
    proposed = await propose(told, found(told, "index-not-concurrent"))
    assert path.read_bytes() == first
    assert any(line.startswith("+    with op.get_context()") for line in proposed.diff)
    await write(untrusted, proposed)
    second = path.read_bytes()
    assert second.count(b"\r\n") == second.count(b"\n")
    assert "Prüfung".encode("latin-1") in second
    told = await review(untrusted, path, facts=False)
    assert not [f for f in told.findings if f.rule == "index-not-concurrent"]
    missing = found(told, "not-null-no-default")
    default, nullable = fixes_of(told, missing)
    assert default.ask is not None
    await write(untrusted, await propose(told, missing, "'x'", fix=nullable))
    assert b"UPDATE ops.vendor SET y = 'x' WHERE y IS NULL" in path.read_bytes()
    await undo(untrusted)
    assert path.read_bytes() == second
    await write(untrusted, await propose(told, missing, "'x'", fix=nullable))
    both = await asyncio.gather(undo(untrusted), undo(untrusted))  # z, z: the second waits
    assert [one.title for one in both] == [nullable.title, proposed.title]
    assert {one.path for one in both} == {path}
    assert path.read_bytes() == first
    with pytest.raises(OpsmigError, match="nothing to undo"):
        await undo(untrusted)


async def test_what_somebody_else_wrote_stays(untrusted: Workspace, versions: Path) -> None:
    path = written(versions)
    told = await review(untrusted, path, facts=False)
    proposed = await propose(told, found(told, "index-not-concurrent"))
    edited = path.read_bytes() + b"\n# mine\n"
    path.write_bytes(edited)
    with pytest.raises(ChangedOnDisk, match="changed on disk"):
        await propose(told, found(told, "index-not-concurrent"))
    with pytest.raises(ChangedOnDisk, match="nothing was written"):
        await write(untrusted, proposed)
    assert path.read_bytes() == edited
    told = await review(untrusted, path, facts=False)
    await write(untrusted, await propose(told, found(told, "index-not-concurrent")))
    path.write_bytes(edited)
    with pytest.raises(ChangedOnDisk):
        await undo(untrusted)
    assert path.read_bytes() == edited
    assert len(untrusted.written) == 1


async def test_all_that_asks_nothing(untrusted: Workspace, versions: Path) -> None:
    path = written(versions)
    told = await review(untrusted, path, facts=False)
    proposed = await propose_all(told)
    assert [item.rule for item, _ in proposed.everything.done] == [
        "companion-column-missing",
        "index-not-concurrent",
    ]
    assert [item.finding.rule for item in proposed.everything.skipped] == ["not-null-no-default"]
    await write(untrusted, proposed.proposal)
    again = await propose_all(await review(untrusted, path, facts=False))
    assert not again.everything.done
    assert again.proposal.diff == ()


async def test_what_cannot_be_rebuilt_is_said(untrusted: Workspace, versions: Path) -> None:
    path = written(versions)
    text = path.read_text().split("def upgrade()")[0]
    body = 'op.drop_column("vendor", "name", schema="ops")'
    path.write_text(f"{text}def upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n")
    told = await review(untrusted, path)
    with pytest.raises(FixRefused, match=r"upgrade\(\) drops .*, and what that was is not known"):
        await propose(told, found(told, "downgrade-empty"))
    (left,) = (await propose_all(told)).everything.skipped
    assert left.finding.rule == "downgrade-empty"
    assert left.reason.endswith(": no inverse can be written.")


async def test_nothing_is_written_read_only(
    open_workspace: Open, sample: SampleProject, versions: Path
) -> None:
    path = written(versions)
    ws = open_workspace(sample.backend, trusted=False, read_only=True)
    told = await review(ws, path, facts=False)
    proposed = await propose(told, found(told, "index-not-concurrent"))
    with pytest.raises(OpsmigError, match="Read-only"):
        await write(ws, proposed)
    assert path.read_bytes() == written(versions).read_bytes()


async def test_a_file_that_may_not_be_written_stays(untrusted: Workspace, versions: Path) -> None:
    path = written(versions)
    text = path.read_bytes()
    path.chmod(0o444)
    told = await review(untrusted, path, facts=False)
    proposed = await propose(told, found(told, "index-not-concurrent"))
    with pytest.raises(OpsmigError, match="may not be written"):
        await write(untrusted, proposed)
    assert path.read_bytes() == text


async def test_a_refusal_says_why(untrusted: Workspace, versions: Path) -> None:
    path = written(versions, "latin-1")
    told = await review(untrusted, path, facts=False)
    with pytest.raises(FixRefused, match="It needs a value"):
        await propose(told, found(told, "not-null-no-default"))
    with pytest.raises(OpsmigError, match="which has no '✓'"):
        await propose(told, found(told, "not-null-no-default"), "'✓'")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", codecs.BOM_UTF8])
def test_bytes_survive(end: str, start: bytes) -> None:
    data = start + end.join(["a", "b", "ü", ""]).encode()
    read = source_text(Path("a.py"), data)
    assert read.encode(read.text) == data
    assert read.encode("a\nnew\nb\nü\n") == data.replace(b"b", b"new" + end.encode() + b"b")


def test_mixed_line_ends_stay_where_they_were() -> None:
    read = source_text(Path("a.py"), b"a\r\nb\nc\r\nd")
    assert read.encode("a\nx\nb\nc\nd") == b"a\r\nx\r\nb\nc\r\nd"
    with pytest.raises(NotReviewable):
        source_text(Path("a.py"), b"\xff")
