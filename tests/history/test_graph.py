"""Order, problems, lanes, targets and the printed text, on histories small enough to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.history.lanes import MOST_LANES, layout
from opsmig_tui.history.model import NODE, History, HistoryProblem, Revision
from opsmig_tui.history.order import newest_first, parent_ids
from opsmig_tui.history.problems import find_problems
from opsmig_tui.history.ranges import select_range
from opsmig_tui.history.reader import read_history
from opsmig_tui.history.targets import resolve
from opsmig_tui.history.text import dump
from opsmig_tui.project.errors import OpsmigError


def rev(
    revision: str, down: str = "", depends: str = "", label: str = "", date: str = ""
) -> Revision:
    return Revision(
        revision,
        tuple(down.split()),
        Path(f"/v/{revision}.py"),
        message=f"do {revision}",
        date=date,
        depends_on=tuple(depends.split()),
        branch_labels=tuple(label.split()),
        docstring=f"do {revision}\n\nRevision ID: {revision}",
    )


def history(*revisions: Revision) -> History:
    order, cycle = newest_first(revisions, parent_ids(revisions))
    return History(order, tuple(find_problems(order, cycle)))


def drawn(of: History) -> str:
    rows = (f"{row.cells.replace(NODE, '●')} {row.revision}" for row in layout(of))
    return "\n".join(rows)


MERGED = history(
    rev("aaaa1", date="1"),
    rev("bbbb2", "aaaa1", date="2"),
    rev("cccc3", "bbbb2", date="3"),
    rev("dddd4", "bbbb2", date="4"),
    rev("eeee5", "cccc3 dddd4", date="5"),
    rev("ffff6", "eeee5", date="6"),
)


def test_a_branch_and_its_merge() -> None:
    assert drawn(MERGED) == ("●  ffff6\n●─╮  eeee5\n│ ●  dddd4\n● │  cccc3\n●─╯  bbbb2\n●  aaaa1")
    assert MERGED.heads == ("ffff6",)
    assert MERGED.bases == ("aaaa1",)
    assert MERGED.problems == ()


def test_lanes_cross_and_join() -> None:
    made = history(
        *(rev("a", date="0"), rev("b", "a", date="2"), rev("c", "a", date="3")),
        *(rev("d", "a", date="4"), rev("e", "b c d", date="5"), rev("f", "a", date="6")),
        *(rev("g", "e f", date="7"), rev("h", "c", date="8")),
    )
    assert drawn(made) == (
        "●  h\n│ ●─╮  g\n│ │ ●  f\n├─●─│─╮  e\n│ │ │ ●  d\n● │ │ │  c\n│ ● │ │  b\n●─┴─┴─╯  a"
    )


def test_a_tip_below_a_base_does_not_seem_its_parent() -> None:
    made = history(rev("a"), rev("b", "a", date="2"), rev("x"), rev("y", "x", date="1"))
    assert drawn(made) == "●  b\n●  a\n  ●  y\n  ●  x"


def test_very_many_lanes_stay_on_the_screen() -> None:
    many = history(rev("base"), *(rev(f"r{number:05}", "base") for number in range(2000)))
    rows = layout(many)
    assert len(rows) == 2001
    assert max(len(row.cells) for row in rows) == 2 * MOST_LANES
    assert all(row.cells[2 * row.lane] == NODE for row in rows)
    assert rows[1000].cells.startswith("│ │ ")
    assert rows[-1].cells.endswith("┴─╯ ")


def test_a_long_chain_does_not_recurse() -> None:
    chain = [rev("r0"), *(rev(f"r{n}", f"r{n - 1}", date=f"{n:06}") for n in range(1, 5000))]
    made = history(*reversed(chain))
    assert made.revisions[0].revision == "r4999"
    assert {row.cells for row in layout(made)} == {NODE + " "}
    assert len(select_range(made, "-10:r4000")) == 11
    assert len(made.ancestors(("r4999",))) == 5000


def test_siblings_stand_by_date_then_id_however_they_are_read() -> None:
    items = [rev("a"), rev("b", "a", date="1"), rev("c", "a", date="2"), rev("d", "a", date="1")]
    assert [x.revision for x in history(*items).revisions] == ["c", "d", "b", "a"]
    assert history(*items) == history(*reversed(items))


def test_a_dependency_stands_below_what_depends_on_it() -> None:
    made = history(
        rev("a"), rev("x", label="search", date="9"), rev("b", "a", depends="search", date="1")
    )
    order = [item.revision for item in made.revisions]
    assert order.index("b") < order.index("x")
    assert made.ancestors(("b",)) == {"a", "b", "x"}
    assert set(made.heads) == {"b", "x"}


@pytest.mark.parametrize(
    ("revisions", "kinds", "named"),
    [
        ([rev("a", "gone")], ["missing-parent"], ("a", "gone")),
        ([rev("a", depends="gone")], ["missing-parent"], ("a", "gone")),
        ([rev("a"), rev("b", "a"), rev("c", "a")], ["multiple-heads"], ("c", "b")),
        ([rev("a"), rev("b", "a"), rev("c", "a", label="x")], [], ()),
        ([rev("a", "b"), rev("b", "a")], ["cycle"], ("a", "b")),
        ([rev("a", "a")], ["cycle"], ("a",)),
        ([rev("r"), rev("a", "b r"), rev("b", "a"), rev("c", "b")], ["cycle"], ("a", "b")),
        ([rev("a"), rev("b", "a", depends="c"), rev("c", "b")], ["cycle"], ("b", "c")),
        ([rev("a", label="x"), rev("b", "a", label="x")], ["duplicate-label"], ("b", "a")),
        ([rev("a-b")], ["unreadable"], ("a-b",)),
        ([], [], ()),
    ],
)
def test_what_alembic_refuses(
    revisions: list[Revision], kinds: list[str], named: tuple[str, ...]
) -> None:
    made = history(*revisions)
    assert [item.kind for item in made.problems] == kinds
    assert not named or made.problems[0].revisions == named
    assert len(made.revisions) == len(revisions)
    assert len(layout(made)) == len(revisions)


def test_a_duplicate_names_both_files_and_the_last_one_counts(tmp_path: Path) -> None:
    for name in ("a_one.py", "b_two.py"):
        (tmp_path / name).write_text("revision = 'x'\ndown_revision = None\n")
    made = read_history([tmp_path])
    assert [item.path.name for item in made.revisions] == ["b_two.py"]
    assert made.problems == (
        HistoryProblem(
            "duplicate-revision",
            "revision x is in two files, a_one.py and b_two.py",
            path=tmp_path / "b_two.py",
            revisions=("x",),
        ),
    )


def test_a_computed_parent_does_not_make_several_heads(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("revision = 'a'\ndown_revision = None\n")
    (tmp_path / "b.py").write_text("revision = 'b'\ndown_revision = before()\n")
    assert read_history([tmp_path]).problems == ()


def test_a_computed_id_may_be_the_parent_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("revision = name()\ndown_revision = None\n")
    (tmp_path / "b.py").write_text("revision = 'b'\ndown_revision = 'a'\n")
    assert read_history([tmp_path]).problems == ()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (":", "ffff6 eeee5 dddd4 cccc3 bbbb2 aaaa1"),
        ("base:head", "ffff6 eeee5 dddd4 cccc3 bbbb2 aaaa1"),
        ("ee:", "ffff6 eeee5"),
        (":bb", "bbbb2 aaaa1"),
        ("cccc3:eeee5", "eeee5 cccc3"),
        ("bbbb2:eeee5", "eeee5 dddd4 cccc3 bbbb2"),
        ("-1:", "ffff6 eeee5"),
        ("-1:bbbb2", "bbbb2 aaaa1"),
        ("-9:bbbb2", "bbbb2 aaaa1"),
        ("-1:current", "cccc3 bbbb2"),
        (":current", "cccc3 bbbb2 aaaa1"),
        ("current:", "ffff6 eeee5 cccc3"),
        ("aaaa1:+1", "bbbb2 aaaa1"),
        (":+2", "bbbb2 aaaa1"),
        ("head-1:heads", "ffff6 eeee5"),
        (" aa : bb ", "bbbb2 aaaa1"),
    ],
)
def test_ranges(spec: str, expected: str) -> None:
    found = select_range(MERGED, spec, ("cccc3",))
    assert " ".join(item.revision for item in found) == expected


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("aaaa1", "is not START:END"),
        ("a:b:c", "is not START:END"),
        ("current:", "needs the database"),
        ("zzzz:", "no revision or branch label 'zzzz'"),
        ("ffff6:aaaa1", "ffff6 is not below its end"),
        ("-2:eeee5", "several ways, cccc3, dddd4"),
        ("bbbb2:+1", "several ways"),
        ("ffff6:+1", "goes past the head"),
    ],
)
def test_a_range_that_cannot_be_told(spec: str, said: str) -> None:
    with pytest.raises(OpsmigError, match=said):
        select_range(MERGED, spec)


def test_a_current_that_no_file_has() -> None:
    with pytest.raises(OpsmigError, match="the database stands on 9999"):
        select_range(MERGED, ":current", ("9999",))
    assert select_range(MERGED, ":current", ()) == ()


def test_a_range_drawn_alone_ends_its_lanes() -> None:
    assert drawn(History(select_range(MERGED, "cccc3:eeee5"))) == "●  eeee5\n●  cccc3"


BRANCHED = history(
    *(rev("abc1"), rev("abc2", "abc1", label="shop"), rev("abd3", "abc1", label="search")),
    rev("abd4", "abd3"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("abc1", "abc1"), ("abd4", "abd4"), ("shop", "abc2"), ("sear", "abd3")),
        *(("shop@head", "abc2"), ("search@head", "abd4"), ("search@head-1", "abd3")),
        *(("abc2-1", "abc1"), ("abd3+1", "abd4"), ("search@abd4", "abd4")),
    ],
)
def test_one_revision_is_named_in_many_ways(text: str, expected: str) -> None:
    assert resolve(BRANCHED, text).revision == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "any of abc2, abc1"),
        ("head", "'head' is ambiguous here: it may be any of"),
        ("heads", "'heads' is ambiguous"),
        ("base", "'base' stands for no revision"),
        ("", "no revision or branch label ''"),
        ("shop@abd4", "on the branch 'shop'"),
        ("nope@head", "no revision or branch label 'nope'"),
    ],
)
def test_a_name_that_is_not_one_revision(text: str, said: str) -> None:
    with pytest.raises(OpsmigError, match=said):
        resolve(BRANCHED, text)


def test_the_plain_text() -> None:
    rows = layout(MERGED)
    lines = dump(MERGED, rows, applied={"aaaa1", "bbbb2", "cccc3"}, current=("cccc3",))
    assert lines == [
        "○  ffff6  6           do ffff6 (head)",
        "○─╮  eeee5  5           do eeee5 (merge)",
        "│ ○  dddd4  4           do dddd4",
        "◉ │  cccc3  3           do cccc3 (current)",
        "●─╯  bbbb2  2           do bbbb2 (branchpoint)",
        "●  aaaa1  1           do aaaa1",
    ]
    assert dump(MERGED, rows, limit=1) == ["•  ffff6  6           do ffff6 (head)", "… 5 more"]
    assert dump(History(), ()) == []


def test_the_verbose_text() -> None:
    lines = dump(BRANCHED, layout(BRANCHED), verbose=True)
    assert "\n".join(lines).endswith(
        "• Rev: abc1 (branchpoint)\nParent: <base>\nBranches into: abd3, abc2\nPath: /v/abc1.py\n\n"
        "    do abc1\n\n    Revision ID: abc1\n"
    )
    assert "Branch names: shop" in lines
