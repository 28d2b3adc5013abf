"""Numbers that are not the same in another numeric type, or that it cannot hold: in SQL."""

from __future__ import annotations

import re
from typing import Optional

_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
"""PostgreSQL's integer types and their bits beside the sign: documentation, Numeric Types."""
_NUMERIC = re.compile(r"numeric\((\d+),(-?\d+)\)")
_OLD = {"int2": "smallint", "int4": "integer", "int8": "bigint"}
_REAL = "1.17549436e-38 AND 3.4028235e38"
"""What a real tells with all of its digits; the server raises for what is out of its range."""


def lossy(wanted: str, old: str, column: str) -> Optional[str]:
    """The condition under which a value of the quoted `column` does not come through.

    `wanted` is "smallint", "integer", "bigint", "numeric(p,s)" or "real"; `old` is the name of the
    type in pg_type. None where all come through, or where it cannot be told.
    """
    if old not in (*_OLD, "numeric", "float4", "float8"):
        return None
    number = _NUMERIC.fullmatch(wanted)
    if number is not None:
        return _to_numeric(int(number[1]), int(number[2]), column)
    if wanted == "real":
        return _to_real(old, column)
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
    back = "numeric" if old == "numeric" else "float8"
    double = f"{column}::float8"
    return (
        f"CASE WHEN abs({double}) BETWEEN {_REAL} THEN {column}::real::{back} <> {column}::{back} "
        f"ELSE {column} <> 0 AND {double} NOT IN ('NaN', 'Infinity', '-Infinity') END"
    )
