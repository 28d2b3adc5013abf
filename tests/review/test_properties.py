"""No input makes the review raise anything but NotReviewable."""

from __future__ import annotations

import cProfile
import random
import re
from pathlib import Path
from textwrap import dedent, indent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmig_tui.review import report
from opsmig_tui.review.engine import NotReviewable, review_source
from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Context, Span
from opsmig_tui.review.sql_reader import read_sql
from opsmig_tui.review.sql_tokens import tokens
from tests.review.case import HEADER, Case
from tests.review.labelled import labelled
from tests.review.real import migrations
from tests.review.test_cases import CASES
from tests.support.effort import examples
from tests.support.timing import at_most

PATH = Path("versions/a1_add.py")
SOURCES = [case.source for case in CASES]
SOURCES += [case.path.read_text("utf-8") for case in labelled()]
REAL = [path.read_text("utf-8") for _, path in migrations()]
# A hang, not slowness: the bench `review-long` holds the figure, on a machine that is idle.
LONGEST_SECONDS = 20.0
RELAXED = settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(100)
)

WORDS = [
    *("CREATE", "TABLE", "DROP", "ALTER", "COLUMN", "ADD", "INDEX", "TYPE", "VALUE", "UNIQUE"),
    *("IF", "NOT", "EXISTS", "NULL", "SET", "DEFAULT", "UPDATE", "DELETE", "FROM", "WHERE"),
    *("CONSTRAINT", "FOREIGN", "KEY", "REFERENCES", "WITH", "AS", "ENUM", "RENAME", "TO", "ON"),
    *("(", ")", ",", ";", "'", '"', "$$", "--", "/*", "*/", ".", "a", "ops.b", "1", "\n", "::"),
]


def reviewed(source: str | bytes) -> None:
    try:
        review = review_source(PATH, source, Facts())
    except NotReviewable as error:
        assert "\n" not in str(error)  # noqa: PT017 - raising is one of two right outcomes
        return
    lines = review.source.count("\n") + 1
    for item in review.findings:
        assert 1 <= item.line <= max(item.end_line, item.line) <= lines
        assert item.message
        assert item.why
        assert item.remedy
    assert report.to_text(review, 20)
    assert report.to_json(review)["revision"] == review.revision


@RELAXED
@given(st.one_of(st.text(), st.binary()))
def test_any_text(source: str | bytes) -> None:
    reviewed(source)
    if isinstance(source, str):
        reviewed(HEADER + source)


@RELAXED
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_sql(sql: str) -> None:
    found = read_sql(sql, lambda start, end: Span(1, start, 1, end), Context())
    assert all(0 <= item.span.column <= item.span.end_column <= len(sql) for item in found)


@RELAXED
@given(st.text(alphabet="aE'\"$/*-;\n\\_1 \ufffc"))
def test_tokens_cover_the_text_in_order(sql: str) -> None:
    at = 0
    for token in tokens(sql):
        assert at <= token.start < token.end <= len(sql)
        at = token.end


@settings(RELAXED, max_examples=examples(150))
@given(st.integers(0, 2**32))
def test_mutated_migrations(seed: int) -> None:
    """Cases and real migrations with a line dropped, doubled, moved or cut."""
    chance = random.Random(seed)
    sources = chance.choice((SOURCES, REAL))
    lines = chance.choice(sources).split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        change = chance.randrange(4)
        if change == 0:
            del lines[at : at + chance.randint(1, 3)]
        elif change == 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at])
        elif change == 2:
            lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
        else:
            other = chance.choice(sources).split("\n")
            lines[at:at] = other[15 : 15 + chance.randint(0, 10)]
        lines = lines or [""]
    reviewed("\n".join(lines))


