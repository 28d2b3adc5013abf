"""SARIF 2.1.0 (OASIS): what code scanning and editors read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from opsmig_tui import __version__
from opsmig_tui.review.catalogue import code, headline
from opsmig_tui.review.model import Finding, Review
from opsmig_tui.review.offsets import last_line, line_at, lines_of, utf16_units
from opsmig_tui.review.rules import ALL
from opsmig_tui.review.rules.base import Rule

if TYPE_CHECKING:
    from opsmig_tui.review.reports import Report

# Levels have the names of our severities. "problem.severity" is what GitHub shows for what is no
# security finding (its page "SARIF support for code scanning").
_SHOWN = {"error": "error", "warning": "warning", "note": "recommendation"}
_INDEX = {name: index for index, name in enumerate(ALL)}


def to_sarif(report: Report, live: bool = False) -> str:
    """One run; suppressed findings are in it, marked as such."""
    results = []
    for review in report.reviews:
        seen: Counter[str] = Counter()
        for item in review.findings:
            results.append(_result(report, review, item, seen, live))
        for hidden in review.suppressed:
            one = _result(report, review, hidden.finding, seen, live)
            reason = {"justification": hidden.reason} if hidden.reason else {}
            results.append({**one, "suppressions": [{"kind": "inSource", **reason}]})
    invocation = {
        "executionSuccessful": not report.failed,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": one.reason},
                "locations": [{"physicalLocation": {"artifactLocation": _file(report, one.path)}}],
            }
            for one in report.failed
        ],
    }
    run = {
        "tool": {
            "driver": {
                "name": "opsmig",
                "version": __version__,
                "rules": [_rule(rule) for rule in ALL.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The repository's top."}}},
        "invocations": [invocation],
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    text = " ".join(rule.explanation.split())
    help_text = text + (f"\n\nSource: {rule.source}" if rule.source else "")
    examples = (("Flagged", rule.fires), ("Not flagged", rule.silent))
    blocks = [
        f"{name}:\n\n```python\n{code(one)}\n```" for name, one in examples if one is not None
    ]
    return {
        "id": rule.id,
        "shortDescription": {"text": headline(rule)},
        "fullDescription": {"text": text},
        "help": {"text": help_text, "markdown": "\n\n".join([help_text, *blocks])},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [rule.category], "problem.severity": _SHOWN[rule.severity]},
    }


def _result(
    report: Report, review: Review, item: Finding, seen: Counter[str], live: bool
) -> dict[str, Any]:
    told = [item.message, item.why, *([item.live] if live and item.live else []), item.remedy]
    place = {"artifactLocation": _file(report, review.path), "region": _region(review, item)}
    index = {"ruleIndex": _INDEX[item.rule]} if item.rule in _INDEX else {}
    return {
        "ruleId": item.rule,
        **index,
        "level": item.severity,
        "message": {"text": " ".join(told)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(review, item, seen)},
        "properties": {"evidence": item.evidence},
    }


def _file(report: Report, path: Path) -> dict[str, str]:
    name = report.relative(path)
    if Path(name).is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(name), "uriBaseId": "%SRCROOT%"}


def _region(review: Review, item: Finding) -> dict[str, int]:
    """Lines and columns from 1; the end column is the one behind the last."""
    lines = lines_of(review)
    last = last_line(item)
    region = {
        "startLine": item.line,
        "startColumn": utf16_units(line_at(lines, item.line), item.column) + 1,
        "endLine": last,
    }
    if item.end_column and (last > item.line or item.end_column > item.column):
        region["endColumn"] = utf16_units(line_at(lines, last), item.end_column) + 1
    return region


def _fingerprint(review: Review, item: Finding, seen: Counter[str]) -> str:
    """By rule and text, so that it stays when lines move; alike ones in a file are numbered."""
    lines = lines_of(review)[item.line - 1 : last_line(item)]
    text = "\n".join([item.rule, *(" ".join(line.split()) for line in lines)])
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
