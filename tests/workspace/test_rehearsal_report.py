"""A rehearsal in words: values that a new type changes."""

from dataclasses import replace

import pytest

from opsmig_tui.worker.protocol import RehearsedLeg, RehearsedStatement, RehearseResult, Retyped
from opsmig_tui.workspace.rehearsal_report import document, report, retyped_text

CUT = Retyped("ops.vendor", "name", "text", "character varying(3)", 1204, 31)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (CUT, "31 of 1,204 values are not the same afterwards (text → character varying(3))"),
        (replace(CUT, values=1, changed=1), "1 of 1 value is not the same afterwards (text → "),
        (replace(CUT, changed=0), "all 1,204 values are the same as character varying(3)"),
        (replace(CUT, sampled=True), "31 of 1,204 values looked at, a sample, are not the same"),
        (replace(CUT, sampled=True, changed=0), "all 1,204 values looked at, a sample, are the"),
        (
            replace(CUT, values=None, changed=None, problem="no answer within 1,000 ms"),
            "values that text → character varying(3) changes were not counted: no answer",
        ),
    ],
)
def test_values_in_words(one: Retyped, text: str) -> None:
    assert retyped_text(one).startswith(f"ops.vendor.name: {text}")


def test_what_is_lost_stands_at_its_statement() -> None:
    sql = RehearsedStatement("ALTER TABLE vendor", "a.py", 12, 1.0, retyped=(CUT,))
    result = RehearseResult((RehearsedLeg("a1", "downgrade", "a.py", "ok", 1.0, (sql,)),))
    lines = report(result)
    at = lines.index("    line 12: ALTER TABLE vendor")
    assert lines[at + 1] == f"        ✖ {retyped_text(CUT)}"
    (told,) = document(result)["legs"][0]["statements"][0]["retyped"]
    assert (told["column"], told["changed"], told["sampled"]) == ("name", 31, False)
