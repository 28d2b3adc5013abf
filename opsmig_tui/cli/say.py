"""The one way words leave the command line: what others wrote in them cannot steer the terminal."""

from __future__ import annotations

from typing import Any

import click

from opsmig_tui.project.plain import plain


def say(text: object = "", *, nl: bool = True, err: bool = False, **style: Any) -> None:
    """Prints a line, styled as `click.style` does."""
    click.secho(plain(str(text)), nl=nl, err=err, **style)
