"""Locks of rendered statements."""

from __future__ import annotations

from opsmig_tui.review.statement_locks import statement_locks
from opsmig_tui.worker.protocol import RenderedDirection, RenderedStatement


def locks(*statements: str) -> list[dict[str, str]]:
    direction = RenderedDirection(tuple(RenderedStatement(sql, (1,)) for sql in statements))
    return [{one.table: one.mode for one in held} for held in statement_locks(direction)]


def test_each_statement_has_its_own() -> None:
    assert locks(
        "ALTER TABLE ops.asset ADD COLUMN state TEXT",
        "UPDATE ops.asset SET state = 'x'",
        "CREATE INDEX CONCURRENTLY ix ON asset (state)",
        "SELECT 1",
    ) == [
        {"ops.asset": "ACCESS EXCLUSIVE"},
        {"ops.asset": "ROW EXCLUSIVE"},
        {"asset": "SHARE UPDATE EXCLUSIVE"},
        {},
    ]


def test_a_table_made_here_is_nobodys_yet_but_its_parent_is() -> None:
    assert locks(
        "CREATE TABLE visit (id INT, asset_id INT REFERENCES asset (id))",
        "CREATE INDEX ix_visit ON visit (asset_id)",
        "INSERT INTO visit VALUES (1, 1)",
    ) == [{"asset": "SHARE ROW EXCLUSIVE"}, {}, {}]


def test_what_is_no_sql_takes_none() -> None:
    assert locks("", "ALTER TABLE", "'unended", ";;") == [{}, {}, {}, {}]
