"""Answers about live data in words."""

from __future__ import annotations

from opsmig_tui.worker.protocol import ProbeAnswer


def amount(answer: ProbeAnswer) -> str:
    """ "1,204 rows", "no row", "about 3.2 million rows", "at least 1 row"."""
    number = answer.number
    if answer.at_least:
        return f"at least {number:,} row{'' if number == 1 else 's'}"
    if answer.estimated and number:
        return f"about {rounded(number)} rows"
    return {0: "no row", 1: "1 row"}.get(number, f"{number:,} rows")


def one(answer: ProbeAnswer) -> bool:
    """Whether its amount takes a verb in the singular."""
    return answer.number == 1 and not answer.estimated


def rounded(number: int) -> str:
    """Two digits that count: "3.2 million", "61,000"."""
    if number >= 1_000_000:
        millions = number / 1_000_000
        return (
            f"{millions:.1f}".removesuffix(".0") + " million"
            if millions < 10
            else (f"{_two_digits(round(millions)):,} million")
        )
    return f"{_two_digits(number):,}"


def _two_digits(number: int) -> int:
    size = 10 ** max(len(str(number)) - 2, 0)
    return int(round(number / size) * size)
