"""The compose project of the database: its files read as text, and the compose command."""

from __future__ import annotations

from .choose import ServiceChoice, choose_service
from .files import ComposeFiles, find_compose
from .read import ComposeFile, ComposeService, read_compose

__all__ = [
    "ComposeFile",
    "ComposeFiles",
    "ComposeService",
    "ServiceChoice",
    "choose_service",
    "find_compose",
    "read_compose",
]
