"""The opsmig command: the same workspace as the screen, without it."""

from __future__ import annotations

from opsmig_tui.cli.main import main

__all__ = ["main"]
