"""The engine as a whole: what it refuses, what it leaves out, how findings are merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.engine import NotReviewable, review_source
from opsmig_tui.review.known import known_enums
from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.rules import ALL, check_rule_ids
from tests.review.case import HEADER, Case
from tests.support.timing import at_most

PATH = Path("versions/a1_add.py")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "is empty"),
        (b"  \n\n", "is empty"),
        ("def upgrade(:\n", "line 1: does not parse"),
        ("revision = 1\nx = (\n", "line 2: does not parse"),
        (b"revision = '\xff'\n", "UTF-8"),
        (b"# -*- coding: nonsense -*-\nrevision = 'a'\n", "nonsense"),
        ("import os\n", "no `revision`"),
        ("def revision(): pass\n", "no `revision`"),
        ("revision = '\0'\n", "null byte"),
        ("revision = " + "(" * 5000 + ")" * 5000, "nest"),
        ("revision = 'a'\nx = " + "-" * 60_000 + "1", "nested too deeply"),
        ("\udcff = revision = 'a'", "parse"),
    ],
)
def test_not_reviewable(source: str | bytes, says: str) -> None:
    with pytest.raises(NotReviewable) as caught:
        review_source(PATH, source, Facts())
    message = str(caught.value)
    assert says in message
    assert PATH.name in message
    assert "\n" not in message
    assert caught.value.exit_status == 2


def test_coding_cookie_and_windows_lines() -> None:
    source = "# coding: latin-1\r\nrevision = 'a1'\r\ndown_revision = None\r\n"
    source += 'def upgrade(op):\r\n    op.drop_table("Straße")\r\n'
    review = review_source(PATH, source.encode("latin-1"), Facts())
    assert [(f.rule, f.line) for f in review.findings if f.rule == "drop-table"] == [
        ("drop-table", 5)
    ]
    assert "Straße" in review.findings[-1].message + review.summary.text


def test_spans_are_exact() -> None:
    review = Case("", 'é = 1; op.drop_table(\n    "t")').review()
    (found,) = review.findings
    line = review.source.split("\n")[found.line - 1].encode()
    assert line[found.column :].startswith(b"op.drop_table(")
    assert found.end_line == found.line + 1


def test_repeats_from_one_place_are_counted() -> None:
    review = Case("", 'for t in "abc".split("b") + ["d"]:\n    op.drop_table(t)').review()
    (found,) = review.findings
    assert found.message == "Drops table a with every row in it. (And 2 more from this place.)"


def test_order_and_ignored_rules() -> None:
    body = 'op.create_index("x", "a", ["b"])\nop.drop_table("t")'
    rules = [f.rule for f in Case("", body).review().findings]
    assert rules == ["index-not-concurrent", "no-existence-guard", "drop-table"]
    quiet = Case("", body, facts=Facts(ignore=frozenset({"drop-table"}))).review()
    assert [f.rule for f in quiet.findings] == rules[:2]


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(OpsmigError, match=r"'drop-tabel' in opsmig.toml. Did you mean drop-table"):
        check_rule_ids(["drop-table", "drop-tabel"], "opsmig.toml")
    check_rule_ids(ALL, "here")


def test_not_checked_says_why() -> None:
    column = 'op.add_column("t", sa.Column("k", sa.Enum("a", name="kind")))'
    review = Case("", column, facts=Facts(no_models_reason="m", no_database_reason="d")).review()
    assert set(review.not_checked) == {
        NotChecked("enum-value-missing", "m"),
        NotChecked("constraint-renamed", "m"),
        NotChecked("check-missed", "m"),
        NotChecked("server-default-missed", "m"),
        NotChecked("enum-type-missing", "d"),
        NotChecked("companion-column-missing", "m"),
    }
    later = Case("", "op.execute('SELECT 1')", facts=Facts(is_last_pending=False)).review()
    assert later.not_checked == ()


def test_the_summary_names_schemas_where_there_are_several() -> None:
    one = 'op.drop_column("a", "x", schema="ops")'
    down = 'op.execute("DROP TYPE ops.kind")'
    alone = Case("", one, down).review()
    assert alone.summary.upgrade == ("drops column a.x",)
    assert alone.summary.downgrade == ("drops type kind",)
    assert "Drops column ops.a.x with every value in it." in {f.message for f in alone.findings}
    two = Case("", f"{one}\nop.drop_index('i', 'b', schema='audit')", down).review()
    assert two.summary.upgrade == ("drops column ops.a.x", "drops index i of audit.b")
    assert two.summary.downgrade == ("drops type ops.kind",)


def test_an_empty_downgrade_is_an_error_where_the_schema_changes() -> None:
    def severity(up: str) -> list[str]:
        top = "from .common import Session, repair, build"
        review = Case("", up, "pass", top=top).review()
        return [f.severity for f in review.findings if f.rule == "downgrade-empty"]

    assert severity("op.rename_table('a', 'b')") == ["error"]
    assert severity("build(op)") == ["error"]
    assert severity("op.create_entity(1)") == ["error"]
    assert severity("session = Session(bind=op.get_bind())\nsession.commit()") == ["warning"]
    assert severity("repair(1)") == ["warning"]
    assert severity("op.execute('UPDATE a SET b = 1 WHERE c')") == ["warning"]
    assert severity("op.execute(\"ALTER TYPE k ADD VALUE IF NOT EXISTS 'x'\")") == ["note"]


def test_a_recursive_helper_is_read_once() -> None:
    top = """
    def walk(value, depth):
        return [walk(item, depth - 1) for item in value] + [walk(item, depth - 1) for item in value]
    def prune(table):
        op.execute(f"DELETE FROM {table} WHERE old")
        prune(table)
    """
    review = Case("", "walk(UNKNOWN, 3)\nprune('a')", top=top).review()
    assert review.summary.upgrade == ("deletes some rows of a", "calls itself again")


def test_rules_explain_themselves() -> None:
    for name, rule in ALL.items():
        assert name == rule.id
        assert len(rule.explanation) > 30
        assert rule.category in {
            *("data-loss", "locking", "correctness", "reversibility", "chain", "convention"),
            "suppression",
        }


def test_the_sample_history_is_clean() -> None:
    import opsmig_tui.demo

    versions = Path(opsmig_tui.demo.__path__[0]) / "backend_template" / "main" / "backend"
    files = sorted((versions / "alembic" / "versions").glob("*.py"))
    assert files
    for path in files:
        found = review_source(path, path.read_bytes(), Facts()).findings
        assert {item.severity for item in found} <= {"note"}


def test_ten_thousand_lines_with_as_many_errors() -> None:
    lines = [
        f'    op.add_column("t", sa.Column("c{i}", sa.String(length=20), nullable=False))\n'
        f'    op.drop_column("t", "d{i}")'
        for i in range(5_000)
    ]
    source = HEADER + "def upgrade():\n" + "\n".join(lines) + "\n"
    review = review_source(PATH, source, Facts())
    assert review.count("error") > 9_000


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    op.drop_table('x' + str(op))",
        "x = 'a'\nfor i in range(400):\n    x = x + x\nop.execute(x)",
        "def f():\n    return f() + f()\nf()",
        "def f(n):\n    for i in range(300):\n        f(n)\nf(1)",
        "for a in range(500):\n    for b in range(500):\n        for c in range(500):\n"
        "            op.execute('SELECT 1')",
        "op.execute('%1000000000s' % 'x')\nop.execute('{:>1000000000}'.format('x'))",
        "op.execute('a' * 10 ** 10)",
        "op.execute('(' * 3 + '" + "(" * 50_000 + "')",
        "op.execute('" + "/*" * 50_000 + "')",
        'op.execute("' + "'" * 99_999 + '")',
    ],
)
def test_work_is_bounded(body: str) -> None:
    with at_most(6):
        Case("", body).review()


def test_known_enums() -> None:
    texts = [
        'sa.Enum("a", "b", name="one")',
        "op.execute('CREATE TYPE ops.two AS ENUM (1)')",
        'postgresql.ENUM(\n  Kind,\n  name = "three")',
        "class Kind(Enum): pass",
    ]
    assert known_enums(texts) == {"one", "two", "three"}
