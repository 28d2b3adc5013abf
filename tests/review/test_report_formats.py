"""What code scanning, workflows and pull requests get."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.review.model import Facts, Finding, Review, Summary
from opsmig_tui.review.report_markdown import escaped, one_markdown
from opsmig_tui.review.reports import NotReviewed, Report, render
from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement
from tests.review.case import Case
from tests.support.schemas import check

ROOT = Path("/repo")
DROP = 'op.drop_table("agreement")  # opsmig: ignore[drop-table] its rows moved in May'
RESTORE = 'op.create_table("agreement", sa.Column("id", sa.Integer()))'


def placed(review: Review, name: str = "versions/a1 ä.py") -> Review:
    return replace(review, path=ROOT / name)


def finding(**changes: Any) -> Finding:
    found = Finding("drop-table", "error", 2, "Drops a table.", "Rows go.", "Do not.", 2, 4, 12)
    return replace(found, **changes)


def made(source: str, *findings: Finding, **changes: Any) -> Review:
    review = Review(ROOT / "versions/x.py", "a1", source, Summary(("drops",), ()), findings)
    return replace(review, **changes)


def run(report: Report, **options: Any) -> dict[str, Any]:
    document = json.loads(render(report, "sarif", **options))
    check(document, "sarif-2.1.0")
    (one,) = document["runs"]
    return one


def test_the_schema_is_one() -> None:
    import jsonschema  # a second of work, in each process, for a few tests

    with pytest.raises(jsonschema.ValidationError):
        check({"version": "2.1.0", "runs": [{"tool": {}}]}, "sarif-2.1.0")


def test_sarif_fits_its_schema() -> None:
    review = placed(Case("", 'op.drop_column("agreement", "name")\n' + DROP, RESTORE).review())
    failed = NotReviewed(ROOT / "versions/odd.py", "odd.py: line 1: does not parse.")
    one = run(Report((review,), (failed,), ROOT))
    rules = one["tool"]["driver"]["rules"]
    results = {item["ruleId"]: item for item in one["results"]}
    for result in one["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    dropped = results["drop-column"]
    assert dropped["level"] == "error"
    assert "suppressions" not in dropped
    where = dropped["locations"][0]["physicalLocation"]
    assert where["artifactLocation"] == {
        "uri": "versions/a1%20%C3%A4.py", "uriBaseId": "%SRCROOT%"
    }  # fmt: skip
    assert results["drop-table"]["suppressions"] == [
        {"kind": "inSource", "justification": "its rows moved in May"}
    ]
    (invocation,) = one["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "does not parse" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_of_nothing() -> None:
    assert run(Report((), (), ROOT))["results"] == []


def test_sarif_counts_utf16_units_from_one() -> None:
    line = 'é = "𝒳"; op.drop_table("t")'
    start = len('é = "𝒳"; '.encode())
    item = finding(column=start, end_column=len(line.encode()))
    (result,) = run(Report((made(f"\n{line}", item),), root=ROOT))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 11 + len('op.drop_table("t")')
    }  # fmt: skip


def test_sarif_fingerprints_stay_when_lines_move() -> None:
    def prints(source: str, *lines: int) -> list[str]:
        items = [finding(line=line, end_line=line, end_column=0) for line in lines]
        results = run(Report((made(source, *items),), root=ROOT))["results"]
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results]

    first = prints("\n  a()\n  a()\n  b()", 2, 3, 4)
    assert len(set(first)) == 3
    assert prints("# more\n\n\ta()\n\ta()\n\tb()", 3, 4, 5) == first


def test_sarif_of_a_file_elsewhere_has_its_whole_address() -> None:
    review = replace(made("\nx", finding()), path=Path("/other/x.py"))
    (result,) = run(Report((review,), root=ROOT))["results"]
    where = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert where == {"uri": "file:///other/x.py"}


def test_github_commands_are_escaped() -> None:
    item = finding(message="50% of a,b: gone\nfor good", why="W.", remedy="R.")
    odd = replace(made("\n    op.drop()", item), path=ROOT / "a,b:c.py")
    report = Report((odd,), (NotReviewed(ROOT / "odd.py", "odd.py: no."),), ROOT)
    assert render(report, "github").split("\n") == [
        "::error file=a%2Cb%3Ac.py,line=2,endLine=2,title=drop-table,col=5,endColumn=13"
        "::50%25 of a,b: gone%0Afor good%0AW.%0AR.",
        "::error file=odd.py,title=not reviewed::odd.py: no.",
        "✖ 1 error",
    ]


def test_github_runs_no_command_that_a_reason_holds() -> None:
    odd = Case("", DROP + " ##[stop-commands]x ::error::y", RESTORE).review()
    told = render(Report((odd,), root=ROOT), "github").split("\n")
    assert [line for line in told if line.startswith("ignored: ")]
    assert not [line for line in told if line.startswith("::error") or "##[" in line]


def test_github_gives_columns_of_one_line_only() -> None:
    item = finding(severity="note", end_line=4)
    told = render(Report((made("\na\nb\nc", item),), root=ROOT), "github")
    assert told.startswith("::notice file=versions/x.py,line=2,endLine=4,title=drop-table::")


@pytest.mark.parametrize("form", ["json", "github", "sarif", "markdown"])
def test_live_values_stay_out_unless_asked_for(form: str) -> None:
    item = finding(live="1,204 rows hold a value in this database.")
    report = Report((made("\nx", item),), root=ROOT, many=False)
    assert "1,204" not in render(report, form)
    assert "1,204" in render(report, form, live=True)


def test_live_values_in_text() -> None:
    report = Report((made("\nx", finding(live="1,204 rows.")),), root=ROOT, many=False)
    assert "  here: 1,204 rows." in render(report, "text", live=True)
    assert "1,204" not in render(report, "text")


def test_markdown_for_a_pull_request() -> None:
    review = placed(Case("", 'op.drop_column("agreement", "name")\n' + DROP, RESTORE).review())
    up = (RenderedStatement("DROP TABLE agreement", (19,)), RenderedStatement("SELECT 1;", (20,)))
    rendered = RenderedRevision(
        "a1", "", RenderedDirection(up), RenderedDirection((), "reads rows", 22)
    )
    text = one_markdown(replace(review, rendered=rendered))
    assert text.startswith("### `a1` ")
    assert "- **upgrade** drops column agreement.name, drops table agreement" in text
    assert "| ✖ error | `drop-column` | 19 | **Drops column agreement.name" in text
    assert "- `drop-table` in line 20: its rows moved in May" in text
    assert "```sql\nDROP TABLE agreement;\n\nSELECT 1;\n```" in text
    assert "| ACCESS EXCLUSIVE | `agreement` | reads and writes of agreement wait |" in text
    assert "It ends here: reads rows." in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_markdown_fences_hold_whatever_is_in_the_sql() -> None:
    odd = RenderedStatement("SELECT '```'", (1,))
    rendered = RenderedRevision("a1", "", RenderedDirection((odd,)), RenderedDirection())
    text = one_markdown(made("x", rendered=rendered))
    assert "````sql\nSELECT '```';\n````" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b *c* _d_", r"a\|b \*c\* \_d\_"),
        ("<script> [x](y)", r"\<script\> \[x\](y)"),
        ("@dev closes #12", r"@<!-- -->dev closes \#<!-- -->12"),
        ("two\nlines", "two lines"),
        ("&lt;b&gt; $x$", r"\&lt;b\&gt; \$x\$"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_markdown_keeps_names_in_their_line() -> None:
    odd = replace(made("x", finding()), revision="a1\n\n# Approved", path=ROOT / "a\n|b.py")
    lines = one_markdown(odd).split("\n")
    assert lines[0] == "### `a1 # Approved`"
    assert lines[2] == "`a |b.py`: ✖ 1 error"


def test_markdown_of_several_begins_with_the_counts() -> None:
    reviews = (made("\nx", finding()), made("\nx"))
    text = render(Report(reviews, (NotReviewed(ROOT / "odd.py", "No."),), ROOT), "markdown")
    assert text.startswith("## 2 migrations: ✖ 1 error\n\n### `a1`")
    assert text.endswith("### `odd.py`\n\nNot reviewed: No.")


def test_every_format_tells_of_ignored_ones_and_of_history_left_alone() -> None:
    review = Case("", DROP, RESTORE, facts=Facts(left_alone="b2")).review()
    ignored = Case("", DROP, RESTORE).review()
    for form in ("text", "markdown", "github"):
        told = render(Report((ignored,), root=ROOT, many=False), form)
        assert "its rows moved in May" in told
        assert "b2" in render(Report((review,), root=ROOT, many=False), form)
    document = json.loads(render(Report((ignored,), root=ROOT, many=False), "json"))
    assert [one["reason"] for one in document["suppressed"]] == ["its rows moved in May"]
