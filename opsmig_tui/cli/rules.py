"""opsmig rules: what the review looks for, and what one rule is about."""

from __future__ import annotations

import json
from shutil import get_terminal_size

import click
from click.shell_completion import CompletionItem

from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded


def _complete(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from opsmig_tui.review.rules import ALL

    return [CompletionItem(name) for name in ALL if name.startswith(incomplete)]


@click.command()
@click.argument("rule", required=False, metavar="[ID]", shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def rules(context: click.Context, /, rule: str | None, as_json: bool) -> None:
    """List the review's rules, or explain one. Exit status: 0, 2 for an unknown rule."""

    def use() -> int:
        from opsmig_tui.review import catalogue
        from opsmig_tui.review.rules import ALL, check_rule_ids

        if rule is not None:
            check_rule_ids([rule], "the command")
        chosen = [ALL[rule]] if rule is not None else list(ALL.values())
        if as_json:
            click.echo(json.dumps(catalogue.to_json(chosen), indent=2))
        elif rule is not None:
            say(
                catalogue.explained(ALL[rule], width=min(get_terminal_size((100, 24)).columns, 100))
            )
        else:
            say(catalogue.listed())
        return 0

    context.exit(guarded(use))
