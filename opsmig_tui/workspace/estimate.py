"""How long the rest of a chain of revisions may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def left_ms(
    rest: Sequence[str], known: Mapping[str, float], done: Mapping[str, float]
) -> float | None:
    """Milliseconds for the revisions of `rest`, None where nothing is known to judge by.

    `known` is how long a revision took in an earlier run, `done` how long in this one. One that
    was never run counts as the mean of this run's, which is all that there is to go by.
    """
    if not rest:
        return 0.0
    mean = sum(done.values()) / len(done) if done else None
    times = [known.get(one, mean) for one in rest]
    found = [one for one in times if one is not None]
    return sum(found) if len(found) == len(times) else None
