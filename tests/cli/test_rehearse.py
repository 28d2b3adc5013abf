"""`opsmig rehearse` on a real database."""

import json
from typing import Any

import pytest
from platformdirs import user_config_path

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.project.state_file import state_folder
from tests.cli.conftest import Opsmig
from tests.test_readme import fields, promised
from tests.worker.conftest import HEAD, add_revision, line_of

CHANGE = {"change", "object", "name", "renamed", "severity"}
DRIFT = {"sign", "table", "text", "code"}
VERSION = "SELECT version_num FROM public.alembic_version"


def test_the_pending_ones_are_rehearsed_as_a_chain(opsmig: Opsmig, sql: Any) -> None:
    before = sql(VERSION)
    result = opsmig("rehearse", "--seconds", "60")
    assert result.exit_code == 1, result.output
    assert result.output.count("✓ ▲ upgrade   b8c9d0a41e6f") == 2
    assert result.output.count("✓ ▼ downgrade b8c9d0a41e6f") == 1
    assert "ACCESS EXCLUSIVE on ops.agreement (about 1,600 rows" in result.output
    assert "reads and writes of ops.agreement wait" in result.output
    assert f"▲ ▲ upgrade   {HEAD}" in result.output
    assert "autocommit_block() commits what ran before it" in result.output
    assert f"Nothing stays: the database stands at {before[0][0]}." in result.output
    assert sql(VERSION) == before


def test_an_applied_revision_goes_down_first(opsmig: Opsmig) -> None:
    document = json.loads(opsmig("rehearse", BEFORE_PENDING, "--json", "--seconds", "60").output)
    assert [leg["direction"] for leg in document["legs"]] == ["downgrade", "upgrade", "downgrade"]
    assert document["unchanged"]
    assert document["current"] == [BEFORE_PENDING]


@pytest.mark.usefixtures("at_head")
def test_what_stays_behind_and_what_fails_end_with_one(
    opsmig: Opsmig, sample: SampleProject
) -> None:
    path = add_revision(
        sample,
        'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")\n'
        "op.execute(\"SELECT nextval('ops.vendor_id_seq')\")\n"
        'op.execute("UPDATE ops.work_order SET priority = priority")\n'
        'op.execute("ALTER TABLE ops.vendor ALTER name TYPE varchar(2) USING left(name, 2)")\n'
        'op.drop_column("vendor", "rating", schema="ops")',
    )
    result = opsmig("rehearse", "--json")
    assert result.exit_code == 1
    document = json.loads(result.output)
    (trip,) = document["round_trips"]
    assert {(one["change"], one["name"]) for one in trip["residue"]} >= {
        ("added", "nick"), ("removed", "rating"),
    }  # fmt: skip
    last = document["legs"][-1]["failed"]
    assert (last["line"], last["sqlstate"]) == (line_of(path, "add_column"), "42701")
    assert [one["sequence"] for one in document["sequences"]] == ["ops.vendor_id_seq"]
    assert document["drift"] is None  # the chain broke off; check's document has these fields
    assert fields(document) - CHANGE == promised("rehearse") - {"CHANGE"} - DRIFT


@pytest.mark.usefixtures("at_head")
def test_what_goes_wrong_beside_it_is_said(opsmig: Opsmig) -> None:
    state_folder().mkdir(parents=True, exist_ok=True)
    (state_folder() / "scratch").write_text("no folder")
    result = opsmig("rehearse", HEAD, "--on", "scratch", "--json")
    assert result.exit_code == 0, result.output
    (warning,) = result.stderr.splitlines()
    assert warning.startswith("▲ ")
    assert "scratch" in warning
    assert json.loads(result.stdout)["on"] == "scratch"


def test_a_question_does_not_stand_in_the_document(opsmig: Opsmig, sample: SampleProject) -> None:
    own = user_config_path("opsmig", ensure_exists=True) / "opsmig.toml"
    own.write_text('protected = ["sample_*"]\n')
    name = ("--yes", "--database", sample.database)
    result = opsmig("rehearse", BEFORE_PENDING, "--json", "--seconds", "60", *name)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["current"] == [BEFORE_PENDING]
    assert "The settings protect this database (sample_*)." in result.stderr
    refused = opsmig("rehearse", BEFORE_PENDING, "--json", "--yes", "--database", "another")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_read_only_rehearses_nothing(opsmig: Opsmig) -> None:
    result = opsmig("rehearse", "--read-only")
    assert result.exit_code == 2
    assert "Read-only: cannot rehearse." in result.output


def test_an_unknown_revision_is_one_sentence(opsmig: Opsmig) -> None:
    result = opsmig("rehearse", "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.output
    assert "Traceback" not in result.output
