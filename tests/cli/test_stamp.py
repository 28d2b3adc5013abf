"""`opsmig stamp`: the question, the answer on the command line, the log."""

import json

from opsmig_tui.demo import SampleProject
from tests.cli.conftest import Opsmig
from tests.conftest import Sql

HEAD, CURRENT, LOST = "a7c3f15d8e92", "7e35d1a8c0f2", "deadbeef0000"
VERSION = "SELECT version_num FROM public.alembic_version"


def test_says_what_would_count_as_applied_and_wants_the_database_named(
    opsmig: Opsmig, sample: SampleProject, sql: Sql
) -> None:
    refused = opsmig("stamp", "head", "--yes")
    assert refused.exit_code == 2
    assert f"add --yes --database {sample.database}" in refused.stderr
    assert "count as applied without having run: b8c9d0a41e6f, a7c3f15d8e92." in refused.output
    assert f"says {CURRENT}; then it would say {HEAD}. No migration runs" in refused.output
    assert sql(VERSION) == [(CURRENT,)]
    assert opsmig("stamp", "head", "--yes", "--read-only").exit_code == 2
    done = opsmig("stamp", "head", "--yes", "--database", sample.database)
    assert done.exit_code == 0, done.output
    assert f"stamped; the database stands at {HEAD}" in done.output
    assert sql(VERSION) == [(HEAD,)]
    again = opsmig("stamp", "head", "--yes")
    assert (again.exit_code, again.stderr) == (
        0, f"Nothing to stamp: the database stands at {HEAD}.\n",
    )  # fmt: skip
    (logged,) = json.loads(opsmig("runs", "--json").output)["runs"]
    assert (logged["title"], logged["phase"]) == ("stamp", "done")
    assert "stamp to head" in opsmig("runs", "1").output


def test_a_ghost_is_forgotten(opsmig: Opsmig, sample: SampleProject, sql: Sql) -> None:
    sql("UPDATE public.alembic_version SET version_num = %s", LOST)
    result = opsmig("stamp", CURRENT, "--yes", "--database", sample.database)
    assert result.exit_code == 0, result.output
    assert f"Forgotten, with no file that could undo it: {LOST}." in result.output
    assert sql(VERSION) == [(CURRENT,)]
