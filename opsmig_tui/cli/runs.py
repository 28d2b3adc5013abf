"""`opsmig runs`: what was run before, and what happened in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import open_one, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded

if TYPE_CHECKING:
    from opsmig_tui.services.run_history import LoggedRun

SIGNS = {"done": ("✓", "green"), "failed": ("✖", "red"), "running": ("▶", "blue")}
OTHER = ("▲", "yellow")


@click.command()
@project_options
@click.argument("number", required=False, type=click.IntRange(min=1))
@click.option("--all", "everything", is_flag=True, help="The runs of every project.")
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def runs(
    context: click.Context,
    /,
    number: int | None,
    everything: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """List the runs of this project, newest first; with NUMBER, what happened in one.

    Logs are kept in your state folder, without passwords and without what the database holds. Exit
    status: 0, or 2 when there is no such run.
    """

    def show() -> int:
        if number is not None:
            show_one(number, as_json)
            return 0
        root = None if everything else open_one(given, run_tools=False).config.root
        show_all(root, as_json)
        return 0

    context.exit(guarded(show))


def show_all(project: Any, as_json: bool) -> None:
    """The list; `project` is its config's folder, None for all."""
    from opsmig_tui.services.run_history import runs as logged

    found = logged(project)
    if as_json:
        document = {"schema_version": 1, "runs": [_document(one) for one in found]}
        click.echo(json.dumps(document, indent=2))
        return
    if not found:
        say("No run has been logged yet.")
    for one in found:
        _line(one, with_project=project is None)


def show_one(number: int, as_json: bool) -> None:
    """One run, line by line. Raises OpsmigError."""
    from opsmig_tui.services.run_history import run_lines

    one, lines = run_lines(number)
    if as_json:
        click.echo(json.dumps({"schema_version": 1, **_document(one), "lines": lines}, indent=2))
        return
    _line(one, with_project=True)
    said = ""
    for line in lines:
        if line["event"] == "failed":
            said = line.get("message", "")
        elif line["event"] == "end" and line.get("message") == said:
            line = {**line, "message": ""}
        text, *more = words(line)
        if text:
            say(f"  {_clock(line):>9}  {text}", fg="red" if line["event"] == "failed" else None)
        for detail in more:
            say(f"{'':13}  {detail}")
    if one.phase == "broken off":
        say("  The log has no end: opsmig was killed, or the machine went down.", fg="yellow")


def words(line: dict[str, Any]) -> list[str]:
    """A line of the log as text, "" for one that says nothing by itself; then the rest of it."""
    from opsmig_tui.worker.protocol import Failed, Waiting, from_dict
    from opsmig_tui.workspace.failure_text import committed, failure_details
    from opsmig_tui.workspace.waiting import what

    get = line.get
    match line.get("event"):
        case "plan":
            steps = ", ".join(get("steps", ()))
            return [f"{get('direction')} to {get('target')}: {steps}"]
        case "step_start":
            return [f"{get('number')} of {get('total')}  {get('revision')}  {get('message')}"]
        case "step_end":
            return [f"{get('revision')} done in {get('elapsed_ms', 0):.0f} ms"]
        case "sql_start":
            return [f"  {' '.join(str(get('sql')).split())}"]
        case "sql_end" if get("elapsed_ms", 0) >= 100:
            return [f"    took {get('elapsed_ms'):.0f} ms"]
        case "waiting":
            pids = ", ".join(str(one.get("pid")) for one in get("holders", ()))
            return [f"waiting for {what(from_dict(Waiting, line))}, held by pid {pids}"]
        case "wait_end":
            return [f"the wait is over after {get('elapsed_ms', 0) / 1000:.1f} s"]
        case "commit":
            return [committed(get("revisions", ()))]
        case "rollback":
            return ["rolled back"]
        case "failed":
            return [f"{get('kind')}: {get('message')}", *failure_details(from_dict(Failed, line))]
        case "end":
            return [f"{get('phase')}  {get('message') or ''}".rstrip()]
        case _:
            return [""]


def _line(one: LoggedRun, *, with_project: bool) -> None:
    sign, colour = SIGNS.get(one.phase, OTHER)
    where = f"  {one.project}" if with_project else ""
    say(f"{one.number:>5}  {_local(one.at)}  ", nl=False)
    say(f"{sign} {one.phase}", nl=False, fg=colour)
    seconds = f"{one.elapsed_ms / 1000:.1f} s"
    say(f"  {seconds}  {', '.join(one.databases)}  {one.command}{where}")


def _document(one: LoggedRun) -> dict[str, Any]:
    document = asdict(one)
    document["file"] = str(document.pop("path"))
    return document


def _local(at: str) -> str:
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return at


def _clock(line: dict[str, Any]) -> str:
    ms = line.get("ms")
    return f"{ms / 1000:.2f} s" if isinstance(ms, (int, float)) else ""
