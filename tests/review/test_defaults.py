"""Which server defaults differ, and which cannot be told apart."""

from __future__ import annotations

import pytest

from opsmig_tui.review.defaults import differ


@pytest.mark.parametrize(
    ("model", "database", "type_"),
    [
        ("'open'", "'open'::character varying", "character varying(20)"),
        ("'x'::character varying", "'x'::text", "text"),
        ("'it''s'", "'it''s'::text", "text"),
        ("'''x'''", "'x'::text", "text"),  # server_default="'x'"
        ("'x'", "'x   '::bpchar", "character(4)"),
        ("'0'", "0", "integer"),
        ("0", "'0'::bigint", "bigint"),
        ("-1", "'-1'::integer", "integer"),
        ("-1", "(-1)", "integer"),
        ("1.50", "1.5", "numeric(8,2)"),
        ("0", "'0'::double precision", "double precision"),
        ("0::numeric(8,2)", "(0)::numeric(8,2)", "numeric(8,2)"),
        ("'t'", "true", "boolean"),
        ("false", "false", "boolean"),
    ],
)
def test_one_default_in_two_ways(model: str, database: str, type_: str) -> None:
    assert differ(model, database, type_) is False


@pytest.mark.parametrize(
    ("model", "database", "type_"),
    [
        ("'open'", "'closed'::character varying", "character varying(20)"),
        ("'Open'", "'open'::text", "text"),
        ("1", "0", "integer"),
        ("-1", "1", "integer"),
        ("true", "false", "boolean"),
        ("'x'", "", "text"),
        ("'x'", "NULL::character varying", "text"),
        ("now()", "", "timestamp with time zone"),
        ("'{}'::jsonb", "", "jsonb"),
    ],
)
def test_two_defaults(model: str, database: str, type_: str) -> None:
    assert differ(model, database, type_) is True


@pytest.mark.parametrize(
    ("model", "database", "type_"),
    [
        ("", "'x'::text", "text"),
        ("NULL", "", "text"),
        ("", "nextval('t_id_seq'::regclass)", "integer"),
        ("now()", "CURRENT_TIMESTAMP", "timestamp with time zone"),
        ("gen_random_uuid()", "uuid_generate_v4()", "uuid"),
        ("'2026-01-01'", "'2026-01-02'::date", "date"),
        ("'{}'", "'{ }'::jsonb", "jsonb"),
        ("'{}'", "'{a}'::text[]", "text[]"),
        ("'a' || 'b'", "'ab'::text", "text"),
        ("'ab'", "('a'::text || 'b'::text)", "text"),
        ("'a'", "upper('b'::text)", "text"),
        ("1 + 1", "2", "integer"),
        ("'1.4'", "1", "integer"),
        ("'NaN'", "'NaN'::numeric", "numeric"),
        ("'a'", "'b'::ops.kind", "ops.kind"),  # a domain, or what have you
        (r"'a\b'", r"E'a\\b'::text", "text"),
        ("''", "now()", "text"),
        ("(", ")", "text"),
    ],
)
def test_what_cannot_be_told(model: str, database: str, type_: str) -> None:
    assert differ(model, database, type_) is None


def test_enums() -> None:
    assert differ("'a'", "'a'::ops.kind", "ops.kind", enum=True) is False
    assert differ("'a'", "'b'::ops.kind", "ops.kind", enum=True) is True
    assert differ("'{a}'", "'{b}'::ops.kind[]", "ops.kind[]", enum=True) is None
