"""What scripts and terminals get."""

from __future__ import annotations

import json

import pytest

from opsmig_tui.review import report
from tests.review.case import Case

CASE = Case(
    "report",
    'op.drop_table("agreement", schema="ops")',
    'op.create_table("agreement", sa.Column("id", sa.Integer()))',
)


def test_json_has_the_documented_shape() -> None:
    found = report.to_json(CASE.review())
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        *("schema_version", "file", "revision", "message", "summary", "findings"),
        *("not_checked", "not_seen", "suppressed", "left_alone"),
    ]
    assert found["schema_version"] == 1
    assert found["file"] == "versions/a1_add.py"
    assert found["revision"] == "a1"
    assert found["summary"] == {
        "text": "drops table agreement",
        "upgrade": ["drops table agreement"],
        "downgrade": ["creates table agreement (1 column)"],
    }
    (finding,) = found["findings"]
    assert finding.pop("message").startswith("Drops table ops.agreement")
    assert finding.pop("why")
    assert finding.pop("remedy")
    assert finding == {
        "rule": "drop-table",
        "severity": "error",
        "line": 19,
        "end_line": 19,
        "column": 4,
        "fixable": False,
        "evidence": "static",
        "live": "",
    }
    assert {"rule": "enum-value-missing", "reason": "no worker"} in found["not_checked"]


def test_text_underlines_what_is_meant() -> None:
    lines = report.to_text(CASE.review()).split("\n")
    at = next(i for i, line in enumerate(lines) if "✖ drop-table:" in line)
    assert lines[at].startswith("a1_add.py:19:5: ✖ drop-table: Drops table ops.agreement")
    assert lines[at + 1] == '    19 │     op.drop_table("agreement", schema="ops")'
    assert lines[at + 2] == "       │     " + "^" * 40
    assert lines[-1] == "✖ 1 error"
    assert any(line.startswith("not checked (no worker): ") for line in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_text_keeps_to_the_width(width: int) -> None:
    body = 'op.drop_table("' + "agreement" + '")'
    text = report.to_text(Case("", body).review(), width)
    assert max(map(len, text.split("\n"))) <= width


def test_nothing_found() -> None:
    text = report.to_text(Case("", "op.execute('SELECT 1')").review())
    assert text.endswith("✓ no findings")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('op.add_column("a", sa.Column("b", sa.Integer()))', "adds column a.b"),
        (
            'op.add_column("a", sa.Column("b", sa.Integer(), nullable=False))',
            "adds column a.b NOT NULL",
        ),
        (
            'op.alter_column("a", "b", type_=sa.String(length=20), nullable=False)',
            "changes a.b to String(length=20) and makes a.b NOT NULL",
        ),
        ('op.alter_column("a", "b", new_column_name="c")', "renames column a.b to c"),
        ('op.rename_table("a", "b")', "renames table a to b"),
        (
            'op.create_index("ix", "a", ["b", "c"], unique=True)',
            "creates unique index ix on a (b, c)",
        ),
        ('op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"])', "adds foreign key fk on a"),
        ("op.execute(\"ALTER TYPE kind ADD VALUE 'x'\")", "adds 'x' to enum type kind"),
        ("op.execute(\"CREATE TYPE kind AS ENUM ('x')\")", "creates enum type kind (x)"),
        ('op.execute("UPDATE a SET b = 1")', "updates all rows of a (b)"),
        ('op.execute("DELETE FROM a WHERE b")', "deletes some rows of a"),
        ('op.execute("TRUNCATE a")', "deletes all rows of a (TRUNCATE)"),
        ('op.execute("CREATE VIEW v AS SELECT 1")', "creates view v"),
        ('op.execute("DO $$ BEGIN NULL; END $$")', "runs SQL: DO $$ BEGIN NULL; END $$"),
        ('op.execute("GRANT SELECT ON a TO b")', "runs SQL: GRANT SELECT ON a TO b"),
        ("fill(op)", "calls fill(op)"),
        ("op.create_view(VIEW)", "calls op.create_view(VIEW)"),
        ('op.execute(f"DROP TABLE {make()}")', "drops table a table named at run time"),
    ],
)
def test_summary_in_words(code: str, words: str) -> None:
    summary = Case("", code).review().summary
    assert summary.text.startswith(words)
