"""`opsmig doctor`: what is found of this project and this machine, and what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import open_one, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import check_settings, guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.workspace.doctor import Diagnosis
    from opsmig_tui.workspace.workspace import Workspace

MARKS = {"ok": ("✓", "green"), "warning": ("▲", "yellow"), "failed": ("✖", "red")}


@click.command()
@project_options
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def doctor(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Tell what is found, and what to do about what is wrong.

    Config, scripts, history, settings, interpreter with its reason, versions, driver, git, docker,
    database. The project's code runs only if it is trusted. Exit status: 0, or 1 when something
    failed.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.workspace.doctor import examine

        return _show(await examine(workspace), as_json)

    def examined() -> int:
        try:
            check_settings(open_one(given, run_tools=False))
        except OpsmigError as error:
            from opsmig_tui.workspace.doctor import Diagnosis

            return _show([Diagnosis("project", "failed", str(error), error.hint)], as_json)
        return run(given, use, trust=False)

    context.exit(guarded(examined))


def _show(found: Sequence[Diagnosis], as_json: bool) -> int:
    if as_json:
        checks = [asdict(one) for one in found]
        click.echo(json.dumps({"schema_version": 1, "checks": checks}, indent=2))
    else:
        for one in found:
            mark, colour = MARKS[one.state]
            say(f"{mark} {one.name:<12} {one.text}", fg=colour if one.state != "ok" else None)
            if one.remedy:
                say(f"  {'':<12} → {one.remedy}")
    return 1 if any(one.state == "failed" for one in found) else 0
