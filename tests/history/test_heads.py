"""Branches moved on top of another head, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.history.heads import only_of, own_heads, parting, plan_move
from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.reader import arranged
from opsmig_tui.project.errors import OpsmigError


def rev(
    name: str, *parents: str, label: str = "", needs: str = "", computed: bool = False
) -> Revision:
    return Revision(
        name,
        parents,
        Path(f"versions/{name}.py"),
        date=name,
        branch_labels=(label,) if label else (),
        depends_on=(needs,) if needs else (),
        computed=computed,
    )


FORK = arranged([rev("a"), rev("m1", "a"), rev("m2", "m1"), rev("o1", "a"), rev("o2", "o1")])


def ids(found: tuple[Revision, ...]) -> list[str]:
    return [item.revision for item in found]


def test_what_only_one_head_has_and_where_they_parted() -> None:
    assert ids(only_of(FORK, "m2", ["o2"])) == ["m1", "m2"]
    assert parting(FORK, ["m2", "o2"]) == ("a",)
    assert parting(arranged([rev("x"), rev("y")]), ["x", "y"]) == ()


def test_the_lowest_gets_the_other_head_and_the_rest_comes_along() -> None:
    move = plan_move(FORK, "m2", "o2")
    assert move.parents == {"m1": ("o2",)}
    assert ids(move.moved) == ["m1", "m2"]
    assert move.after.heads == ("m2",)
    assert not move.after.problems


def test_a_merge_of_the_other_line_half_way_loses_that_parent() -> None:
    history = arranged([*FORK.revisions, rev("m3", "m2", "o1"), rev("m4", "m3")])
    move = plan_move(history, "m4", "o2")
    assert move.parents == {"m1": ("o2",), "m3": ("m2",)}
    assert move.after.heads == ("m4",)


def test_two_lines_that_part_and_meet_move_together() -> None:
    history = arranged(
        [*FORK.revisions, rev("n1", "a"), rev("m3", "m2", "n1", needs="o1"), rev("p", "n1")]
    )
    move = plan_move(history, "m3", "o2")
    assert move.parents == {"m1": ("o2",), "n1": ("o2",)}
    assert move.follow == ("p",)
    assert set(move.after.heads) == {"m3", "p"}


def test_a_base_of_its_own_moves() -> None:
    move = plan_move(arranged([rev("a"), rev("x"), rev("y", "x")]), "y", "a")
    assert move.parents == {"x": ("a",)}


@pytest.mark.parametrize(
    ("extra", "mine", "onto", "reason"),
    [
        ([], "m1", "o2", "m1 is no head"),
        ([], "m2", "m2", "on top of itself"),
        ([rev("m3", "m2", label="reports")], "m3", "o2", "begins the branch 'reports'"),
        ([rev("m3", "m2", computed=True)], "m3", "o2", "works its identifiers out"),
        ([rev("o3", "o2", needs="m1")], "m2", "o3", r"o3 depends on m1 \(depends_on\)"),
        ([rev("m3", "m2", "lost")], "m3", "o2", "m3 stands on lost, which neither head has"),
    ],
)
def test_what_would_not_be_sound_is_refused(
    extra: list[Revision], mine: str, onto: str, reason: str
) -> None:
    history = arranged([*FORK.revisions, *extra])
    with pytest.raises(OpsmigError, match=reason):
        plan_move(history, mine, onto)


def test_a_problem_that_was_there_before_is_no_hindrance() -> None:
    history = arranged([*FORK.revisions, rev("z1", "gone")])
    move = plan_move(history, "m2", "o2")
    assert {problem.kind for problem in move.after.problems} == {"missing-parent", "multiple-heads"}


def test_a_head_is_ones_own_when_all_of_it_is_new_here() -> None:
    def new(*names: str) -> frozenset[Path]:
        return frozenset(Path(f"versions/{name}.py") for name in names)

    assert own_heads(FORK, ["m2", "o2"], new("m1", "m2")) == ("m2",)
    assert own_heads(FORK, ["m2", "o2"], new("m2")) == ()
    assert own_heads(FORK, ["m2", "o2"], None) == ()
    assert own_heads(FORK, ["m2", "o2"], new("m1", "m2", "o1", "o2")) == ("m2", "o2")


def test_no_heads_at_all() -> None:
    with pytest.raises(OpsmigError, match="no head"):
        plan_move(History(), "a", "b")
