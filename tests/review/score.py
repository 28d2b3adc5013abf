"""`uv run python -m tests.review.score [--mistakes]`: precision and recall on the labelled set,
beside alembic-guard, lockcheck and squawk on the same files in the same run, over both directions
and over upgrade() alone (the others mean it first of all).

Recall: of the lines where something must be found, on how many something was. Precision: of the
lines where something was found, how many are labelled at all. Ours is counted twice: by line as
theirs, and by rule and line. Peers name hazards differently, so any finding of theirs on a labelled
line counts as right, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import click

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts
from tests.review import peers
from tests.review.labelled import Labelled, labelled


@dataclass(frozen=True)
class Score:
    name: str
    right: int
    found: int
    hit: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.wanted if self.wanted else 1.0


def ours(case: Labelled) -> set[tuple[str, int]]:
    """Errors and warnings, from the text alone."""
    review = review_source(case.path, case.path.read_bytes(), Facts())
    return {(f.rule, f.line) for f in review.findings if f.severity != "note"}


def by_line(name: str, cases: list[Labelled], found: peers.Places) -> Score:
    must = {(case.path, line) for case in cases for _, line in case.must}
    known = must | {(case.path, line) for case in cases for _, line in case.may}
    return Score(name, len(found & known), len(found), len(found & must), len(must))


def upward(name: str, cases: list[Labelled], found: peers.Places) -> Score:
    """The same, of lines above downgrade() only."""
    ends = {case.path: case.downgrade_line for case in cases}
    kept = [
        replace(
            case,
            must=frozenset(item for item in case.must if item[1] < ends[case.path]),
            may=frozenset(item for item in case.may if item[1] < ends[case.path]),
        )
        for case in cases
    ]
    return by_line(name, kept, {place for place in found if place[1] < ends[place[0]]})


def scores() -> list[Score]:
    cases = list(labelled())
    mine = {case.path: ours(case) for case in cases}
    rules = {(path, *item) for path, items in mine.items() for item in items}
    must = {(case.path, *item) for case in cases for item in case.must}
    known = must | {(case.path, *item) for case in cases for item in case.may}
    strict = Score(
        "opsmig, rule and line", len(rules & known), len(rules), len(rules & must), len(must)
    )
    lines = {(path, line) for path, _, line in rules}
    paths = [case.path for case in cases]
    found = {
        "opsmig": lines,
        "alembic-guard": peers.alembic_guard(paths),
        "lockcheck": peers.lockcheck(paths),
        "squawk": peers.squawk(paths),
    }
    both = [by_line(name, cases, places) for name, places in found.items()]
    up = [upward(f"{name}, upgrade()", cases, places) for name, places in found.items()]
    return [strict, *both, *up]


@click.command()
@click.option("--mistakes", is_flag=True, help="What we miss and what we say too much.")
def main(mistakes: bool) -> None:
    cases = list(labelled())
    click.echo(f"{len(cases)} migrations, {sum(case.clean for case in cases)} of them clean\n")
    for case in cases if mistakes else ():
        found = ours(case)
        for rule, line in sorted(case.must - found):
            click.echo(f"missed    {case.name}:{line} {rule}")
        for rule, line in sorted(found - case.must - case.may):
            click.echo(f"too much  {case.name}:{line} {rule}")
    if not mistakes:
        click.echo(f"{'':24}{'precision':>10}{'recall':>10}{'findings':>10}")
        for score in scores():
            numbers = f"{score.precision:>10.2f}{score.recall:>10.2f}{score.found:>10}"
            click.echo(f"{score.name:24}{numbers}")


if __name__ == "__main__":
    main()
