"""The graph read from text is the graph alembic itself loads."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from alembic.util.langhelpers import to_tuple
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from opsmig_tui.history.heads import below, only_of, plan_move
from opsmig_tui.history.lanes import layout
from opsmig_tui.history.model import NODE, GraphRow, History
from opsmig_tui.history.ranges import select_range
from opsmig_tui.history.reader import read_history
from opsmig_tui.project.errors import OpsmigError
from tests.history.generated import Made, histories, write
from tests.support.effort import examples

UPWARD = f"{NODE}│╯╰┴┤├┼"


@contextmanager
def both(made: list[Made]) -> Iterator[tuple[History, ScriptDirectory]]:
    with tempfile.TemporaryDirectory() as name:
        versions = Path(name) / "versions"
        write(versions, made)
        yield read_history([versions]), ScriptDirectory(name)


def assert_same_graph(ours: History, theirs: ScriptDirectory) -> None:
    scripts = {script.revision: script for script in theirs.walk_revisions()}
    assert ours.by_id.keys() == scripts.keys()
    assert len(ours.revisions) == len(scripts)
    assert set(ours.heads) == set(theirs.get_heads())
    assert set(ours.bases) == set(theirs.get_bases())
    for item in ours.revisions:
        script = scripts[item.revision]
        assert item.down_revisions == to_tuple(script.down_revision, ())
        assert item.depends_on == to_tuple(script.dependencies, ())
        assert set(item.branch_labels) == set(script._orig_branch_labels)
        assert item.docstring == script.longdoc
        assert item.message == script.doc.partition("\n")[0]
        assert str(item.path) == script.path
        assert set(ours.children.get(item.revision, ())) == set(script.nextrev)
        assert not item.computed


def assert_children_first(history: History) -> None:
    place = {item.revision: index for index, item in enumerate(history.revisions)}
    for item in history.revisions:
        below = history.ancestors((item.revision,)) - {item.revision}
        assert all(place[item.revision] < place[name] for name in below)


@settings(max_examples=examples(40), deadline=None)
@given(histories())
def test_the_graph_is_alembics_own(made: list[Made]) -> None:
    with both(made) as (ours, theirs):
        assert_same_graph(ours, theirs)
        assert_children_first(ours)
        assert not [x for x in ours.problems if x.kind != "multiple-heads"]


COMPUTED = {
    "revision": "revision = {value!r}[::-1][::-1]\n",
    "down_revision": "down_revision = tuple(x for x in {value!r})\n",
    "depends_on": "import os\ndepends_on = os.environ.get('OPSMIG_UNSET', {value!r})\n",
    "branch_labels": "if True:\n    branch_labels = {value!r}\n",
}


@settings(max_examples=60, deadline=None)
@given(histories(most=8), st.data())
def test_what_is_worked_out_at_run_time_is_marked(made: list[Made], data: st.DataObject) -> None:
    """And nothing of the files that are not marked differs from alembic's answer."""
    computed = data.draw(st.lists(st.sampled_from(made), min_size=1, max_size=3, unique=True))
    with tempfile.TemporaryDirectory() as name:
        versions = Path(name) / "versions"
        write(versions, made)
        for item in computed:
            variable = data.draw(st.sampled_from(sorted(COMPUTED)))
            value = {
                "revision": item.revision,
                "down_revision": item.down,
                "depends_on": item.depends,
                "branch_labels": item.labels,
            }[variable]
            with (versions / f"{item.revision}_step.py").open("a") as file:
                file.write("\n" + COMPUTED[variable].format(value=value))
        ours, theirs = read_history([versions]), ScriptDirectory(name)
        scripts = {script.path: script for script in theirs.walk_revisions()}
        assert {str(item.path) for item in ours.revisions} == scripts.keys()
        marked = {item.path.name[:8] for item in ours.revisions if item.computed}
        assert marked == {item.revision for item in computed}
        for item in ours.revisions:
            if not item.computed:
                script = scripts[str(item.path)]
                assert item.revision == script.revision
                assert item.down_revisions == to_tuple(script.down_revision, ())
                assert item.depends_on == to_tuple(script.dependencies, ())
                assert set(item.branch_labels) == set(script._orig_branch_labels)


def test_the_graph_of_optunas_migrations_is_alembics_own() -> None:
    spec = importlib.util.find_spec("optuna")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "storages" / "_rdb" / "alembic"
    ours = read_history([folder / "versions"])
    assert len(ours.revisions) >= 10
    assert not ours.problems
    assert_same_graph(ours, ScriptDirectory(str(folder)))
    assert_children_first(ours)


