"""Tenants in schemas of one database, each with a version table of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from opsmig_tui.demo import server as embedded
from tests.cli.conftest import call
from tests.support.projects import AlembicProject

ENV = """\
from alembic import context
from sqlalchemy import MetaData, create_engine, text

engine = create_engine({url!r})
for tenant in context.get_x_argument(as_dictionary=True).get("tenants", "acme,globex").split(","):
    with engine.connect() as connection:
        connection.execute(text(f"SET search_path TO {{tenant}}"))
        connection.commit()
        connection.dialect.default_schema_name = tenant
        context.configure(
            connection=connection, target_metadata=MetaData(), version_table_schema=tenant,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
"""


@pytest.fixture
def tenants(
    postgres: embedded.Server,
    role_password: str,
    database_names: Iterator[str],
    empty_project: AlembicProject,
) -> Iterator[AlembicProject]:
    name = next(database_names)
    embedded.create_database(postgres, name)
    with postgres.connect(name) as connection:
        for schema in ("acme", "globex"):
            connection.execute(f"CREATE SCHEMA {schema} AUTHORIZATION ops".encode())
    env = empty_project.root / "alembic" / "env.py"
    env.write_text(ENV.format(url=postgres.url(name, role_password)))
    empty_project.revision(
        "a1", upgrade='op.create_table("vendor", sa.Column("id", sa.Integer))',
        downgrade='op.drop_table("vendor")',
    )  # fmt: skip
    yield empty_project
    with postgres.connect() as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_each_tenant_has_a_position_and_gets_the_same(tenants: AlembicProject) -> None:
    where = ("-C", str(tenants.root), "--python", "opsmig")

    def positions() -> dict[str, list[str]]:
        found = json.loads(call("status", *where, "--json").output)["databases"]
        return {one["version_table"]: one["current"] for one in found}

    done = call("upgrade", *where, "-x", "tenants=acme", "--yes")
    assert done.exit_code == 0, done.output
    assert positions() == {"acme.alembic_version": ["a1"], "globex.alembic_version": []}
    done = call("upgrade", *where, "--yes")
    assert done.exit_code == 0, done.output
    assert set(map(tuple, positions().values())) == {("a1",)}
