"""opsmig review of several files, in other formats, and how it ends."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.trust import trust
from opsmig_tui.review.model import Finding
from opsmig_tui.review.rules import ALL
from opsmig_tui.review.subject import Subject
from opsmig_tui.services.worker_client import WorkerClient
from tests.cli.conftest import Opsmig, call
from tests.support.projects import AlembicProject

DROP = 'op.drop_table("vendor")'
ADD = 'op.add_column("vendor", sa.Column("name", sa.Text()))'


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=o", "-c", "user.email=o@example.org")
    subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True
    )


@pytest.fixture
def project(empty_project: AlembicProject) -> AlembicProject:
    """Three revisions; the second drops a table."""
    empty_project.revision("a1", upgrade=ADD, downgrade='op.drop_column("vendor", "name")')
    empty_project.revision("b2", down="a1", upgrade=DROP, downgrade="raise NotImplementedError")
    empty_project.revision(
        "c3", down="b2", upgrade=ADD, downgrade='op.drop_column("vendor", "name")'
    )
    return empty_project


def review(project: AlembicProject, *arguments: str) -> Result:
    return call("review", "-C", str(project.root), *arguments)


def reviewed(result: Result) -> list[str]:
    return [one["revision"] for one in json.loads(result.output)["reviews"]]


def test_all_of_them_in_the_order_they_run(project: AlembicProject) -> None:
    result = review(project, "--all", "--json")
    assert result.exit_code == 1
    assert reviewed(result) == ["a1", "b2", "c3"]
    text = review(project, "--all").output
    assert "✖ drop-table" in text
    assert text.splitlines()[-1].startswith("3 files: ✖ 1 error")


def test_several_that_are_named(project: AlembicProject) -> None:
    assert reviewed(review(project, "c3", "a1", "c3", "--json")) == ["c3", "a1"]
    alone = json.loads(review(project, "c3", "--json").output)
    assert alone["revision"] == "c3"


def test_one_that_cannot_be_read_among_others_is_said_and_2(project: AlembicProject) -> None:
    odd = project.versions / "odd.py"
    odd.write_text("def upgrade(:\n")
    result = review(project, "--all", "--json")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert [Path(one["file"]).name for one in document["not_reviewed"]] == ["odd.py"]
    assert len(document["reviews"]) == 3
    assert "odd.py: line 1: does not parse" in result.stderr


def test_a_fault_of_ours_in_one_file_leaves_the_others_reviewed(
    project: AlembicProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def faulty(subject: Subject) -> Iterator[Finding]:
        yield from ALL["drop-table"].check(subject)  # type: ignore[misc]
        if subject.migration.revision.revision == "b2":
            raise IndexError("a fault")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    rules = {**ALL, "drop-table": replace(ALL["drop-table"], check=faulty)}
    monkeypatch.setattr("opsmig_tui.review.engine.ALL", rules)
    result = review(project, "--all", "--json")
    assert result.exit_code == 2
    assert [one["revision"] for one in json.loads(result.stdout)["reviews"]] == ["a1", "c3"]
    (line,) = result.stderr.splitlines()
    assert "opsmig stumbled: IndexError. The details are in" in line
    assert "b2" in line


def test_since_takes_what_is_new_on_the_branch(project: AlembicProject) -> None:
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-qm", "all")
    git(project.root, "switch", "-qc", "topic")
    project.revision("d4", down="c3", upgrade=ADD)
    git(project.root, "add", ".")
    git(project.root, "commit", "-qm", "new")
    moved = next(project.versions.glob("*a1*"))
    git(project.root, "mv", str(moved), str(moved.with_name("renamed.py")))
    project.revision("e5", down="d4", upgrade=ADD)
    assert reviewed(review(project, "--since", "main", "--json")) == ["d4", "e5"]
    assert reviewed(review(project, "--since", "HEAD", "--json")) == ["e5"]
    git(project.root, "add", ".")
    git(project.root, "commit", "-qm", "newer")
    nothing = review(project, "--since", "HEAD")
    assert (nothing.exit_code, nothing.output) == (0, "No revision to review.\n")
    for ref in ("nowhere", "--all"):
        unknown = review(project, "--since", ref)
        assert unknown.exit_code == 2
        assert "git knows no commit" in unknown.stderr


def test_since_without_git_is_one_sentence(project: AlembicProject) -> None:
    result = review(project, "--since", "main")
    assert result.exit_code == 2
    assert "needs git" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        *(("a1", "--all"), ("--all", "--since", "main"), ("a1", "--json", "--format", "sarif")),
        *(("a1", "--diff", "--json"), ("a1", "--diff", "--output", "x"), ("alembic",)),
    ],
)
def test_options_that_contradict_each_other(
    project: AlembicProject, arguments: tuple[str, ...]
) -> None:
    result = review(project, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_diff_is_one_that_git_applies(project: AlembicProject, end: str) -> None:
    git(project.root, "init", "-q")
    path = project.revision("d4", down="c3", upgrade='op.create_index("ix", "vendor", ["name"])')
    index = 'op.drop_index("ix", "vendor")'
    path.write_text(path.read_text().rstrip().removesuffix("pass") + index + end)
    (project.root / "all.diff").write_text(review(project, "d4", "--diff").stdout)
    git(project.root, "apply", "all.diff")
    applied = path.read_text()
    git(project.root, "apply", "-R", "all.diff")
    review(project, "d4", "--fix")
    assert path.read_text() == applied
    assert "autocommit_block" in applied
    assert applied.endswith(f"if_exists=True){end}")


def test_what_a_file_holds_cannot_steer_the_terminal(project: AlembicProject) -> None:
    path = project.revision("d4", down="c3", upgrade=DROP)
    path.write_text(path.read_text().replace('"""', '"""\x1b]0;mine\x07 ', 1))
    for form in ("text", "markdown", "github"):
        assert "\x1b" not in review(project, "d4", "--format", form).output


def test_what_the_exit_status_is_for(project: AlembicProject) -> None:
    assert review(project, "b2").exit_code == 1
    assert review(project, "a1").exit_code == 0
    index = 'op.create_index("ix", "vendor", ["name"])'
    project.revision("d4", down="c3", upgrade=index, downgrade='op.drop_index("ix", "vendor")')
    assert review(project, "d4", "--fail-on", "warning").exit_code == 1
    assert review(project, "d4").exit_code == 0
    column = 'op.add_column("vendor", sa.Column("extra", sa.JSON()))'
    project.revision("e5", down="d4", upgrade=column, downgrade='op.drop_column("vendor", "extra")')
    for level, status in (("error", 0), ("warning", 0), ("note", 1)):
        assert review(project, "e5", "--fail-on", level).exit_code == status


@pytest.mark.parametrize(
    "settings",
    [
        'ignore = ["drop-tabel"]',
        '[severity]\ndrop-tabel = "off"',
        '[per-path."*"]\ndrop-tabel = "off"',
    ],
)
def test_an_unknown_rule_in_the_settings_is_said_once(
    project: AlembicProject, settings: str
) -> None:
    (project.root / "opsmig.toml").write_text(settings + "\n")
    result = review(project, "--all")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean drop-table?" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_settings_weigh_rules_and_leave_old_history_alone(project: AlembicProject) -> None:
    (project.root / "opsmig.toml").write_text('severity = { drop-table = "warning" }\n')
    assert review(project, "b2").exit_code == 0
    (project.root / "opsmig.toml").write_text('start-after = "b2"\n')
    result = review(project, "--all")
    assert result.exit_code == 0
    assert "drop-table" not in result.output


def test_the_output_is_written_whole(project: AlembicProject) -> None:
    result = review(project, "--all", "--json", "--output", "report.json")
    assert result.output == ""
    path = project.root / "report.json"
    assert len(json.loads(path.read_text())["reviews"]) == 3
    nowhere = review(project, "--all", "--output", "no/such/folder/report.txt")
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr


def test_a_rule_that_is_like_none_is_told_where_to_look() -> None:
    assert call("rules", "nope").stderr.endswith("`opsmig rules` lists them.\n")


def test_rules_are_listed_and_explained() -> None:
    assert "drop-table" in call("rules").output
    told = call("rules", "unique-on-duplicates").output
    assert "Flagged:" in told
    assert "def upgrade():" in told
    assert "#!" not in told
    unknown = call("rules", "drop-tabel")
    assert unknown.exit_code == 2
    assert "Did you mean drop-table?" in unknown.stderr


def test_all_of_a_trusted_project_ask_the_worker_once(
    opsmig: Opsmig, sample: SampleProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(sample.root)
    asked: list[str] = []
    request = WorkerClient.request

    async def counted(self: WorkerClient, request_: Any, **options: Any) -> Any:
        asked.append(type(request_).__name__)
        return await request(self, request_, **options)

    monkeypatch.setattr(WorkerClient, "request", counted)
    result = opsmig("review", "--all", "--json")
    document = json.loads(result.stdout)
    assert len(document["reviews"]) == 20
    assert document["not_reviewed"] == []
    reasons = {one["reason"] for each in document["reviews"] for one in each["not_checked"]}
    assert not any("not trusted" in reason for reason in reasons)
    assert asked.count("GatherFacts") == asked.count("Render") == 1
    assert asked.count("AskLive") <= 2  # for the pending ones
