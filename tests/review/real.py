"""Every migration of optuna, mlflow and jupyterhub, as their packages on PyPI have them.

`verdicts.toml` holds each error-level finding in them, looked at by hand: right or wrong, and why;
`rendered` marks those that only the rendered SQL shows.
`uv run python -m tests.review.real` prints what is found and not written down, and the reverse.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from opsmig_tui.history.model import Revision
from opsmig_tui.history.reader import read_revision
from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts
from tests.support.rendering import offline_project, rendered

PACKAGES = ("optuna", "mlflow", "jupyterhub")
VERDICTS = Path(__file__).parent / "verdicts.toml"
# (package/file, rule, line)
Place = tuple[str, str, int]


def folder(package: str) -> Path:
    """The package's folder; nothing of it is imported."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def migrations() -> Iterator[tuple[str, Path]]:
    """("package/file.py", where it is) of each revision file."""
    for package in PACKAGES:
        for path in sorted(folder(package).rglob("versions/*.py")):
            read = read_revision(path, path.read_text("utf-8"))
            if isinstance(read, Revision) and read.revision:
                yield f"{package}/{path.name}", path


def errors() -> dict[Place, str]:
    """The error-level findings in all of them, from their texts alone, with what they say."""
    found = {}
    for name, path in migrations():
        for item in review_source(path, path.read_bytes(), Facts()).findings:
            if item.severity == "error":
                found[(name, item.rule, item.line)] = item.message
    return found


async def rendered_errors(root: Path) -> dict[Place, str]:
    """Those with the SQL that a worker rendered of each, on PostgreSQL, in a project in `root`."""
    project = offline_project(root)
    paths = dict(migrations())
    copies = [project.versions / name.replace("/", "_") for name in paths]
    for path, copy in zip(paths.values(), copies, strict=True):
        shutil.copy(path, copy)
    result = await rendered(root, *copies)
    assert not result.problem
    found = {}
    for (name, path), revision in zip(paths.items(), result.revisions, strict=True):
        assert revision.digest == hashlib.sha256(path.read_bytes()).hexdigest()
        for item in review_source(path, path.read_bytes(), Facts(rendered=revision)).findings:
            if item.severity == "error":
                found[(name, item.rule, item.line)] = item.message
    return found


def verdicts(rendering: bool = False) -> dict[Place, bool]:
    """What is written down: whether the finding is right; with those that `rendering` adds."""
    entries = tomllib.loads(VERDICTS.read_text("utf-8"))["finding"]
    return {
        (entry["file"], entry["rule"], line): entry["verdict"] == "right"
        for entry in entries
        for line in entry["lines"]
        if rendering or not entry.get("rendered")
    }


@click.command()
def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        found = asyncio.run(rendered_errors(Path(root) / "project"))
    found |= errors()
    known = verdicts(rendering=True)
    for place in sorted(found.keys() - known.keys()):
        click.echo(f"new   {place[0]}:{place[2]} {place[1]}: {found[place]}")
    for place in sorted(known.keys() - found.keys()):
        click.echo(f"gone  {place[0]}:{place[2]} {place[1]}")
    right = sum(known[place] for place in found if place in known)
    click.echo(
        f"{len(found)} errors in {len(list(migrations()))} migrations, {right} of them right"
    )


if __name__ == "__main__":
    main()