@settings(RELAXED, max_examples=examples(100))
@given(st.integers(0, 2**32))
def test_mutated_tokens(seed: int) -> None:
    """Real migrations that still parse as a rule: names, numbers and texts put in each other's
    place."""
    chance = random.Random(seed)
    source = chance.choice(REAL)
    words = list(re.finditer(r"[A-Za-z_]\w*|\d+|'[^'\n]*'|\"[^\"\n]*\"", source))
    for _ in range(chance.randint(1, 6)):
        one, other = chance.choice(words), chance.choice(words)
        source = source.replace(one.group(), other.group(), chance.choice((1, -1)))
    reviewed(source)


def _quick(source: str) -> None:
    with at_most(LONGEST_SECONDS):
        reviewed(source)


def long_migration(count: int) -> str:
    """So many lines and some more of everything that migrations are made of: every case's body,
    over and over."""
    bodies = [dedent(case.up).strip("\n") for case in CASES if not case.whole]
    lines: list[str] = []
    while len(lines) < count:
        for body in bodies:
            lines += body.split("\n")
    return f"{HEADER}\n\ndef upgrade():\n{indent(chr(10).join(lines), '    ')}\n"


def test_two_thousand_lines() -> None:
    """Ten thousand are the bench's: review-long."""
    _quick(long_migration(2_000))


def _calls(source: str) -> int:
    """How many calls of functions a review makes: the same on every machine."""
    profile = cProfile.Profile()
    profile.runcall(review_source, PATH, source, Facts())
    return sum(entry.callcount for entry in profile.getstats())


def test_work_grows_with_the_lines_and_no_faster() -> None:
    """A rule that goes through every operation for every operation makes it 1.2 times and more."""
    short, long = long_migration(1_500), long_migration(4_500)
    _calls(SOURCES[0])  # what is worked out once and kept
    more_lines = long.count("\n") / short.count("\n")
    assert more_lines > 2
    assert _calls(long) / _calls(short) < 1.1 * more_lines


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(10**9): op.drop_column('a', f'c{i}')",
        "while True: op.drop_column('a', 'b')",
        "x = 'a' * 10**9\n    op.execute(x)",
        "x = ['a'] * 10**9\n    op.execute(x[0])",
        "x = 'ab'\n    for i in range(400):\n        x = x + x\n    op.execute(x)",
        "x = []\n    for i in range(400):\n        x = [x, x]\n    op.execute(str(x))",
        "x = ['a']\n" + "    x = x + x\n" * 60 + "    op.execute(','.join(x))",
        "x = ['a']\n" + "    x = list(zip(x, x))\n" * 60 + "    op.execute(str(x))",
        "x = 'a'\n" + "    x = x + x\n" * 18 + "    op.execute(x.replace('a', x))",
        "x = 'a'\n" + "    x = x + x\n" * 18 + "    op.execute(x.join(x.split('a')))",
        "x = 'a'\n" + "    x = x + x\n" * 18 + "    op.execute('" + "%s" * 9_000 + "' % ([x] * 9))",
        "x = '{0}" + "{0}" * 50_000 + "'\n    op.execute(x.format(x))",
        "x = 0x" + "F" * 9_000 + "\n    op.execute(f'DROP TABLE t{x}')",
        "x = 'SELECT 1" + ", 1" * 90_000 + "'\n    for i in range(500): op.execute(x)",
        "op.execute(" + "(" * 90 + "'x'" + ")" * 90 + ")",
        "op.execute('" + "(" * 100_000 + "')",
        "op.execute('CREATE TABLE t (" + "a int, " * 20_000 + "b int)')",
        "op.execute('" + "ALTER TABLE a ADD b int;" * 2_000 + "')",
    ],
)
def test_texts_that_ask_for_the_world(body: str) -> None:
    _quick(f"{HEADER}\n\ndef upgrade():\n    {body}\n")


def test_a_rename_is_found_whatever_the_order() -> None:
    add = 'op.add_column("a", sa.Column("nick_name", sa.String()))'
    drop = 'op.drop_column("a", "nickname")'
    for body in (f"{add}\n{drop}", f"{drop}\n{add}"):
        rules = [item.rule for item in Case("", body).review().findings]
        assert rules == ["rename-as-drop-add-column"]
