"""What depends on a table, a column or an enum's value, asked of a real PostgreSQL."""

from __future__ import annotations

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import LiveObject
from tests.worker.live.asker import DATABASE, Asker


def test_an_enum_value_in_use(db: Asker) -> None:
    answer = db.ask("enum_used", "state", value="closed")
    assert answer.number == 3
    found = {item.name: item.rows for item in answer.objects}
    assert found == {"state": 1, "states": 1, "also": 1}
    assert {(item.kind, item.schema, item.table) for item in answer.objects} == {
        ("column", "ops", "vendor")
    }


DEPENDENT = {
    (): {
        *("view named", "view counted", "materialized view kept", "function nicknames"),
        "foreign key clause_agreement_fkey",
    },
    ("nickname",): {
        *("view named", "function nicknames", "trigger on_nickname", "index lowered"),
    },
    ("vendor_id",): {"materialized view kept", "policy own"},
    ("part",): {"generated column doubled"},
    ("id",): {"view named", "foreign key clause_agreement_fkey"},
    ("parent",): set(),
}


@pytest.mark.parametrize("columns", DEPENDENT)
def test_what_depends_on_a_table_or_a_column(
    db: Asker, postgres: embedded.Server, columns: tuple[str, ...]
) -> None:
    answer = db.ask("dependents", "agreement", *columns)
    assert {f"{item.kind} {item.name}" for item in answer.objects} == DEPENDENT[columns]
    blocking = [item for item in answer.objects if item.blocks]
    assert answer.number == len(blocking)
    # The server refuses the drop exactly where something blocks.
    import psycopg

    drop = f"ALTER TABLE ops.agreement DROP {columns[0]}" if columns else "DROP TABLE ops.agreement"
    with postgres.connect(DATABASE) as connection, connection.transaction(force_rollback=True):
        try:
            connection.execute(drop.encode())
        except psycopg.errors.DependentObjectsStillExist:
            assert blocking
        else:
            assert not blocking


OF_TYPE = ("view", "materialized view", "function", "trigger", "policy", "generated column")


"""As review/rules/live_data.py has them: the worker's answer is the tool's to read."""


@pytest.mark.parametrize("columns", [columns for columns in DEPENDENT if columns])
def test_what_stands_in_the_way_of_another_type(
    db: Asker, postgres: embedded.Server, columns: tuple[str, ...]
) -> None:
    import psycopg

    (column,) = columns
    answer = db.ask("dependents", "agreement", column)
    blocking = [item for item in answer.objects if item.kind in OF_TYPE]
    wanted = "varchar(5000)" if column == "nickname" else "bigint"
    change = f"ALTER TABLE ops.agreement ALTER {column} TYPE {wanted}"
    with postgres.connect(DATABASE) as connection, connection.transaction(force_rollback=True):
        refused = False
        try:
            connection.execute(change.encode())
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.SyntaxError):
            refused = True
        assert refused == bool(blocking)


def test_children_block_a_table(db: Asker) -> None:
    assert db.ask("dependents", "base").objects == (LiveObject("table", "child", "ops"),)
