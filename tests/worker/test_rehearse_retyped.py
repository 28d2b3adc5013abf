"""Values that a new type of their column changes: counted before against after, either way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import Retyped
from tests.worker.rehearsals import Case, Outcome, project_at_head, rehearse_all

# A table of each case's own, made in the first step; column `v` of type, its values, the statement.
# Then: of how many values that were there how many are not the same; None where not comparable.
CASES: dict[str, tuple[str, str, str, tuple[int | None, int | None]]] = {
    "text cut off": (
        "text", "('abcdef'), ('abc'), (NULL)", "varchar(3) USING v::varchar(3)", (2, 1),
    ),
    "text that is longer now": ("varchar(3)", "('abc'), ('ab')", "text", (2, 0)),
    "blanks at the end": ("text", "('a  '), ('b')", "char(5)", (2, 1)),
    "scale": ("numeric(10, 3)", "(1.500), (1.25)", "numeric(10, 1)", (2, 1)),
    "fractions": ("numeric", "(1), (2.5)", "integer", (2, 1)),
    "a larger integer": ("integer", "(1), (2147483647)", "bigint", (2, 0)),
    "a smaller integer": ("bigint", "(1), (-5)", "integer", (2, 0)),
    "single precision": ("float8", "(0.5), (0.1)", "real", (2, 1)),
    "time of the day": (
        "timestamptz", "('2020-01-01 00:00'), ('2020-01-01 10:00')", "date", (2, 1),
    ),
    "microseconds": (
        "timestamp", "('2020-01-01 00:00:00.5'), ('2020-01-01')", "timestamp(0)", (2, 1),
    ),
    "text as an enum": (
        "text", "('open'), ('odd'), ('shut')",
        "ops.retyped_state USING CASE v WHEN 'odd' THEN 'open' ELSE v END::ops.retyped_state",
        (3, 1),
    ),
    "an enum as text": ("ops.retyped_state", "('open')", "text USING v::text", (1, 0)),
    "text as a number": ("text", "('007'), ('8')", "integer USING v::integer", (2, 0)),
    "text as a shorter number": (
        "text", "('1.25'), ('8')", "numeric(3, 1) USING v::numeric", (2, 1),
    ),
    "text as a moment": ("text", "('2020-01-01')", "timestamptz USING v::timestamptz", (1, 0)),
    "a number as yes or no": ("integer", "(0), (1), (5)", "boolean USING v > 0", (3, 1)),
    "json": ("json", """('{"a" : 1}'), ('[1]')""", "jsonb", (2, 0)),
    "an array": ("text[]", "('{abc,d}'), ('{d}')", "varchar(1)[] USING v::varchar(1)[]", (2, 1)),
    "something else altogether": ("integer", "(7), (8)", "date USING current_date - v", (2, 2)),
    "several statements": ("text", "('abc')", "varchar(5); SELECT 1", (None, None)),
    "a name with a percent sign": ("text", "('a%b')", 'varchar(5), ALTER "100%" TYPE text', (1, 0)),
}  # fmt: skip
LARGE = 60_000
STATE = "CREATE TYPE ops.retyped_state AS ENUM ('open', 'shut')"


def statements(table: str, type_: str, values: str, change: str) -> str:
    made = f'CREATE TABLE {table} (gone int, v {type_}, "100%" varchar(9))'
    told = (made, f"INSERT INTO {table} (v) VALUES {values}", f"ALTER TABLE {table} DROP gone",
            f"-- why\nALTER TABLE {table} ALTER COLUMN v TYPE {change}")  # fmt: skip
    return "\n".join(f"op.get_bind().exec_driver_sql({one.replace('%', '%%')!r})" for one in told)


TABLES = {name: f"ops.retyped_{number}" for number, name in enumerate(CASES)}
SAMPLED = f"""
op.execute("CREATE TABLE ops.large (id int PRIMARY KEY, v int)")
op.execute("INSERT INTO ops.large SELECT n, n FROM generate_series(1, {LARGE}) n")
op.execute("ALTER TABLE ops.large ALTER id TYPE bigint, ALTER v SET DATA TYPE text USING (v / 2)")
"""
UP = (f'op.execute("{STATE}")', *(statements(TABLES[n], *one[:3]) for n, one in CASES.items()))
DOWN = [f'op.execute("DROP TABLE {name}")' for name in (*TABLES.values(), "ops.large")]
WIDER = 'op.execute("ALTER TABLE ops.vendor ALTER name TYPE text")'
SHORTER = 'op.execute("ALTER TABLE ops.vendor ALTER name TYPE varchar(200) USING left(name, 3)")'
CASE = Case(
    "\n".join((*UP, SAMPLED, WIDER)),
    "\n".join((*DOWN, 'op.execute("DROP TYPE ops.retyped_state")', SHORTER)),
)


@pytest.fixture(scope="module")
def found(
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    head_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("retyped")
    with project_at_head(postgres, role_password, files_template, head_template, folder) as sample:
        yield rehearse_all(sample, {"all": CASE})["all"]


def retyped(found: Outcome, table: str, leg: int = 0) -> list[Retyped]:
    assert found.untouched
    assert found.legs[leg].outcome == "ok", found.legs[leg].failed
    told = [item for one in found.legs[leg].statements for item in one.retyped]
    return [item for item in told if item.relation == table]


@pytest.mark.parametrize("name", CASES)
def test_values_that_are_not_the_same(found: Outcome, name: str) -> None:
    one = retyped(found, TABLES[name])[0]
    assert (one.column, one.sampled) == ("v", False)
    assert (one.values, one.changed) == CASES[name][3], one
    assert bool(one.problem) is (one.values is None)


def test_a_downgrade_is_counted_as_well(found: Outcome) -> None:
    (up,), (down,) = (retyped(found, "ops.vendor", leg) for leg in (0, 1))
    assert up.values == down.values
    assert (up.changed, down.changed) == (0, down.values)
    statement = found.legs[0].statements[-1]
    assert statement.retyped == (up,)
    assert statement.work == ()  # what we read for it is not the migration's


def test_a_large_table_is_sampled_and_says_so(found: Outcome) -> None:
    key, value = retyped(found, "ops.large")
    assert key.sampled
    assert value.sampled
    assert key.values == value.values == LARGE // 3
    assert (key.changed, value.changed) == (0, value.values)
