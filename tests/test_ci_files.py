"""The hook for pre-commit and the example workflow: they fit their schemas, and they work."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.support.projects import AlembicProject
from tests.support.schemas import check

TOP = Path(__file__).parents[1]
DROP = 'op.drop_table("vendor")'


def read(name: str) -> Any:
    return yaml.safe_load((TOP / name).read_text(encoding="utf-8"))


def shell(project: AlembicProject, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **more, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["bash", "-ec", script]
    return subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True
    )


def test_the_hook_fits_its_schema_and_finds_revisions() -> None:
    hooks = read(".pre-commit-hooks.yaml")
    check(hooks, ".pre-commit-hooks.yml")
    (hook,) = hooks
    for name, wanted in (
        ("backend/alembic/versions/a1_add.py", True),
        ("versions/2026/a1.py", True),
        ("versions/__init__.py", False),
        ("app/models.py", False),
        ("versions/notes.md", False),
    ):
        taken = re.search(hook["files"], name) and not re.search(hook["exclude"], name)
        assert bool(taken) is wanted, name


def test_the_hook_stops_a_commit_with_an_error(empty_project: AlembicProject) -> None:
    entry = read(".pre-commit-hooks.yaml")[0]["entry"]
    empty_project.revision("a1")
    path = empty_project.revision("b2", down="a1", upgrade=DROP)
    relative = path.relative_to(empty_project.root)
    stopped = shell(empty_project, f"{entry} {relative}")
    assert stopped.returncode == 1
    assert "✖ drop-table" in stopped.stdout
    harmless = next(empty_project.versions.glob("*a1*")).relative_to(empty_project.root)
    assert shell(empty_project, f"{entry} {harmless}").returncode == 0


def test_the_workflow_fits_its_schema() -> None:
    workflow = read("examples/github-workflow.yml")
    workflow["on"] = workflow.pop(True)  # YAML 1.1, which PyYAML reads, has it for a yes
    check(workflow, "GitHub Workflow")


def test_the_workflow_s_commands_work(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    who = "git -c user.name=o -c user.email=o@example.org"
    begun = shell(
        empty_project, f"git init -qb main; git add .; {who} commit -qm x; git switch -qc t"
    )
    assert begun.returncode == 0, begun.stderr
    empty_project.revision("b2", down="a1", upgrade=DROP)
    steps = {
        one["name"]: one["run"]
        for one in read("examples/github-workflow.yml")["jobs"]["review"]["steps"]
        if "name" in one
    }
    summary = empty_project.root / "summary.md"
    done = {
        name: shell(empty_project, script, BASE="main", GITHUB_STEP_SUMMARY=str(summary))
        for name, script in steps.items()
    }
    assert [one.returncode for one in done.values()] == [0, 0, 1]
    assert "`drop-table`" in summary.read_text(encoding="utf-8")
    sarif = json.loads((empty_project.root / "opsmig.sarif").read_text(encoding="utf-8"))
    assert "drop-table" in {one["ruleId"] for one in sarif["runs"][0]["results"]}
    annotations = done["Annotations"].stdout.splitlines()
    assert any(line.startswith("::error file=alembic/versions/") for line in annotations)
