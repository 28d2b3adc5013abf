"""Which CHECK conditions differ, and which cannot be told apart."""

from __future__ import annotations

import pytest

from opsmig_tui.review.conditions import differ

COLUMNS = ("a", "b", "state", "name", "on")


@pytest.mark.parametrize(
    ("model", "database"),
    [
        ("a > 0", "(a > 0)"),
        ("a != -1", "(a <> '-1'::integer)"),
        ("a > 1.0", "((a)::numeric > 1.0)"),
        ("a BETWEEN 1 AND 5", "((a >= 1) AND (a <= 5))"),
        ("a NOT BETWEEN 1 AND 5", "((a < 1) OR (a > 5))"),
        ("state IN ('x')", "((state)::text = 'x'::text)"),
        (
            "state IN ('x', 'it''s')",
            "((state)::text = ANY ((ARRAY['x'::character varying, 'it''s'::character varying])"
            "::text[]))",
        ),
        ("state NOT IN ('x', 'y')", "(state <> ALL (ARRAY['x'::text, 'y'::text]))"),
        ("a IN (1, 2)", "(a = ANY (ARRAY[1, 2]))"),
        (
            "name LIKE 'a%' OR name NOT ILIKE '%b'",
            "((name ~~ 'a%'::text) OR (name !~~* '%b'::text))",
        ),
        ("a IS NOT NULL", "(a IS NOT NULL)"),
        ("length(name) > 3", "(length((name)::text) > 3)"),
        ("coalesce(a, 0) > 1", "(COALESCE(a, 0) > 1)"),
        ('"on" > b', '("on" > b)'),
        ("a*2<b", "((a * 2) < b)"),
    ],
)
def test_one_condition_in_two_ways(model: str, database: str) -> None:
    assert differ(model, database, COLUMNS) is False


@pytest.mark.parametrize(
    ("model", "database"),
    [
        ("a > 0", "(a > 1)"),
        ("a > 0", "(a >= 0)"),
        ("a > 0", "(b > 0)"),
        ("a > 0", "((a > 0) AND (b > 0))"),
        ("state IN ('x', 'y', 'z')", "(state = ANY (ARRAY['x'::text, 'y'::text]))"),
        ("state IN ('x')", "(state <> 'x'::text)"),
        ("a IS NOT NULL", "(a IS NULL)"),
        ("name LIKE 'a%'", "(name ~~* 'a%'::text)"),
        ("length(name) > 3", "(name > 3)"),
    ],
)
def test_two_conditions(model: str, database: str) -> None:
    assert differ(model, database, COLUMNS) is True


@pytest.mark.parametrize(
    ("model", "database"),
    [
        ("a > '2026-1-2'", "(a > '2026-01-02'::date)"),
        ("a = 't'", "(a = true)"),
        ("extract(year from a) > 2000", "(date_part('year'::text, a) > 2000)"),
        ("t.a > 0", "(a > 0)"),
        ("a > 0", "(gone > 0)"),
        ("state = ANY('{x,y}')", "(state = ANY (ARRAY['x'::text, 'y'::text]))"),
        ("state = 'x'", "(state = 'y'::ops.state)"),
        ("name LIKE 'a' ESCAPE 'b'", "(name ~~ like_escape('a', 'b'))"),
        ("CASE WHEN a > 0 THEN b > 1 END", "(a > 0)"),
        ("name SIMILAR TO 'a'", "(name ~ similar_to_escape('a'::text))"),
        ("a BETWEEN SYMMETRIC 2 AND 1", "(a > 0)"),
        ("a > 1e-3", "(a > 0.001)"),
        ("name = E'\\\\d'", "(name = '\\d'::text)"),
        ("a > :a_1", "(a > 0)"),
        ("", "(a > 0)"),
        ("name || 'x' = 'y'", "(name > 'z'::text)"),
    ],
)
def test_what_cannot_be_told(model: str, database: str) -> None:
    assert differ(model, database, COLUMNS) is None
