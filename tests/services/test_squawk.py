"""squawk itself on rendered statements, and what of it a review takes over."""

from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts, Finding, Opinion
from opsmig_tui.review.second_opinion import FINER, PLAIN
from opsmig_tui.services import squawk
from opsmig_tui.services.squawk import ask_squawk
from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement

SOURCE = '''\
"""a test"""
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_index("ix", "t", ["a"])  # 10
    op.execute(open("x").read())  # 11
    op.alter_column("t", "a", type_=sa.Text(), existing_type=sa.String(3))  # 12


def downgrade():
    op.drop_table("u")
'''


def statement(sql: str, line: int, autocommit: bool = False) -> RenderedStatement:
    return RenderedStatement(sql, (line,), autocommit)


def places(found: tuple[Opinion, ...]) -> list[tuple[str, int]]:
    """Of those that may count: the rest is style."""
    known = {*PLAIN, *FINER}
    return [(item.rule, item.lines[0]) for item in found if item.rule in known]


async def test_its_lines_are_those_of_the_migration(tmp_path: Path) -> None:
    found = await ask_squawk(
        [
            statement("ALTER TABLE t\n  ADD COLUMN b bigint\n  NOT NULL", 10),
            statement("CREATE INDEX CONCURRENTLY ix ON t (a)", 11, autocommit=True),
            statement("CREATE INDEX CONCURRENTLY iy ON t (a)", 12),
            statement("CREATE TABLE fresh (id bigint); CREATE INDEX iz ON fresh (id)", 13),
        ],
        tmp_path,
        15,
    )
    assert places(found) == [
        ("adding-required-field", 10),
        ("ban-concurrent-index-creation-in-transaction", 12),
    ]
    assert found[0].help


async def test_a_syntax_error_hides_nothing_else(tmp_path: Path) -> None:
    wrong = statement("ALTER TABLE WHERE :x", 11)
    found = await ask_squawk([statement("DROP TABLE t", 10), wrong, wrong], tmp_path)
    assert places(found) == [("ban-drop-table", 10)]
    assert await ask_squawk([], tmp_path) == ()


async def test_the_projects_own_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / ".squawk.toml").write_text('excluded_rules = ["ban-drop-table"]\n')
    assert places(await ask_squawk([statement("DROP TABLE t", 10)], tmp_path)) == []


async def test_without_it_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(squawk.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await ask_squawk([statement("DROP TABLE t", 10)], tmp_path) == ()
    (tmp_path / "squawk").write_text("#!/bin/sh\necho no JSON\n")
    (tmp_path / "squawk").chmod(0o755)
    assert await ask_squawk([statement("DROP TABLE t", 10)], tmp_path) == ()


def reviewed(*opinions: Opinion, ignore: frozenset[str] = frozenset()) -> list[Finding]:
    up = (
        statement("CREATE INDEX ix ON t (a)", 10),
        statement("DROP TABLE gone", 11),
        statement("ALTER TABLE t ALTER COLUMN a TYPE TEXT", 12),
    )
    rendered = RenderedRevision("a1", "", RenderedDirection(up), RenderedDirection())
    facts = Facts(rendered=rendered, opinions=opinions, ignore=ignore)
    found = review_source(Path("a1_test.py"), SOURCE, facts).findings
    return [item for item in found if item.line < 14]


def opinion(rule: str, line: int) -> Opinion:
    return Opinion(rule, "Said of it.", "Do this.", (line,))


def test_one_hazard_is_one_finding_with_the_stronger_evidence() -> None:
    before = {(item.rule, item.line): item.evidence for item in reviewed()}
    assert before["index-not-concurrent", 10] == "static"
    after = reviewed(
        opinion("require-concurrent-index-creation", 10), opinion("ban-drop-table", 11)
    )
    found = {(item.rule, item.line): item.evidence for item in after}
    assert found == {**before, ("index-not-concurrent", 10): "rendered"}


def test_what_our_rules_judge_more_finely_stays_theirs() -> None:
    before = reviewed()
    assert reviewed(opinion("changing-column-type", 12)) == before
    assert reviewed(opinion("prefer-text-field", 12), opinion("no-such-rule", 12)) == before


def test_what_only_squawk_sees_is_said_under_our_id() -> None:
    more = reviewed(opinion("adding-required-field", 12))
    (found,) = [item for item in more if item not in reviewed()]
    assert (found.rule, found.line) == ("not-null-no-default", 12)
    assert found.evidence == "rendered"
    assert found.message == "squawk: said of it."
    assert found.remedy == "Do this."
    assert found.why.endswith(".")
    off = reviewed(opinion("adding-required-field", 12), ignore=frozenset({found.rule}))
    assert found not in off
    subject = replace(opinion("adding-required-field", 12), lines=())
    assert reviewed(subject) == reviewed()


def test_no_rule_is_both_plain_and_finer() -> None:
    assert not PLAIN.keys() & FINER.keys()
