"""What every fix of every migration keeps to, whatever stands around it."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from opsmig_tui.review.engine import review_source, subject_of
from opsmig_tui.review.fixes import plans
from opsmig_tui.review.fixes.checked import fixed
from opsmig_tui.review.fixes.everything import fix_everything
from opsmig_tui.review.model import Facts, Finding
from tests.review.fixes.pair import PATH
from tests.review.fixes.test_pairs import PAIRS
from tests.review.labelled import labelled
from tests.review.test_cases import CASES
from tests.support.effort import examples

VALUE = "'a'"
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))

ALL = [(case.source, case.facts) for case in CASES]
ALL += [(pair.source(pair.before), pair.facts) for pair in PAIRS]
ALL += [(case.path.read_text("utf-8"), Facts()) for case in labelled()]


def fixable(source: str, facts: Facts) -> list[Finding]:
    return [item for item in review_source(PATH, source, facts).findings if item.fixable]


@cache
def all_fixable() -> list[tuple[str, Facts]]:
    """Found when a test asks, not by each process that imports this module."""
    return [(source, facts) for source, facts in ALL if fixable(source, facts)]


# What may stand between two statements without a say in what the migration does.
BYSTANDERS = [
    "# {}: a comment of its own",
    "odd_{}  =  [ 1,2 ,3 ]  # written so on purpose",
    'text_{} = """a text\n# of several lines\n"""',
    "",
    "if  1 : same_{} = ( 'x' , \"y\" )",
]


@st.composite
def migrations(draw: st.DrawFn) -> tuple[str, Facts, list[str]]:
    """A migration with something to mend, its facts, and the lines that were put into it."""
    source, facts = draw(st.sampled_from(all_fixable()))
    lines, put = source.split("\n"), []
    for node in reversed(statements(source)):
        end = (node.end_lineno or 0) - 1
        rest = lines[end].encode()[node.end_col_offset or 0 :]
        if not rest.strip() and draw(st.booleans()):
            put.append(f"# {end}: behind a statement")
            lines[end] += f"  {put[-1]}"
        at = node.lineno - 1
        begin = lines[at][: node.col_offset]
        if not begin.strip() and draw(st.booleans()):
            text = begin + draw(st.sampled_from(BYSTANDERS)).format(at)
            put += [line for line in text.split("\n") if line.strip()]
            lines[at:at] = text.split("\n")
    return "\n".join(lines), facts, put


def statements(source: str) -> list[ast.stmt]:
    """The statements of upgrade() and downgrade(), but for a docstring, in order."""
    tree = ast.parse(source)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and "grade" in n.name]
    return [
        node
        for function in functions
        for node in function.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        if node.lineno > function.lineno
    ]


def identity(source: str) -> dict[str, object]:
    names = ("revision", "down_revision", "branch_labels", "depends_on")
    found = {}
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and target.id in names:
            found[target.id] = ast.dump(node.value)
    return found


@settings(RELAXED, max_examples=examples(60))
@given(st.data())
def test_a_fix_mends_one_thing_and_leaves_the_rest(data: st.DataObject) -> None:
    source, facts, put = data.draw(migrations())
    note(source)
    found = fixable(source, facts)
    if not found:
        event("nothing to mend")
        return
    finding = data.draw(st.sampled_from(found))
    way = data.draw(st.sampled_from(plans(subject_of(PATH, source, facts), finding)))
    new = fixed(PATH, source, facts, finding, way, VALUE if way.ask else "")
    note(new)
    event(finding.rule)
    if finding.rule != "wrong-parent":
        assert identity(new) == identity(source)
    before, after = (review_source(PATH, text, facts).findings for text in (source, new))
    key = (finding.rule, finding.message)
    assert keys(after)[key] < keys(before)[key]
    errors = [{f.rule for f in side if f.severity == "error"} for side in (before, after)]
    assert errors[1] <= errors[0]
    # A line is where it was and as it was, or, behind a statement that went, its comment is.
    for line in put:
        assert new.count(line) == source.count(line)


def keys(findings: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((item.rule, item.message) for item in findings)


@settings(RELAXED, max_examples=examples(25))
@given(migrations())
def test_mended_twice_is_mended_once(drawn: tuple[str, Facts, list[str]]) -> None:
    source, facts, put = drawn
    once = fix_everything(PATH, source, facts)
    note(once.source)
    twice = fix_everything(PATH, once.source, facts)
    assert twice.source == once.source
    assert not twice.done
    for line in put:
        assert once.source.count(line) == source.count(line)
