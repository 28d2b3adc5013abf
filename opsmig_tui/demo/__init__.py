"""The sample project: a believable backend with a running PostgreSQL, gone again on exit."""

from opsmig_tui.demo.data import populate, upgrade
from opsmig_tui.demo.files import FEATURE_BRANCH, point_to, write_sample
from opsmig_tui.demo.model import BEFORE_PENDING, SampleProject
from opsmig_tui.demo.sample import sample

__all__ = [
    "BEFORE_PENDING",
    "FEATURE_BRANCH",
    "SampleProject",
    "point_to",
    "populate",
    "sample",
    "upgrade",
    "write_sample",
]
