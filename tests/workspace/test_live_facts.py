"""A review of a trusted project asks the database, and rows can be looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from opsmig_tui.demo import SampleProject
from opsmig_tui.review.model import Facts, Finding, Review
from opsmig_tui.workspace.live_facts import with_position
from opsmig_tui.workspace.peek import peek
from opsmig_tui.workspace.review import review
from opsmig_tui.workspace.review_many import review_many
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import CURRENT, HEAD, MIDDLE, Open, write_revision

UPGRADE = """\
op.create_unique_constraint("uq_invoice_vendor", "invoice", ["vendor_id"], schema="ops")
op.create_foreign_key("fk_invoice_boss", "invoice", "user", ["vendor_id"], ["id"], source_schema="ops", referent_schema="ops")
op.drop_column("vendor", "name", schema="ops")
op.drop_column("agreement", "currency", schema="ops")"""  # noqa: E501


def of(found: Review, rule: str) -> Finding:
    return next(item for item in found.findings if item.rule == rule)


async def test_a_review_tells_what_this_database_holds(
    ws: Workspace, versions: Path, sql: Any
) -> None:
    path = write_revision(versions, upgrade=UPGRADE)
    ws.read_history()
    found = await review(ws, path)
    ((alike,),) = sql(
        "SELECT sum(n)::int FROM (SELECT count(*) AS n FROM ops.invoice GROUP BY vendor_id "
        "HAVING count(*) > 1) AS g"
    )
    one = of(found, "unique-on-duplicates")
    assert one.live == f"{alike} rows share their values with another in this database."
    assert (one.severity, one.evidence) == ("error", "live")
    ((named,),) = sql("SELECT count(name) FROM ops.vendor")
    dropped = [item for item in found.findings if item.rule == "drop-column"]
    assert dropped[0].live == f"{named} rows hold a value in this database."
    # The column comes with a revision that is pending as well.
    assert dropped[1].live == ""

    assert one.probe is not None
    rows = await peek(ws, one.probe)
    assert rows.columns[:2] == ("id", "vendor_id")
    assert 1 < len(rows.rows) <= 50
    assert dropped[1].probe is None
    # Nothing of the rows is anywhere but in what was asked for.
    said = str(ws.state) + str([line.text for line in ws.output.lines])
    names = [row[0] for row in sql("SELECT name FROM ops.vendor")]
    assert names
    assert not [name for name in names if name in said]


async def test_an_applied_revision_is_asked_about_the_way_back(ws: Workspace) -> None:
    found = await review(ws, "09d5a7e2c4f6")
    one = of(found, "downgrade-data-loss")
    assert one.severity == "note"
    assert "in this database" in one.live
    pending = await review(ws, HEAD)
    assert "downgrade-data-loss" not in {item.rule for item in pending.findings}
    assert "downgrade-data-loss" not in {item.rule for item in pending.not_checked}


async def test_what_runs_before_is_read(ws: Workspace, versions: Path) -> None:
    path = write_revision(versions)
    ws.read_history()
    assert (await with_position(ws, path, Facts())).applied is None
    await ws.refresh("status")
    known = await with_position(ws, path, Facts())
    assert known.applied is False
    assert [one.revision.revision for one in known.pending_before] == [MIDDLE, HEAD]
    old = await with_position(ws, next(versions.glob(f"*{CURRENT}*")), Facts())
    assert (old.applied, old.pending_before) == (True, ())


async def test_without_trust_or_database_it_says_why(
    open_workspace: Open, sample: SampleProject, versions: Path
) -> None:
    path = write_revision(versions, upgrade=UPGRADE)
    untrusted = open_workspace(sample.backend, trusted=False)
    for facts in (True, False):
        found = await review(untrusted, path, facts=facts)
        reasons = {one.rule: one.reason for one in found.not_checked}
        assert reasons["unique-on-duplicates"].startswith("no database: ")


async def test_live_can_be_switched_off(
    open_workspace: Open, sample: SampleProject, versions: Path
) -> None:
    path = write_revision(versions, upgrade=UPGRADE)
    settings = replace(open_workspace(sample.backend).project.settings, live=False)
    found = await review(open_workspace(sample.backend, settings=settings), path)
    reasons = {one.rule: one.reason for one in found.not_checked}
    assert reasons["unique-on-duplicates"] == "live is off in the settings"
    assert not [item for item in found.findings if item.live]


async def test_many_reviews_ask_together_what_each_would_ask_alone(
    ws: Workspace, versions: Path
) -> None:
    write_revision(versions, upgrade=UPGRADE)
    ws.read_history()
    paths = sorted(versions.glob("*.py"))
    reviews, failed = await review_many(ws, paths)
    assert not failed
    for path, found in [*zip(paths, reviews, strict=True)][-3:]:
        assert found.findings == (await review(ws, path)).findings
    told = [item for found in reviews for item in found.findings if item.live]
    assert {item.rule for item in told} >= {"downgrade-data-loss", "unique-on-duplicates"}
