"""`python -m tests.history.real [PACKAGE …]`: histories of packages on PyPI, ours beside alembic's.

The packages are unpacked into a cache folder, without what they depend on, and only read. alembic
imports their revision files in a process of its own (`imported`), where the rest is made up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from opsmig_tui.history.model import History
from opsmig_tui.history.reader import read_history

# langflow's migrations are in langflow-base, those of airflow in apache-airflow-core.
PACKAGES = {
    "optuna": "5.0.0",
    "mlflow": "3.18.0",
    "jupyterhub": "6.1.1",
    "prefect": "3.9.1",
    "apache-airflow-core": "3.3.2",
    "langflow-base": "1.13.0",
}
ROUNDS = 5


@dataclass(frozen=True)
class Place:
    """One history of a package: its script directory and the folder of the revisions."""

    package: str
    scripts: Path
    versions: Path

    @property
    def name(self) -> str:
        beside = self.versions.name if self.versions.parent != self.scripts else ""
        return " ".join(filter(None, (self.package, beside)))


@dataclass(frozen=True)
class Compared:
    """`differences` is empty where all is alembic's; `ours` and `theirs` are CPU ms."""

    place: Place
    history: History
    differences: tuple[str, ...]
    ours: float
    theirs: float


def unpacked(package: str, cache: Path) -> Path:
    """The folder with the package's files; downloaded the first time."""
    folder = cache / f"{package}-{PACKAGES[package]}"
    if not folder.exists():
        wanted = f"{package}=={PACKAGES[package]}"
        command = ["uv", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", wanted]
        beside = folder.with_suffix(".part")
        subprocess.run([*command, "--target", str(beside)], check=True)
        beside.rename(folder)
    return folder


def places(package: str, folder: Path) -> Iterator[Place]:
    """Where there is an env.py with versions beside it; a folder for each database counts alone."""
    for env in sorted(folder.rglob("env.py")):
        versions = env.parent / "versions"
        if any(one.name != "__init__.py" for one in versions.glob("*.py")):
            yield Place(package, env.parent, versions)
            continue
        for below in sorted(versions.glob("*/")):
            if any(below.glob("*.py")):
                yield Place(package, env.parent, below)


def compare(place: Place) -> Compared:
    """Both answers, and how long each took once its library was imported: the best, in CPU time."""
    history = read_history([place.versions])  # into the page cache
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        history = read_history([place.versions])
        assert history.heads
        assert history.bases
        times.append((time.process_time() - began) * 1000)
    theirs = _alembics(place)
    found = tuple(_differences(_facts(history), theirs, {x.revision for x in _computed(history)}))
    return Compared(place, history, found, min(times), theirs["ms"])


def _computed(history: History) -> list[Any]:
    return [one for one in history.revisions if one.computed]


def _facts(history: History) -> dict[str, Any]:
    return {
        "heads": sorted(history.heads),
        "bases": sorted(history.bases),
        "revisions": {
            one.revision: [
                list(one.down_revisions),
                list(one.depends_on),
                sorted(one.branch_labels),
                one.message,
                one.docstring,
                str(one.path),
            ]
            for one in history.revisions
        },
    }


def _alembics(place: Place) -> dict[str, Any]:
    """See `imported`. Without PYTHONDONTWRITEBYTECODE: it is measured with its caches."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.history.imported", place.scripts, place.versions,
         str(ROUNDS)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        raise click.ClickException(f"{place.name}: alembic failed\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _differences(ours: dict[str, Any], theirs: dict[str, Any], computed: set[str]) -> Iterator[str]:
    mine, other = ours["revisions"], theirs["revisions"]
    for name in sorted((mine.keys() ^ other.keys()) - computed):
        yield f"{name} is only {'here' if name in mine else 'there'}"
    for name in sorted((mine.keys() & other.keys()) - computed):
        if mine[name] != other[name]:
            yield f"{name}: {mine[name]} is {other[name]}"
    if not computed:
        for part in ("heads", "bases"):
            if ours[part] != theirs[part]:
                yield f"{part}: {ours[part]} is {theirs[part]}"


def table(results: list[Compared]) -> str:
    rows = [
        ("history", "revisions", "heads", "bases", "merges", "depends_on", "labels", "computed",
         "as alembic", "ours", "ScriptDirectory", "ratio"),
    ]  # fmt: skip
    for one in results:
        items = one.history.revisions
        rows.append(
            (
                one.place.name,
                str(len(items)),
                str(len(one.history.heads)),
                str(len(one.history.bases)),
                str(sum(item.is_merge for item in items)),
                str(sum(bool(item.depends_on) for item in items)),
                str(sum(bool(item.branch_labels) for item in items)),
                str(len(_computed(one.history))),
                "NO" if one.differences else "yes",
                f"{one.ours:.1f} ms",
                f"{one.theirs:.1f} ms",
                f"{one.ours / one.theirs:.3f}",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


@click.command()
@click.argument("packages", nargs=-1, type=click.Choice(sorted(PACKAGES)))
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path.home() / ".cache" / "opsmig-histories",
    help="Where the packages are unpacked.",
)
def main(packages: tuple[str, ...], cache: Path) -> None:
    results = []
    for package in packages or tuple(PACKAGES):
        found = list(places(package, unpacked(package, cache)))
        if not found:
            raise click.ClickException(f"{package} {PACKAGES[package]} has no migrations")
        results += [compare(place) for place in found]
    click.echo(table(results))
    for one in results:
        for difference in one.differences:
            click.echo(f"{one.place.name}: {difference}")
        for problem in one.history.problems:
            click.echo(f"{one.place.name}: {problem.message}")
    sys.exit(any(one.differences for one in results))


if __name__ == "__main__":
    main()