@settings(max_examples=examples(40), deadline=None)
@given(histories(), st.data())
def test_a_range_is_alembics_own(made: list[Made], data: st.DataObject) -> None:
    """Where alembic answers at all; it fails on some ranges that make sense."""
    ids = [item.revision for item in made]
    labels = [label for item in made for label in item.labels]
    name = st.sampled_from([*ids, *(x[:6] for x in ids), *labels, *(f"{x}@head" for x in labels)])
    start = data.draw(st.one_of(st.sampled_from(["", "base", "-1", "-2", "-30"]), name))
    end = data.draw(st.one_of(st.sampled_from(["", "heads", "head"]), name))
    if start.startswith("-") and end not in ("", "heads", "head"):
        start = ""  # alembic's code counts from the heads here, its documentation from the end
    with both(made) as (ours, theirs):
        try:
            expected = {s.revision for s in theirs.walk_revisions(start or "base", end or "heads")}
        except (CommandError, AssertionError, AttributeError):
            return
        found = select_range(ours, f"{start}:{end}")
        assert {item.revision for item in found} == expected
        assert [x for x in ours.revisions if x in found] == list(found)


@settings(max_examples=examples(40), deadline=None)
@given(histories())
def test_a_prefix_names_what_alembic_says(made: list[Made]) -> None:
    with both(made) as (ours, theirs):
        for item in made:
            for length in (2, 5, 8):
                text = item.revision[:length]
                try:
                    expected = theirs.get_revision(text).revision
                except CommandError:
                    expected = None
                try:
                    found = select_range(ours, f"{text}:{text}")[-1].revision
                except OpsmigError:
                    found = None
                assert found == expected


@settings(max_examples=examples(75), deadline=None)
@given(histories(most=24))
def test_lanes_connect_every_revision_to_its_parents(made: list[Made]) -> None:
    """Follow the drawn lines downwards from each node: they end in exactly its parents."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), made)
        history = read_history([Path(name)])
    rows = layout(history)
    assert [row.revision for row in rows] == [item.revision for item in history.revisions]
    for row in rows:
        assert row.cells.count(NODE) == 1
        assert row.cells.index(NODE) == 2 * row.lane
        assert len(row.cells) % 2 == 0
    for index, item in enumerate(history.revisions):
        reached = set()
        below = rows[index + 1].cells if index + 1 < len(rows) else ""
        for lane in _leaving(rows[index].cells, rows[index].lane, below):
            reached.add(_end_of(rows, index + 1, lane))
        assert reached == set(item.down_revisions)


def _leaving(cells: str, lane: int, below: str) -> set[int]:
    """Lanes that lead down from the node of a row, read off the drawing alone."""
    lanes = {lane} if _sign(below, lane) in UPWARD else set()
    for step in (1, -1):
        at = lane
        while 0 <= (gap := 2 * at + step) < len(cells) and cells[gap] == "─":
            at += step
            if cells[2 * at] in "╮╭┬┤├┼":
                lanes.add(at)
            if cells[2 * at] in "╮╭╯╰┤├":
                break
    return lanes


def _end_of(rows: tuple[GraphRow, ...], index: int, lane: int) -> str | None:
    """The revision a lane runs into from above."""
    for row in rows[index:]:
        sign = _sign(row.cells, lane)
        if sign in (NODE, "╯", "╰", "┴"):
            return row.revision
        if sign not in UPWARD:
            return None
    return None


def _sign(cells: str, lane: int) -> str:
    return cells[2 * lane : 2 * lane + 1] or " "


@settings(max_examples=examples(30), deadline=None)
@given(histories(), st.data())
def test_a_moved_branch_is_sound_to_alembic(made: list[Made], data: st.DataObject) -> None:
    """Its heads are those of before without the one moved onto, and nothing is lost below."""
    labels = {label for item in made for label in item.labels}
    made = [replace(item, labels=(), depends=tuple(set(item.depends) - labels)) for item in made]
    with both(made) as (before, _):
        assume(len(before.heads) > 1)
        mine = data.draw(st.sampled_from(before.heads))
        onto = data.draw(st.sampled_from([head for head in before.heads if head != mine]))
        needed = before.ancestors((onto,))
        if any(item.revision in needed for item in only_of(before, mine, [onto])):
            with pytest.raises(OpsmigError, match="depends on"):
                plan_move(before, mine, onto)
            return
        move = plan_move(before, mine, onto)
    moved = [replace(item, down=move.parents.get(item.revision, item.down)) for item in made]
    with both(moved) as (after, theirs):
        assert_same_graph(after, theirs)
        assert set(theirs.get_heads()) == set(before.heads) - {onto}
        assert after.heads == move.after.heads
        assert below(after, mine) == below(before, mine) | below(before, onto)
