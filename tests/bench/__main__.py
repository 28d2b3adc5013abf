"""`uv run python -m tests.bench [NAME …] [--json]`: figures beside those of the peers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tests.bench.cases import CASES
from tests.bench.projects import the_sample, write_many
from tests.bench.result import as_json, as_table


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(CASES)))
@click.option("--json", "json_wanted", is_flag=True)
def main(names: tuple[str, ...], json_wanted: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, the_sample() as small:
        projects = [small, write_many(Path(folder) / "many")]
        results = [one for name in names or tuple(CASES) for one in CASES[name](projects)]
    click.echo(as_json(results) if json_wanted else as_table(results))


main()
