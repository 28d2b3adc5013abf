"""Rules about a revision's place among the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from opsmig_tui.history.model import History, Revision
from opsmig_tui.review.model import ChainFacts, Facts, NotChecked
from opsmig_tui.review.operations import Span
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, listed
from opsmig_tui.review.subject import Subject

_REVISION_LINE = re.compile(r"^\s*Revision ID:[ \t]*(\S*)", re.M)
_REVISES_LINE = re.compile(r"^\s*Revises:[ \t]*(.*?)[ \t]*$", re.M)


def _multiple_heads(subject: Subject) -> Iterator[Verdict]:
    history = _history(subject)
    own = subject.migration.revision.revision
    if history is None or own not in history.heads or len(history.heads) < 2:
        return
    labels = _labels(history)
    rivals = [head for head in dict.fromkeys(history.heads) if labels[head] == labels[own]]
    if len(rivals) < 2:
        return
    others = listed(head for head in rivals if head != own)
    yield flag(
        "multiple-heads",
        "error",
        subject.migration.assignment_span("down_revision"),
        f"There are {len(rivals)} heads: {own} and {others}.",
        "`alembic upgrade head` refuses while there is more than one.",
        f"Merge them (opsmig merge, alembic merge heads), or move this revision on top of {others} "
        "(opsmig move).",
    )


def _labels(history: History) -> dict[str, frozenset[str]]:
    """The branch labels each head inherits: heads of differently labelled branches are meant."""
    return {
        head: frozenset(
            label
            for name in history.ancestors((head,))
            for label in history.by_id[name].branch_labels
        )
        for head in history.heads
    }


def _wrong_parent(subject: Subject) -> Iterator[Verdict]:
    chain = subject.facts.chain
    if chain is None:
        return
    if chain.new_revisions is None or chain.base_heads is None:
        yield NotChecked("wrong-parent", "no base branch to compare with")
        return
    own = subject.migration.revision
    if own.revision not in chain.new_revisions or own.computed:
        return
    good = chain.new_revisions | chain.base_heads
    wrong = [parent for parent in own.down_revisions if parent not in good]
    # A parent that no file has is missing-parent's business.
    wrong = [parent for parent in wrong if parent in chain.history.by_id]
    if not wrong or not chain.base_heads or any(_multiple_heads(subject)):
        return  # two heads that stand here already are multiple-heads' business
    heads = listed(sorted(chain.base_heads))
    yield flag(
        "wrong-parent",
        "error",
        subject.migration.assignment_span("down_revision"),
        f"This revision stands on {listed(wrong)}, which is no longer a head of the base branch "
        f"({heads}).",
        "After the merge there are two heads, and `alembic upgrade head` refuses.",
        f'Set down_revision to "{sorted(chain.base_heads)[0]}".',
    )


def _revises_mismatch(subject: Subject) -> Iterator[Verdict]:
    own = subject.migration.revision
    if own.computed:
        return
    said = _REVISION_LINE.search(own.docstring)
    if said is not None and said.group(1) and said.group(1) != own.revision:
        yield _mismatch(subject, "Revision ID", said.group(1), "revision", own.revision)
    revises = _REVISES_LINE.search(own.docstring)
    if revises is None:
        return
    # "a, b" as alembic writes it, or the tuple or list as Python does.
    said_names = re.split(r"[,\s()\[\]'\"]+", revises.group(1))
    names = {name for name in said_names if name not in ("", "None")}
    if names != set(own.down_revisions):
        there = ", ".join(own.down_revisions) or "None"
        yield _mismatch(subject, "Revises", revises.group(1) or "nothing", "down_revision", there)


def _mismatch(subject: Subject, label: str, said: str, name: str, value: str) -> Verdict:
    return flag(
        "revises-mismatch",
        "warning",
        _line_of(subject.migration.source, label),
        f"The docstring says {label}: {said}, but {name} is {value}.",
        "alembic goes by the variable; whoever reads the docstring is misled.",
        f"Write {label}: {value} into the docstring.",
    )


def _line_of(source: str, label: str) -> Span:
    for number, line in enumerate(source.split("\n")[:400], start=1):
        at = line.find(f"{label}:")
        if at >= 0:
            return Span(number, at, number, len(line))
    return Span(1)


def _duplicate(subject: Subject) -> Iterator[Verdict]:
    history = _history(subject)
    own = subject.migration.revision.revision
    if history is None:
        return
    twins = [r.path for r in history.revisions if r.revision == own and r.path != _path(subject)]
    twins += [
        problem.path
        for problem in history.problems
        if problem.kind == "duplicate-revision"
        and own in problem.revisions
        and problem.path not in (None, _path(subject))
        and problem.path is not None
        and problem.path not in twins
    ]
    if not twins:
        return
    yield flag(
        "duplicate-revision",
        "error",
        subject.migration.assignment_span("revision"),
        f"Revision {own} is also the id of {listed(path.name for path in twins)}.",
        "alembic takes one of the two and leaves the other out, with no more than a warning.",
        "Give one of the two another id, unless it is applied somewhere already.",
    )


def _path(subject: Subject) -> object:
    return subject.migration.path


def _missing_parent(subject: Subject) -> Iterator[Verdict]:
    history = _history(subject)
    own = subject.migration.revision
    if history is None or own.computed or any(r.computed for r in history.revisions):
        return
    labels = {label for r in history.revisions for label in r.branch_labels}
    known = {*history.by_id, own.revision, *labels}
    for name, wanted in (
        ("down_revision", own.down_revisions),
        ("depends_on", own.depends_on),
    ):
        lost = [parent for parent in wanted if parent not in known]
        if lost:
            yield flag(
                "missing-parent",
                "error",
                subject.migration.assignment_span(name),
                f"{name} names {listed(lost)}, which no revision file has.",
                "alembic refuses the whole history, whatever command is run.",
                "Restore the missing file, or point to a revision that exists.",
            )


def _cycle(subject: Subject) -> Iterator[Verdict]:
    history = _history(subject)
    own = subject.migration.revision
    if history is None:
        return
    parents = (*own.down_revisions, *own.depends_on)
    if own.revision not in parents and own.revision not in history.ancestors(parents):
        return
    yield flag(
        "cycle",
        "error",
        subject.migration.assignment_span("down_revision"),
        f"Revision {own.revision} is its own ancestor.",
        "alembic refuses the whole history, whatever command is run.",
        "Set down_revision to the revision that really came before.",
    )


def _history(subject: Subject) -> History | None:
    return subject.facts.chain.history if subject.facts.chain is not None else None


def _file(mark: str = "", parent: str = "a0", revision: str = "", revises: str = "a0") -> str:
    """A whole file: `mark` stands at down_revision, `revision` at the id."""
    return f'''"""add

