"""Whether a default is one value for all rows, or computed anew for each.

ADD COLUMN writes every row anew only for a volatile default: what is constant or stable (now())
is computed once and kept in the catalog (PostgreSQL documentation: ALTER TABLE, Notes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from opsmig_tui.review.sql_tokens import tokens
from opsmig_tui.review.values import HOLE

Fill = Literal["constant", "stable", "volatile", ""]

# pg_proc.provolatile of PostgreSQL 18 (the test compares each with a server's). Of the functions
# that exist in several forms the most volatile form counts.
VOLATILE = frozenset(
    {
        *("gen_random_uuid", "uuidv4", "uuidv7", "random", "random_normal", "clock_timestamp"),
        *("timeofday", "nextval", "currval", "lastval", "setval", "setseed", "pg_sleep"),
        *("pg_advisory_xact_lock", "pg_advisory_lock", "set_config"),
    }
)
# Of extensions: pgcrypto, uuid-ossp and others that applications take ids from.
VOLATILE_OF_EXTENSIONS = frozenset(
    {
        *("uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes"),
        *("gen_salt", "uuid_generate_v7", "uuid_generate_v6", "gen_ulid", "nanoid"),
    }
)
STABLE = frozenset(
    {
        *("now", "transaction_timestamp", "statement_timestamp", "current_setting", "age"),
        *("to_char", "to_timestamp", "to_date", "date_trunc", "date_part", "timezone", "concat"),
        *("concat_ws", "format", "txid_current", "pg_current_xact_id", "to_json", "to_jsonb"),
        *("json_build_object", "jsonb_build_object", "json_build_array", "jsonb_build_array"),
        *("array_to_string", "quote_literal", "pg_typeof", "current_schemas", "date"),
        *("current_database", "version", "inet_client_addr", "to_regclass", "length"),
    }
)
IMMUTABLE = frozenset(
    {
        *("lower", "upper", "initcap", "char_length", "md5", "sha256", "abs", "round"),
        *("floor", "ceil", "ceiling", "trunc", "mod", "power", "sqrt", "left", "right", "lpad"),
        *("rpad", "repeat", "replace", "reverse", "substr", "substring", "btrim", "ltrim", "rtrim"),
        *("encode", "decode", "make_date", "make_interval", "make_time", "make_timestamp"),
        *("justify_days", "int4range", "int8range", "numrange", "daterange", "tsrange"),
        *("tstzrange", "int4", "int8", "text", "to_hex", "chr", "ascii", "array_fill"),
        *("string_to_array", "split_part", "regexp_replace", "translate", "strpos"),
    }
)
# Read as functions by their brackets, and none: grammar, and types with a length.
_GRAMMAR = frozenset(
    {
        *("coalesce", "nullif", "greatest", "least", "cast", "array", "row", "and", "or", "not"),
        *("extract", "in", "varchar", "char", "character", "varying", "numeric", "decimal"),
        *("interval", "bit", "then", "else", "when", "as", "trim", "position", "overlay"),
        *("timestamp", "timestamptz", "time", "timetz", "float", "varbit"),
    }
)
# Without brackets, and all the same computed: documentation, Date/Time Functions and Operators,
# and System Information Functions.
_BARE_STABLE = frozenset(
    {
        *("current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"),
        *("current_user", "session_user", "current_role", "user", "current_catalog"),
        *("current_schema", "system_user"),
    }
)
# SQLAlchemy's wrappers, which emit no function.
_WRAPPERS = frozenset({"cast", "type_coerce", "literal", "true", "false", "null", "String", "f"})
_CALLED = re.compile(r"(\w+)\s*\(")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def of_sql(text: str) -> Fill:
    """How a DEFAULT of this SQL fills the rows there are; "" where that is not known."""
    if HOLE in text:
        return ""
    found = list(tokens(text))
    called, fill = [], "constant"
    for at, token in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        brackets = after is not None and after.kind == "mark" and after.text == "("
        if token.kind in ("word", "quoted") and brackets and token.text not in _BARE_STABLE:
            called.append(token.text)
        elif token.kind == "word" and token.text in _BARE_STABLE:
            fill = "stable"
        elif token.kind == "word" and token.text == "select":
            return ""
    return _worst(fill, (name for name in called if name not in _GRAMMAR))


def of_function(code: str) -> Fill:
    """The same of Python code: ``sa.func.timezone("utc", sa.func.now())``."""
    strings = _QUOTED.findall(code)
    if any("(" in text for text in strings):
        return ""  # sa.text(...) within: SQL in Python in SQL
    plain = _QUOTED.sub("''", code)
    if ".next_value(" in plain:
        return "volatile"
    called = (name for name in _CALLED.findall(plain) if name not in _WRAPPERS)
    bare = any(f"func.{name}" in plain for name in _BARE_STABLE)
    return _worst("stable" if bare else "constant", (n for n in called if n not in _BARE_STABLE))


def _worst(fill: str, called: Iterable[str]) -> Fill:
    names = set(called)
    if names & (VOLATILE | VOLATILE_OF_EXTENSIONS):
        return "volatile"
    if names - STABLE - IMMUTABLE:
        return ""
    return "stable" if fill == "stable" or names & STABLE else "constant"
