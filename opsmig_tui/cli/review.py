"""opsmig review: which files, in which format, and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.complete import complete_revision
from opsmig_tui.cli.options import open_options, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.review.model import Severity
    from opsmig_tui.review.reports import Report
    from opsmig_tui.workspace.workspace import Workspace

FORMATS = ("text", "json", "github", "sarif", "markdown")


@click.command()
@project_options
@click.argument("targets", nargs=-1, metavar="[FILE|REV]...", shell_complete=complete_revision)
@click.option("--all", "everything", is_flag=True, help="Every revision file.")
@click.option("--since", metavar="REF", help="The files that are new on this branch beside REF.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="What to print [default: text].")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write there."
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "note")),
    default="error",
    help="From which severity on the exit status is 1 [default: error].",
)
@click.option("--fix", "fixes", is_flag=True, help="Make all fixes that ask nothing, then review.")
@click.option("--diff", is_flag=True, help="Print what --fix would change, and write nothing.")
@click.option("--live-values", is_flag=True, help="Keep numbers from the database in any format.")
@click.pass_context
def review(
    context: click.Context,
    /,
    targets: tuple[str, ...],
    everything: bool,
    since: str | None,
    form: str | None,
    as_json: bool,
    output: Path | None,
    fail_on: Severity,
    fixes: bool,
    diff: bool,
    live_values: bool,
    **given: Any,
) -> None:
    """Review revision files: what they do, what is wrong with them.

    A target is a file or a revision; default the uncommitted revision file, else the head. Exit
    status: 0 clean or nothing as severe as --fail-on, 1 findings of it, 2 could not review. With
    --fix it is that of what is left, with --diff that of the files as they are.
    """

    async def use(workspace: Workspace) -> int:
        _check(targets, everything, since, form, as_json)
        if diff and (form or as_json or output is not None):
            raise OpsmigError("--diff prints a diff: no --format, --json or --output goes with it.")
        chosen = form or ("json" if as_json else "text")
        report = await _reviewed(workspace, given, targets, everything, since)
        if fixes or diff:
            from opsmig_tui.cli.fix import fix

            for one in report.reviews:
                await fix(workspace, one, write=not diff)
            if diff:
                return report.exit_status(fail_on)
            report = await _reviewed(workspace, given, targets, everything, since)
        to_terminal = output is None and sys.stdout.isatty()
        _print(report, chosen, given, output, live_values or (chosen == "text" and to_terminal))
        return report.exit_status(fail_on)

    context.exit(guarded(lambda: run(given, use, trust=False)))


def _check(
    targets: tuple[str, ...], everything: bool, since: str | None, form: str | None, as_json: bool
) -> None:
    if sum((bool(targets), everything, since is not None)) > 1:
        raise OpsmigError("Name files or revisions, or --all, or --since: one of the three.")
    if as_json and form not in (None, "json"):
        raise OpsmigError(f"--json and --format {form} contradict each other.")


async def _reviewed(
    workspace: Workspace,
    given: dict[str, Any],
    targets: tuple[str, ...],
    everything: bool,
    since: str | None,
) -> Report:
    """Raises OpsmigError where the one file that was meant cannot be reviewed."""
    from opsmig_tui.review.reports import Report
    from opsmig_tui.workspace import review as one
    from opsmig_tui.workspace.review_many import choose, review_many

    project = workspace.project
    root = project.repository or project.root
    named = [_from_directory(given, target) for target in targets]
    if len(named) < 2 and not everything and since is None:
        result = await one.review(workspace, named[0] if named else None)
        return Report((result,), root=root, many=False)
    paths = await choose(workspace, named, everything=everything, since=since)
    reviews, failed = await review_many(workspace, paths)
    return Report(tuple(reviews), tuple(failed), root)


def _from_directory(given: dict[str, Any], target: str) -> str | Path:
    """A path goes by the folder named with -C; what is no file there names a revision."""
    path = open_options(given).directory / target
    return path if path.is_file() else target


def _print(
    report: Report, form: str, given: dict[str, Any], output: Path | None, live: bool
) -> None:
    from opsmig_tui.review.reports import render

    width = min(get_terminal_size((100, 24)).columns, 120) if output is None else 100
    text = render(report, form, width=width, live=live)
    if output is not None:
        _write(open_options(given).directory / output, text)
    else:
        say(text)
    # Whoever reads a document has it from there; a person needs it said.
    for one in report.failed:
        say(f"opsmig: {one.reason}", err=True)


def _write(path: Path, text: str) -> None:
    from opsmig_tui.project.atomic import write_whole

    try:
        write_whole(path, (text + "\n").encode("utf-8", "replace"))
    except OSError as error:
        raise OpsmigError(f"{path} cannot be written: {error.strerror}.") from error
