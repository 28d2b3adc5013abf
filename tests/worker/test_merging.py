"""Merge revisions through the project's own alembic."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject
from tests.worker.conftest import HEAD, Start, opened
from tests.workspace.conftest import write_revision


async def test_the_file_that_was_shown_by_template_and_file_template(
    start: Start, sample: SampleProject
) -> None:
    versions = sample.backend / "alembic" / "versions"
    other = write_revision(versions, "0a0a0a0a0a0a")
    write_revision(versions, "0b0b0b0b0b0b")
    heads = ("0a0a0a0a0a0a", "0b0b0b0b0b0b")
    client = start(runner=True)
    plan = await client.request(protocol.PlanMerge(heads, "merge both"))
    assert plan.command == "alembic merge -m 'merge both' 0a0a0a0a0a0a 0b0b0b0b0b0b"
    assert re.fullmatch(
        rf"\d{{4}}_\d\d_\d\d_\d{{4}}-{plan.revision}_merge_both\.py", plan.file_name
    )
    assert not (other.parent / plan.file_name).exists()
    made = await client.request(
        protocol.Merge(heads, plan.message, plan.revision, created="2020-01-02T03:04:05")
    )
    path = Path(made.path)
    assert path.name == f"2020_01_02_0304-{plan.revision}_merge_both.py"
    assert "Revises: 0a0a0a0a0a0a, 0b0b0b0b0b0b" in path.read_text()
    assert (await client.request(protocol.Status())).heads == (plan.revision,)
    with pytest.raises(WorkerFailed, match="not a head"):
        await client.request(protocol.PlanMerge((HEAD, plan.revision)))


async def test_a_hook_that_fails_leaves_no_file(
    start: Start, empty_project: AlembicProject
) -> None:
    for name in ("a1", "b1"):
        empty_project.revision(name)
    text = empty_project.config.read_text()
    text += "[post_write_hooks]\nhooks = bad\nbad.type = nothing_of_the_kind\n"
    empty_project.config.write_text(text)
    before = set(empty_project.versions.glob("*.py"))
    client = start(opened(empty_project.root, python=sys.executable), runner=True)
    plan = await client.request(protocol.PlanMerge(("a1", "b1")))
    assert plan.command == "alembic merge a1 b1"
    with pytest.raises(WorkerFailed, match="nothing_of_the_kind"):
        await client.request(protocol.Merge(("a1", "b1"), "", plan.revision, plan.created))
    assert set(empty_project.versions.glob("*.py")) == before