Revises: {revises}
"""
from alembic import op
revision = "a1"{revision}
down_revision = "{parent}"{mark}
def upgrade():
    op.execute("SELECT 1")
def downgrade():
    op.execute("SELECT 1")
'''


def _named(name: str, *parents: str, labels: tuple[str, ...] = (), file: str = "") -> Revision:
    return Revision(name, parents, Path(f"versions/{file or name}.py"), branch_labels=labels)


def _facts(*others: Revision, new: str = "", base: str = "", parent: str = "a0") -> Facts:
    """The file among others; `new` and `base` are ids of this branch and heads of the base."""
    history = History((_named("a1", parent, file="a1_add"), *others))
    if not base:
        return Facts(chain=ChainFacts(history))
    return Facts(chain=ChainFacts(history, frozenset(new.split()), frozenset({base})))


_ROOT, _LABELLED = _named("a0"), _named("b1", "a0", labels=("reports",))
_TWIN = _named("a1", "a0", file="a1_other")
_BASE = "Alembic documentation: Working with Branches"

RULES = (
    Rule(
        "multiple-heads",
        "error",
        "chain",
        "This revision is one of several heads. Heads of branches with labels of their own are "
        "meant to stand side by side and are not counted.",
        _multiple_heads,
        fires=Example(whole=_file("  #!"), facts=_facts(_named("b1", "a0"), _ROOT)),
        silent=Example(whole=_file(), facts=_facts(_LABELLED, _ROOT)),
        source=_BASE,
    ),
    Rule(
        "wrong-parent",
        "error",
        "chain",
        "A revision that is new on this branch stands neither on another new one nor on a head of "
        "the base branch: after the merge there are two heads.",
        _wrong_parent,
        fires=Example(whole=_file("  #!"), facts=_facts(_ROOT, new="a1", base="b9")),
        silent=Example(whole=_file(), facts=_facts(_ROOT, new="a1", base="a0")),
        source=_BASE,
    ),
    Rule(
        "revises-mismatch",
        "warning",
        "chain",
        "The docstring's Revision ID or Revises line says something else than the variables, which "
        "are what alembic goes by.",
        _revises_mismatch,
        fires=Example(whole=_file(revises="b0  #!")),
        silent=Example(whole=_file()),
        source="Alembic documentation: Tutorial (Create a Migration Script)",
    ),
    Rule(
        "duplicate-revision",
        "error",
        "chain",
        "Two files carry the same revision id.",
        _duplicate,
        fires=Example(whole=_file(revision="  #!"), facts=_facts(_ROOT, _TWIN)),
        silent=Example(whole=_file(), facts=_facts(_ROOT)),
        source="alembic.script.revision: Revision … is present more than once",
    ),
    Rule(
        "missing-parent",
        "error",
        "chain",
        "down_revision or depends_on names a revision that no file has: alembic refuses the whole "
        "history.",
        _missing_parent,
        fires=Example(whole=_file("  #!"), facts=_facts()),
        silent=Example(whole=_file(), facts=_facts(_ROOT)),
        source="alembic.script.revision: RevisionError, KeyError of the map",
    ),
    Rule(
        "cycle",
        "error",
        "chain",
        "The revision is its own ancestor: alembic refuses the whole history.",
        _cycle,
        fires=Example(whole=_file("  #!", "a1"), facts=_facts(parent="a1")),
        silent=Example(whole=_file(), facts=_facts(_ROOT)),
        source="alembic.script.revision: CycleDetected, LoopDetected",
    ),
)
