"""Which lines changed, and which words within them."""

from __future__ import annotations

import pytest

from opsmig_tui.ui.panes.review.compare import compare
from opsmig_tui.ui.panes.review.diff import take_apart
from opsmig_tui.ui.panes.review.words import changed_words, pairs
from tests.support.timing import at_most


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("old", "new", "gone", "came"),
    [
        ("    sa.String(40),", "    sa.String(80),", ["40"], ["80"]),
        ('op.drop_column("a", "b")', 'op.drop_column("a", "c")', ["b"], ["c"]),
        ("x = 1", "x = 1  # why", [], ["  # why"]),
        ("    call(a)", "        call(a)", ["    "], ["        "]),
        ("f(old name, and_rest)", "f(new words here, and_rest)", ["old name"], ["new words here"]),
        ("import os", "def upgrade() -> None:", [], []),
        ("", "pass", [], []),
        ("same", "same", [], []),
    ],
)
def test_the_words_that_changed(old: str, new: str, gone: list[str], came: list[str]) -> None:
    left, right = changed_words(old, new)
    assert (marked(old, left), marked(new, right)) == (gone, came)


def test_a_line_too_long_to_read_has_no_marks() -> None:
    assert changed_words("a " * 4_000, "b " * 4_000) == ((), ())


def test_changed_lines_are_paired_in_order_by_what_they_share() -> None:
    old = ["alpha(1)", "beta(2, 3)", "gamma"]
    new = ["unrelated words entirely", "beta(2, 4)", "gamma()"]
    assert pairs(old, new) == [(1, 1), (2, 2)]


def test_blocks_too_large_to_compare_are_paired_line_by_line_or_not_at_all() -> None:
    lines = [f"row({n})" for n in range(100)]
    assert pairs(lines, lines)[:2] == [(0, 0), (1, 1)]
    assert pairs(lines, lines[:99]) == []


def test_compare_of_new_same_and_changed() -> None:
    assert [step.sign for step in compare([], ["a", "b"])] == ["+", "+"]
    assert [step.sign for step in compare(["a"], ["a"])] == [" "]
    changed = compare(["a", "b", "c"], ["a", "x", "c"])
    assert [(s.sign, s.old, s.new) for s in changed] == [
        (" ", 0, 0), ("-", 1, 1), ("+", 2, 1), (" ", 2, 2),
    ]  # fmt: skip


def test_what_stayed_keeps_its_place_on_both_sides() -> None:
    old = ["head", "a(1)", "mid", "b", "tail"]
    new = ["head", "a(2)", "new", "mid", "tail", "end"]
    steps = compare(old, new)
    assert [old[s.old] for s in steps if s.sign != "+"] == old
    assert [new[s.new] for s in steps if s.sign != "-"] == new
    assert all(old[s.old] == new[s.new] for s in steps if s.sign == " ")
    assert [s.marks for s in steps if s.new == 1 and s.sign != " "] == [((2, 3),), ((2, 3),)]


def test_a_changed_migration_of_ten_thousand_lines_is_compared_in_a_second() -> None:
    old = [line for n in range(3_300) for line in (f"    op.execute({n})", "    )", "")]
    new = [line.replace("execute(1", "run(1") for line in old]
    with at_most(1):
        steps = compare(old, new)
    assert [new[s.new] for s in steps if s.sign != "-"] == new


def test_a_unified_diff_is_numbered_on_its_new_side() -> None:
    apart = take_apart(
        "--- a/x.py\n+++ b/x.py\n@@ -3,3 +3,3 @@ class A:\n a\n-b\n+c\n \n\\ No newline\n"
    )
    assert [(row.sign, row.number) for row in apart.rows if row.kind == "code"] == [
        (" ", 3), ("-", None), ("+", 4), (" ", 5),
    ]  # fmt: skip
    assert apart.old.split("\n") == ["a", "b", ""]
    assert apart.new.split("\n") == ["a", "c", ""]


def test_a_unified_diff_marks_its_changed_words() -> None:
    apart = take_apart("@@ -1,2 +1,3 @@\n-x = Column(String(4))\n+x = Column(String(8))\n+y\n z\n")
    assert [row.marks for row in apart.rows if row.kind == "code"] == [
        ((18, 19),), ((18, 19),), (), (),
    ]  # fmt: skip
