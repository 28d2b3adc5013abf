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

metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s", "pk": "pk_%(table_name)s"})
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
    Column("parent", ForeignKey("t.id", name="t_parent_fkey", ondelete="CASCADE")),
    UniqueConstraint("whole", "big", name="uq_two"),
    Index("ix_short", "short"),
    Index("ix_part", "whole", postgresql_where=text("whole > 0")),
    Index("ix_lower", "kind", func.lower(column("quoted"))),
    Index("ix_down", text("exact DESC")),
    *(CheckConstraint(sql, name=f"ck_{at}") for at, sql in enumerate(CONDITIONS)),
)
t = metadata.tables["t"]
t.append_constraint(CheckConstraint(t.c.whole > 3, name="ck_column"))
t.append_constraint(CheckConstraint(t.c.short.in_(["a", "50%"]), name="ck_in"))
t.append_constraint(CheckConstraint(and_(t.c.no, t.c.kind == "new"), name="ck_and"))
'''
CONDITIONS = (
    "whole > 0 AND big >= whole",
    "whole != -1 OR exact < -1.50",
    "short IN ('a', 'b''s', '50%')",
    "fixed IN ('a', 'b')",
    "short NOT IN ('x')",
    "whole NOT IN (1, 2)",
    "whole = ANY (ARRAY[1, 2])",
    "exact BETWEEN 1 AND 2.50",
    "whole NOT BETWEEN 3 AND '7'",
    "float_ > 1.0 AND float_ < 1e3 AND exact <= 7",
    "short LIKE 'a%' AND quoted NOT ILIKE '%b_' AND short ~ '^[a-z]+$' AND quoted !~* 'x'",
    "short LIKE 'a$%' ESCAPE '$'",
    "quoted SIMILAR TO 'a|b'",
    "yes IS TRUE AND no IS NOT FALSE AND yes = 't'",
    "yes AND NOT no",
    "short IS NOT NULL AND quoted IS NULL OR NOT (whole IS NULL)",
    "length(short) > 3 AND char_length(quoted) <= 10 AND character_length(short) < 99",
    "lower(short) = short AND upper(fixed) <> 'ab' AND abs(whole) < 7",
    "coalesce(short, '') <> '' AND coalesce(whole, 0) > -1",
    "quoted = trim(both ' ' from quoted) AND position('a' in quoted) = 0",
    "whole % 2 = 0 AND whole * 2 + 1 < big / 3 - 4",
    "day > '2020-1-1' AND at < '2030-01-01 00:00:00+00'",
    "day > DATE '2020-01-01' AND span > '90 minutes'",
    "extract(year from day) > 2000 AND date_part('month', day) < 13",
    "day + 1 < CURRENT_DATE",
    "kind = 'new' OR kind IN ('new', 'it''s')",
    "doc ->> 'a' = 'x' AND doc ? 'b' AND doc -> 'c' IS NOT NULL",
    "'new' = ANY (kinds) AND cardinality(kinds) > 0 AND kinds[1] = 'new'",
    "CASE WHEN whole > 1 THEN short = 'x' ELSE quoted = 'y' END",
    "CAST(whole AS text) <> '7' AND whole::bigint > 5",
    "(whole, big) > (1, 2) AND num_nonnulls(short, quoted) = 1",
    "short COLLATE \"C\" > 'a' AND short || quoted <> 'ab'",
    "short IS DISTINCT FROM quoted AND whole ISNULL",
    r"quoted ~ '^\d+\.\d$'",
    "uid <> '00000000-0000-0000-0000-000000000000'",
    "exact = 1000000.00 AND exact <> .5 AND big < 9999999999",
    "whole BETWEEN SYMMETRIC 5 AND 1",
    "((((whole)) > ((0))))",
)


@pytest.fixture(scope="module")
def url(postgres: embedded.Server, role_password: str) -> str:
    embedded.create_database(postgres, DATABASE)
    return postgres.url(DATABASE, role_password)


@pytest.fixture
def client(empty_project: AlembicProject, url: str, start: Start) -> WorkerClient:
    """A worker on a project whose models are in the database."""
    root = empty_project.root
    models = f"CONDITIONS = {CONDITIONS!r}\n{MODELS}"
    (root / "models.py").write_text(models)
    env = root / "alembic" / "env.py"
    text = env.read_text().replace("target_metadata=MetaData()", "target_metadata=metadata")
    env.write_text(f"from models import metadata\n{text}")
    ini = root / "alembic.ini"
    ini.write_text(ini.read_text().replace("sqlite:///%(here)s/test.db", url.replace("%", "%%")))
    names: dict[str, Any] = {}
    exec(models, names)
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
        if found.rule.endswith("-missed") or found.rule == "constraint-renamed"
    }


async def test_what_was_made_of_the_models_differs_in_nothing(
    client: WorkerClient, url: str
) -> None:
    facts = await client.request(protocol.GatherFacts())
    assert (facts.models_problem, facts.database_problem) == ("", "")
    assert facts.models.conventions == {
        "unique": "uq_%(table_name)s",
        "primary": "pk_%(table_name)s",
    }
    (table,) = facts.models.tables
    unknown = {column.name for column in table.columns if column.default is None}
    assert unknown == {"counted", "doubled"}
    assert missed(facts.models, facts.database) == {}


async def test_what_was_changed_since_is_found(client: WorkerClient, url: str) -> None:
    alter(url, "ALTER short DROP DEFAULT", "ALTER whole SET DEFAULT 1", "ALTER at DROP DEFAULT")
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


async def test_checks_that_were_changed_since_are_found(client: WorkerClient, url: str) -> None:
    new = {"0": "whole > 1 AND big >= whole", "2": "short IN ('a', '50%%')", "in": "short = 'a'"}
    for name, condition in new.items():
        alter(url, f"DROP CONSTRAINT ck_{name}", f"ADD CONSTRAINT ck_{name} CHECK ({condition})")
    facts = await client.request(protocol.GatherFacts())
    assert missed(facts.models, facts.database) == {
        "check-missed": "CHECK ck_0 of t, ck_2 of t, ck_in of t say something else in the models "
        "than in the database."
    }


async def test_names_that_were_changed_since_are_found(client: WorkerClient, url: str) -> None:
    alter(url, "RENAME CONSTRAINT t_parent_fkey TO fk_parent")
    alter(url, "RENAME CONSTRAINT uq_two TO t_two_key")
    for name in ("ix_part", "ix_lower", "ix_down"):
        alter(url, f"RENAME TO {name}_old", what=f"INDEX {name}")
    facts = await client.request(protocol.GatherFacts())
    assert missed(facts.models, facts.database) == {
        "constraint-renamed": "2 constraints have another name in the database than in the models: "
        "fk_parent (t_parent_fkey in the models; score 0.93, both are over parent, both point to "
        "t, the names are alike), t_two_key (uq_two in the models; score 0.90, both are over "
        "whole, big)."
    }


def alter(url: str, *changes: str, what: str = "TABLE t") -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER {what} {', '.join(changes)}")
    engine.dispose()
