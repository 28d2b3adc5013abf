"""Numbers that are not the same in another numeric type, or that it cannot hold: in SQL."""

from __future__ import annotations

import re
from typing import Optional

_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
"""PostgreSQL's integer types and their bits beside the sign: documentation, Numeric Types."""
_NUMERIC = re.compile(r"numeric\((\d+),(-?\d+)\)")
_OLD = {"int2": "smallint", "int4": "integer", "int8": "bigint"}
_RANGES = {"real": "1.4e-45 AND 3.4028235e38", "float8": "5e-324 AND 1.7976931348623157e308"}
"""What these hold beside zero; the server raises for what is beyond."""


def lossy(wanted: str, old: str, column: str) -> Optional[str]:
    """The condition under which a value of the quoted `column` does not come through.

    `wanted` is "smallint", "integer", "bigint", "numeric(p,s)", "real" or "double precision";
    `old` is the name of the type in pg_type. None where all come through, or where it cannot be
    told.
    """
    if old not in (*_OLD, "numeric", "float4", "float8"):
        return None
    number = _NUMERIC.fullmatch(wanted)
    if number is not None:
        return _to_numeric(int(number[1]), int(number[2]), column)
    if wanted == "real":
        return _to_real(old, column)
    if wanted == "double precision":
        return _to_double(column) if old in ("int8", "numeric") else None
    if wanted not in _INTEGERS:
        return None
    bits = _INTEGERS[wanted]
    if old in _OLD:
        most = 2**bits
        wider = _INTEGERS[_OLD[old]] > bits
        return f"{column} < {-most} OR {column} >= {most}" if wider else None
    kind = "numeric" if old == "numeric" else "float8"
    # NaN and Infinity are above all others.
    whole, most_of = f"round({column}::{kind})", f"{2**bits}::{kind}"
    return f"{whole} <> {column} OR {whole} < -{most_of} OR {whole} >= {most_of}"


def _to_numeric(precision: int, scale: int, column: str) -> str:
    """It takes NaN. As the server casts it: a double precision has 15 digits there."""
    rounded = f"round({column}::numeric, {scale})"
    large = f"abs({rounded}) >= 1e{precision - scale}::numeric AND {rounded} <> 'NaN'"
    return f"{rounded} <> {column}::numeric OR {large}"


def _to_real(old: str, column: str) -> Optional[str]:
    if old in ("float4", "int2"):
        return None
    if old == "float8":
        return _differs("real", f"{column}::real::float8", column)
    whole = "::float8::text" if old in _OLD else ""  # a real tells six digits of a larger integer
    return _differs("real", f"{column}::real{whole}::numeric", f"{column}::numeric")


def _to_double(column: str) -> str:
    """Compared with the digits that it is told by: 0.1 comes through, 2^53 + 1 does not."""
    return _differs("float8", f"{column}::float8::text::numeric", f"{column}::numeric")


def _differs(kind: str, there: str, number: str) -> str:
    """Whether a `number` is not the same `there`, in a `kind` of floating-point numbers."""
    return (
        f"CASE WHEN abs({number}) BETWEEN {_RANGES[kind]} THEN {there} <> {number} "
        f"ELSE {number} <> 0 AND {number}::text NOT IN ('NaN', 'Infinity', '-Infinity') END"
    )
