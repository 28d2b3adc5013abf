"""Mending what a review flags: plans here, edits through libcst in `sheet`, promises in `checked`.

Text in, text out: nothing here reads or writes a file. Planning is a part of every review, so it is
quick and does without libcst.
"""

from opsmig_tui.review.fixes.model import Ask, Fix, FixRefused
from opsmig_tui.review.fixes.planners import fixable, plan, plans

__all__ = ["Ask", "Fix", "FixRefused", "fixable", "plan", "plans"]
