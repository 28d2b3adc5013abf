"""How many examples property tests try: few in each run, ten times more when asked."""

from __future__ import annotations

import os


def examples(count: int) -> int:
    """For hypothesis's max_examples. `HYPOTHESIS_PROFILE=deep uv run pytest …` looks deeper."""
    return 10 * count if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else count
