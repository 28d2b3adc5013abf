"""The sample's files, history and database are what the screens and tests count on."""

import subprocess
import sys

from opsmig_tui.demo import SampleProject


def alembic(project: SampleProject, *arguments: str) -> str:
    """Run the alembic command in the sample; its output, both streams."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(project.backend / "alembic.ini"), *arguments],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def git(project: SampleProject, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=project.root, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_upgrades_to_head_and_matches_the_committed_models(sample: SampleProject) -> None:
    git(sample, "stash", "--include-untracked")
    git(sample, "switch", "--quiet", "main")
    out = alembic(sample, "upgrade", "head")
    assert "backfilled 1600 agreements" in out
    assert "No new upgrade operations detected." in alembic(sample, "check")
