"""Models against the database that SQLAlchemy made of them: nothing may seem to differ."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from sqlalchemy import create_engine

from opsmig_tui.demo import server as embedded
from opsmig_tui.review.model import Facts
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from tests.review.case import Case
from tests.support.projects import AlembicProject
from tests.worker.conftest import Start, opened

DATABASE = "facts_of_models"
MODELS = '''\
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()
KIND = Enum("new", "it's", name="kind")
Table(
    "t", metadata,
    Column("id", Integer, primary_key=True),
    Column("short", String(20), server_default="50% of it's"),
    Column("fixed", CHAR(5), server_default=text("'ab'")),
    Column("quoted", Text, server_default="'x'"),
    Column("cast_", Text, server_default=text("'x'::character varying")),
    Column("whole", Integer, server_default="0"),
    Column("negative", Integer, server_default=text("-1")),
    Column("big", BigInteger, server_default=text("'7'")),
    Column("exact", Numeric(8, 2), server_default="1.50"),
    Column("float_", Float, server_default=text("0")),
    Column("yes", Boolean, server_default=true()),
    Column("no", Boolean, server_default="f"),
    Column("kind", KIND, server_default="it's"),
    Column("kinds", ARRAY(KIND), server_default="{new}"),
    Column("doc", JSONB, server_default=text("""'{"a": "%"}'""")),
    Column("at", DateTime(timezone=True), server_default=func.now()),
    Column("day", Date, server_default="2026-1-2"),
    Column("span", Interval, server_default="90 minutes"),
    Column("uid", UUID, server_default=text("gen_random_uuid()")),
    Column("upper_", Text, server_default=func.upper("x")),
    Column("null_", Text, server_default=text("NULL")),
    Column("counted", Integer, Identity()),
    Column("doubled", Integer, Computed("whole * 2")),
    Column("python", Text, default="x"),
)
'''


@pytest.fixture(scope="module")
def url(postgres: embedded.Server, role_password: str) -> str:
    embedded.create_database(postgres, DATABASE)
    return postgres.url(DATABASE, role_password)


@pytest.fixture
def client(empty_project: AlembicProject, url: str, start: Start) -> WorkerClient:
    """A worker on a project whose models are in the database."""
    root = empty_project.root
    (root / "models.py").write_text(MODELS)
    env = root / "alembic" / "env.py"
    text = env.read_text().replace("target_metadata=MetaData()", "target_metadata=metadata")
    env.write_text(f"from models import metadata\n{text}")
    ini = root / "alembic.ini"
    ini.write_text(ini.read_text().replace("sqlite:///%(here)s/test.db", url.replace("%", "%%")))
    names: dict[str, Any] = {}
    exec(MODELS, names)
    engine = create_engine(url)
    with engine.begin() as connection:
        names["metadata"].drop_all(connection)
        names["metadata"].create_all(connection)
    engine.dispose()
    return start(opened(root, python=sys.executable))


def missed(models: protocol.ModelFacts, database: protocol.DatabaseFacts) -> dict[str, str]:
    facts = Facts(models=models, database=database)
    case = Case("", "op.execute(\"COMMENT ON TABLE t IS 'x'\")", facts=facts)
    return {
        found.rule: found.message
        for found in case.review().findings
        if found.rule.endswith("-missed")
    }


async def test_what_was_made_of_the_models_differs_in_nothing(
    client: WorkerClient, url: str
) -> None:
    facts = await client.request(protocol.GatherFacts())
    assert (facts.models_problem, facts.database_problem) == ("", "")
    (table,) = facts.models.tables
    unknown = {column.name for column in table.columns if column.default is None}
    assert unknown == {"counted", "doubled"}
    assert missed(facts.models, facts.database) == {}


async def test_what_was_changed_since_is_found(client: WorkerClient, url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for change in ("short DROP DEFAULT", "whole SET DEFAULT 1", "at DROP DEFAULT"):
            connection.exec_driver_sql(f"ALTER TABLE t ALTER {change}")
    engine.dispose()
    facts = await client.request(protocol.GatherFacts())
    assert missed(facts.models, facts.database) == {
        "server-default-missed": "The models give server defaults that the database has not: "
        "t.short ('50% of it''s'), t.whole ('0' instead of 1), t.at (now())."
    }


async def test_defaults_are_left_to_alembic_where_it_compares_them(
    client: WorkerClient, empty_project: AlembicProject
) -> None:
    env = empty_project.root / "alembic" / "env.py"
    compared = "target_metadata=metadata, compare_server_default=True"
    env.write_text(env.read_text().replace("target_metadata=metadata", compared))
    facts = await client.request(protocol.GatherFacts())
    assert {column.default for table in facts.models.tables for column in table.columns} == {None}
