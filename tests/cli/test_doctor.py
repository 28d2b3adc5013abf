"""What `opsmig doctor` finds, and that everything wrong has a remedy."""

import json
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.trust import trust
from tests.cli.conftest import Opsmig, call
from tests.support.projects import AlembicProject


def examined(root: Path, *arguments: str, status: int = 0) -> dict[str, dict[str, str]]:
    """The last diagnosis of each name."""
    result = call("doctor", "-C", str(root), "--json", *arguments)
    assert result.exit_code == status, result.output
    return {one["name"]: one for one in json.loads(result.output)["checks"]}


def test_a_sound_project(opsmig: Opsmig, sample: SampleProject) -> None:
    trust(sample.root)
    result = opsmig("doctor")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert any(line.startswith("✓ database") and "by psycopg, at " in line for line in lines)
    assert any(line.startswith("✓ packages") and "SQLAlchemy 2" in line for line in lines)
    assert any(line.startswith("✓ git") and "base main" in line for line in lines)


def test_what_is_wrong_comes_with_a_remedy(empty_project: AlembicProject) -> None:
    (empty_project.root / "alembic" / "env.py").unlink()
    empty_project.revision("a1")
    empty_project.revision("b1")
    empty_project.revision("c1", down="gone")
    found = examined(empty_project.root, status=1)
    assert [one["name"] for one in found.values() if one["state"] == "failed"] == [
        "scripts", "history", "interpreter",
    ]  # fmt: skip
    assert all(one["remedy"] for one in found.values() if one["state"] != "ok")
    assert "c1" in found["history"]["text"]
    assert "gone" in found["history"]["text"]


def test_nothing_runs_without_trust(empty_project: AlembicProject) -> None:
    env = empty_project.root / "alembic" / "env.py"
    ran = empty_project.root / "ran"
    env.write_text(f"open({str(ran)!r}, 'w').close()\nraise LookupError('no such tenant')\n")
    found = examined(empty_project.root, "--python", "opsmig")
    assert (found["database"]["state"], ran.exists()) == ("warning", False)
    trust(empty_project.root)
    found = examined(empty_project.root, "--python", "opsmig", status=1)
    assert f"LookupError: no such tenant ({env}:2)" in found["database"]["text"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--config", "other.ini"), "there is no alembic configuration at"),
        (("--section", "nowhere"), "has no section [nowhere]"),
        (("--python", "no-such"), "--python names 'no-such'"),
    ],
)
def test_what_cannot_be_opened(
    empty_project: AlembicProject, arguments: tuple[str, ...], said: str
) -> None:
    found = examined(empty_project.root, *arguments, status=1)
    assert said in found["project"]["text"]
