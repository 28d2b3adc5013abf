"""heads, branches, show, current, edit and the SQL of a range: what alembic's own say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from tests.cli.conftest import Opsmig, call
from tests.conftest import Sql
from tests.support.projects import AlembicProject
from tests.workspace.conftest import HEAD, MIDDLE


@pytest.fixture
def forked(empty_project: AlembicProject) -> AlembicProject:
    empty_project.revision("a1", message="base")
    empty_project.revision("b1", "a1", message="one", branch_labels="reports")
    empty_project.revision("c1", "a1", message="two", depends_on="b1")
    return empty_project


def alembic(project: AlembicProject, *arguments: str) -> list[str]:
    command = [sys.executable, "-m", "alembic", *arguments]
    done = subprocess.run(command, cwd=project.root, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_heads_branches_and_show_from_the_files(forked: AlembicProject) -> None:
    def said(*arguments: str) -> list[str]:
        result = call(arguments[0], "-C", str(forked.root), *arguments[1:])
        assert result.exit_code == 0, result.output
        assert result.stderr.startswith(f"$ alembic {' '.join(arguments)}\n")
        return result.stdout.splitlines()

    def ids(lines: list[str]) -> set[str]:
        return {line.split()[0] for line in lines if line and line[0] != " "}

    assert ids(said("heads")) == ids(alembic(forked, "heads")) == {"b1", "c1"}
    deep = "heads", "--resolve-dependencies"
    assert ids(said(*deep)) == ids(alembic(forked, *deep)) == {"c1"}
    assert "b1 (head) (reports)" in said("heads")
    first, *children = said("branches")
    assert first == "a1 (branchpoint)"
    assert sorted(children) == ["    -> b1 (head) (reports)", "    -> c1 (head)"]
    shown = said("show", "reports")
    assert "Parent: a1" in shown
    assert any(line.startswith("Path: ") for line in shown)
    assert "    one" in shown
    path = forked.revision("d1", "a1")
    path.write_text(path.read_text().replace("'a1'", "str('a1')"))
    doubtful = call("heads", "-C", str(forked.root))
    assert f"▲ {path.name} works its identifiers out when it runs" in doubtful.stderr
    unknown = call("show", "-C", str(forked.root), "nothing")
    assert unknown.exit_code == 2
    assert "no revision or branch label 'nothing'" in unknown.output


def test_edit_says_when_the_chain_breaks(
    forked: AlembicProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nfor last; do :; done\nsed -i \"s/= 'a1'/= 'gone'/\" \"$last\"\n")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    refused = call("edit", "--read-only", "-C", str(forked.root), "b1")
    assert refused.exit_code == 2
    result = call("edit", "-C", str(forked.root), "b1")
    assert result.exit_code == 1
    assert "✖ b1 names 'gone' as its down_revision, which no file has" in result.stderr


def test_current_names_the_database_and_head(opsmig: Opsmig, sample: SampleProject) -> None:
    result = opsmig("current", "-v")
    assert result.exit_code == 0, result.output
    assert f"/{sample.database}  alembic_version" in result.output
    assert f"Rev: {BEFORE_PENDING}" in result.output
    assert opsmig("current", "--check-heads").exit_code == 1


def test_the_sql_of_a_range_is_alembics_own(
    opsmig: Opsmig, sample: SampleProject, sql: Sql
) -> None:
    before = sql("SELECT version_num FROM public.alembic_version")
    span = f"{MIDDLE}:{HEAD}"
    command = [sys.executable, "-m", "alembic", "upgrade", span, "--sql"]
    theirs = subprocess.run(
        command, cwd=sample.backend, check=True, capture_output=True, text=True
    ).stdout
    result = opsmig("upgrade", span, "--sql")
    assert result.exit_code == 0, result.output
    assert "ALTER TABLE" in result.stdout
    assert result.stdout == theirs
    assert f"$ alembic upgrade {span} --sql" in result.stderr
    assert opsmig("downgrade", "-1", "--sql").exit_code == 2
    assert "ALTER TABLE" in opsmig("downgrade", f"{HEAD}:{MIDDLE}", "--sql").stdout
    assert sql("SELECT version_num FROM public.alembic_version") == before


def test_renamed_after_a_yes(forked: AlembicProject) -> None:
    def rename(*arguments: str) -> int:
        return call("rename", "-C", str(forked.root), "b1", "why not", *arguments).exit_code

    before = sorted(forked.versions.iterdir())
    assert (rename("--diff"), rename(), rename("--yes", "--read-only")) == (0, 2, 2)
    assert sorted(forked.versions.iterdir()) == before
    assert rename("--yes") == 0
    assert (forked.versions / "b1_why_not.py").read_text().startswith('"""why not\n')
    assert len(list(forked.versions.iterdir())) == 3


def test_an_empty_revision_needs_no_database(opsmig: Opsmig, sample: SampleProject) -> None:
    (sample.backend / ".env").write_text("DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n")
    assert opsmig("create", "--empty", "by hand").exit_code == 2  # nobody to ask
    result = opsmig("create", "--empty", "by hand", "--rev-id", "c0ffee", "--yes")
    assert result.exit_code == 0
    assert "$ alembic revision -m 'by hand' --rev-id c0ffee" in result.output
    (made,) = (sample.backend / "alembic" / "versions").glob("*c0ffee*")
    assert f"Wrote {made}" in result.output
    assert f"Revises: {HEAD}" in made.read_text()
