"""Fixed migrations, run: upgraded, downgraded and upgraded again on a real database.

One database for all of them, and alembic itself, driven in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine

from opsmig_tui.demo import server as embedded
from opsmig_tui.review.fixes.planners import RULES
from opsmig_tui.review.rules import ALL
from opsmig_tui.worker.catalog import database_facts
from opsmig_tui.worker.protocol import DatabaseFacts
from tests.review.fixes.pair import Pair, fix
from tests.review.fixes.runs import CASES, EMPTY, Ran
from tests.review.fixes.test_pairs import PAIRS

BY_NAME = {pair.name: pair for pair in PAIRS}
ENV = """
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
ROOT = """
revision = "a0"
down_revision = None


def upgrade():
    pass


def downgrade():
    pass
"""
# Everything that a migration may leave, apart from the order of columns.
SCHEMA = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
  pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'S') AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relnamespace IN ('public'::regnamespace, 'ops'::regnamespace)
  AND c.relname <> 'alembic_version'
UNION ALL SELECT k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid), '', ''
FROM pg_constraint k WHERE k.contype <> 'n' AND k.conrelid <> 0
  AND k.connamespace IN ('public'::regnamespace, 'ops'::regnamespace)
  AND k.conname <> 'alembic_version_pkc'
UNION ALL SELECT 'index', x.relname, pg_get_indexdef(x.oid), i.indisvalid::text, ''
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE x.relnamespace IN ('public'::regnamespace, 'ops'::regnamespace)
  AND x.relname <> 'alembic_version_pkc'
UNION ALL SELECT 'enum', e.enumtypid::regtype::text, e.enumlabel, '', '' FROM pg_enum e
"""


class Database:
    """One database, emptied for each case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def reset(self, *sql: str) -> None:
        self.run(
            "DROP SCHEMA IF EXISTS ops CASCADE; DROP SCHEMA public CASCADE;"
            "CREATE SCHEMA public; CREATE SCHEMA ops",
            *sql,
        )

    def run(self, *sql: str) -> None:
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            for one in sql:
                driver.execute(one)
            driver.commit()

    def schema(self) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return sorted(map(tuple, connection.exec_driver_sql(SCHEMA)), key=str)

    def facts(self) -> DatabaseFacts:
        with self.engine.connect() as connection:
            return database_facts(connection)

    def truth(self, query: str) -> bool:
        with self.engine.connect() as connection:
            return bool(connection.exec_driver_sql(query).scalar())

    def expected(self, *sql: str) -> list[tuple[Any, ...]]:
        self.reset(*sql)
        return self.schema()


@pytest.fixture(scope="module")
def database(postgres: embedded.Server, role_password: str) -> Iterator[Database]:
    embedded.create_database(postgres, "fixed_migrations")
    with postgres.connect("fixed_migrations") as connection:
        connection.execute("ALTER SCHEMA public OWNER TO ops")
    engine = create_engine(postgres.url("fixed_migrations", role_password))
    yield Database(engine)
    engine.dispose()
    with postgres.connect() as connection:
        connection.execute("DROP DATABASE fixed_migrations")


def moved(
    database: Database, how: Callable[[Config, str], None], config: Config, target: str
) -> None:
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        how(config, target)


def migrations(root: Path, text: str) -> Config:
    """The fixed migration on top of revisions that do nothing, as alembic finds them."""
    versions = root / "versions"
    versions.mkdir()
    (root / "env.py").write_text(ENV)
    (versions / "a1_fixed.py").write_text(text)
    names: dict[str, Any] = {}
    for line in text.splitlines():
        if line.startswith("down_revision"):
            exec(line, names)
    parent = names["down_revision"]
    if parent is not None:
        (versions / "a0_root.py").write_text(ROOT.replace('"a0"', repr(parent)))
    config = Config()
    config.set_main_option("script_location", str(root))
    return config


def before(case: Ran, pair: Pair) -> str:
    if not case.down:
        return pair.source(pair.before)
    head, _, _ = pair.source(pair.before).partition("def downgrade():\n")
    return f"{head}def downgrade():\n    {case.down}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pair)
def test_fixed_and_run(case: Ran, database: Database, tmp_path: Path) -> None:
    pair = BY_NAME[case.pair]
    facts = pair.facts
    if case.asked:
        database.reset(case.there)
        facts = replace(facts, database=database.facts())
    text = fix(before(case, pair), pair.rule, pair.value, pair.way, pair.at, facts)
    config = migrations(tmp_path, text)
    up = database.expected(case.there, case.after)
    down = database.expected(case.there, case.back or EMPTY)
    database.reset(case.there)
    assert database.truth(case.kept)
    for _ in range(2):
        moved(database, command.upgrade, config, "head")
        assert database.schema() == up
        assert database.truth(case.kept)
        moved(database, command.downgrade, config, "-1")
        assert database.schema() == down
    assert database.truth(case.kept)


def test_every_rule_with_a_fix_is_run() -> None:
    assert {BY_NAME[case.pair].rule for case in CASES} == RULES & set(ALL)
