"""The `opsmig` group: the screen without a sub-command, help for what it does not know."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from opsmig_tui import __version__
from opsmig_tui.cli.beginning import ensure_version, init
from opsmig_tui.cli.change import downgrade, test, upgrade
from opsmig_tui.cli.create import create
from opsmig_tui.cli.doctor import doctor
from opsmig_tui.cli.ghost import ghost
from opsmig_tui.cli.heads import merge, move
from opsmig_tui.cli.look import check, history, status
from opsmig_tui.cli.options import open_options, project_options
from opsmig_tui.cli.rehearse import rehearse
from opsmig_tui.cli.review import review
from opsmig_tui.cli.revisions import branches, current, edit, heads, rename, show
from opsmig_tui.cli.rules import rules
from opsmig_tui.cli.run import run
from opsmig_tui.cli.runs import runs
from opsmig_tui.cli.say import say
from opsmig_tui.cli.screen import demo, open_screen
from opsmig_tui.cli.session import guarded
from opsmig_tui.cli.stamp import stamp


class Commands(click.Group):
    """A group that answers an unknown sub-command with its help."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            click.echo(ctx.get_help(), err=True)
            say(f"\nopsmig: there is no command {args[0]!r}.", err=True)
            ctx.exit(2)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@project_options
@click.version_option(__version__, "--version", message="opsmig %(version)s")
@click.pass_context
def main(context: click.Context, /, **given: Any) -> None:
    """Make, review, test, apply and roll back Alembic migrations.

    Without a command: the screen, on the project found from here.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False
    context.obj = {name: value for name, value in given.items() if value not in (None, ())}
    if context.invoked_subcommand is not None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(context.get_help())
        return
    context.exit(guarded(lambda: open_screen(open_options({}))))


for command in (
    *(history, review, rules, status, check, ghost),
    *(init, ensure_version),
    *(heads, branches, current, show, edit, rename, merge, move),
    *(create, upgrade, downgrade, stamp, test, rehearse, run, runs, doctor, demo),
):
    main.add_command(command)
