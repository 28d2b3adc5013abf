"""Comments that keep a finding from being shown, and what is said of those comments."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts, Review
from opsmig_tui.review.suppress import with_suppression
from tests.review.case import Case

DROP = 'op.drop_column("a", "b")'
DOWN = 'op.add_column("a", sa.Column("b", sa.Integer()))'


def reviewed(up: str, top: str = "", facts: Facts | None = None) -> Review:
    return Case("", up, DOWN, top=top, facts=facts or Facts()).review()


def harmless(up: str, facts: Facts | None = None) -> Review:
    return Case("", up, DROP, facts=facts or Facts()).review()


def rules(review: Review) -> list[str]:
    # The note about lock_timeout is every migration's, and beside the point here.
    return [item.rule for item in review.findings if item.rule != "no-lock-timeout"]


@pytest.mark.parametrize(
    "up",
    [
        f"{DROP}  # opsmig: ignore[drop-column] unused since March",
        f"# opsmig: ignore[drop-column] unused since March\n{DROP}",
        f"# opsmig:ignore[ drop-table , drop-column ] unused since March\n# and another\n{DROP}"
        "\nop.drop_table('t')  # opsmig: ignore[drop-table, downgrade-asymmetric] gone",
        'op.drop_column(\n    "a",\n    "b",  # opsmig: ignore[drop-column] unused\n)',
        'op.drop_column(  # opsmig: ignore[drop-column] unused\n    "a",\n    "b",\n)',
        f"# opsmig: ignore-file[drop-column] a file of drops\n{DROP}",
    ],
)
def test_it_covers_the_statement(up: str) -> None:
    review = reviewed(up)
    assert "drop-column" not in rules(review)
    hidden = [item for item in review.suppressed if item.finding.rule == "drop-column"]
    assert [bool(item.reason) for item in hidden] == [True]


@pytest.mark.parametrize(
    "up",
    [
        f"# opsmig: ignore[drop-column] unused\nop.execute('SELECT 1')\n{DROP}",
        f"with op.get_context().begin_transaction():  # opsmig: ignore[drop-column] it\n    {DROP}",
        f"try:  # opsmig: ignore[drop-column] it\n    {DROP}\nexcept* ValueError:\n    raise",
        f'op.execute("SELECT 1 -- # opsmig: ignore[drop-column] in a text")\n{DROP}',
        f"# opsmig: ignore drop-column\n{DROP}",
        f"# ignore[drop-column] unused\n{DROP}",
    ],
)
def test_it_covers_nothing_else(up: str) -> None:
    assert "drop-column" in rules(reviewed(up))


def test_the_head_of_a_function() -> None:
    source = Case("", DOWN, "pass").source
    marked = source.replace(
        "def downgrade():", "# opsmig: ignore[downgrade-empty] data stays\ndef downgrade():"
    )
    assert "downgrade-empty" in rules(Case("", whole=source).review())
    assert rules(Case("", whole=marked).review()) == []


def test_a_reason_is_wanted() -> None:
    assert rules(reviewed(f"{DROP}  # opsmig: ignore[drop-column]  # noqa")) == [
        "ignore-without-reason"
    ]


def test_an_unknown_rule_names_the_nearest() -> None:
    review = reviewed(f"{DROP}  # opsmig: ignore[drop-colum] a slip")
    assert rules(review) == ["drop-column", "ignore-unknown-rule"]
    assert "Write drop-column" in review.findings[1].remedy


def test_one_that_is_not_needed() -> None:
    review = harmless(f"{DOWN}  # opsmig: ignore[drop-table] left from before")
    assert rules(review) == ["ignore-unused"]
    assert (
        review.findings[0].line == Case("", DOWN, DOWN).source.split("\n").index(f"    {DOWN}") + 1
    )


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("drop-table", Facts(ignore=frozenset({"drop-table"}))),
        ("drop-table", Facts(severities={"drop-table": "off"})),
        ("fk-orphans", Facts()),  # nobody asked the database
    ],
)
def test_what_was_not_judged_is_not_called_unused(rule: str, facts: Facts) -> None:
    assert rules(harmless(f"{DOWN}  # opsmig: ignore[{rule}] because", facts)) == []


def test_what_cannot_be_read_may_need_it() -> None:
    up = "mystery(op)  # opsmig: ignore[drop-table] it drops a table of its own"
    assert "ignore-unused" not in rules(reviewed(up))


def test_severities() -> None:
    def severity(facts: Facts) -> list[str]:
        found = reviewed(DROP, facts=facts).findings
        return [item.severity for item in found if item.rule == "drop-column"]

    assert severity(Facts()) == ["error"]
    assert severity(Facts(severities={"drop-column": "note"})) == ["note"]
    assert severity(Facts(severities={"drop-column": "off"})) == []
    unused = Facts(severities={"ignore-unused": "error"})
    found = harmless(f"{DOWN}  # opsmig: ignore[drop-table] no", unused).findings
    assert ("ignore-unused", "error") in [(item.rule, item.severity) for item in found]


def test_old_history_is_left_alone_but_for_what_breaks_alembic() -> None:
    facts = Facts(left_alone="a9")
    review = reviewed(DROP, facts=facts)
    assert rules(review) == []
    assert review.left_alone == "a9"


LINES = "# one\nop.drop_column(\n    'a', 'b'\n)"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "up",
    [
        DROP,
        LINES,
        f"if True:\n    {DROP}",
        f"{DROP}  # opsmig: ignore[drop-table] no",
        f"# opsmig: ignore[drop-table]\n{DROP}",
    ],
)
def test_writing_one(up: str, end: str) -> None:
    source = Case("", up, DOWN).source.replace("\n", end)
    before = review_source(Case("").review().path, source, Facts())
    finding = next(item for item in before.findings if item.rule == "drop-column")
    after = with_suppression(source, finding, "  unused\n since March ")
    review = review_source(before.path, after, Facts())
    assert "drop-column" not in rules(review)
    assert [item.finding.rule for item in review.suppressed] == ["drop-column"]
    assert review.suppressed[0].reason.endswith("unused since March")
    assert after.count("\n") - source.count("\n") == ("opsmig:" not in source)
    assert (after.count("\r\n") == after.count("\n")) is (end == "\r\n")
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(source))


def test_a_form_feed_ends_no_line() -> None:
    source = Case("", f'op.execute("""\n\x0c\u2028\n""")\n{DROP}', DOWN).source
    review = review_source(Case("").review().path, source, Facts())
    finding = next(item for item in review.findings if item.rule == "drop-column")
    after = with_suppression(source, finding, "unused since March")
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(source))
    assert "drop-column" not in rules(review_source(review.path, after, Facts()))


def test_one_about_no_statement_covers_the_file() -> None:
    source = Case("", DOWN, DOWN).source
    finding = replace(reviewed(DROP).findings[0], rule="bad-file-name", line=10)
    after = with_suppression(source, finding, "imported from elsewhere")
    assert "# opsmig: ignore-file[bad-file-name] imported from elsewhere\n" in after


def test_a_reason_is_needed_to_write_one() -> None:
    finding = reviewed(DROP).findings[0]
    with pytest.raises(ValueError, match="reason"):
        with_suppression(Case("", DROP).source, finding, " \n ")
