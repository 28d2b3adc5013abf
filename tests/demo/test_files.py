"""The sample's files and its git history."""

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from opsmig_tui.demo import FEATURE_BRANCH, SampleProject, write_sample
from opsmig_tui.project.errors import OpsmigError
from tests.demo.conftest import Run

URL = "postgresql+psycopg://ops:s3cret@/ops?host=/tmp/some%20where&port=5432"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SampleProject:
    """The sample's files alone; its database does not exist."""
    return write_sample(tmp_path_factory.mktemp("files") / "sample", URL)


def test_twenty_revisions_with_one_branch_and_one_merge(written: SampleProject) -> None:
    script = ScriptDirectory.from_config(Config(str(written.backend / "alembic.ini")))
    revisions = list(script.walk_revisions())
    assert len(revisions) == 20
    assert len([one for one in revisions if one.is_branch_point]) == 1
    assert len([one for one in revisions if one.is_merge_point]) == 1
    assert script.get_heads() == ["a7c3f15d8e92"]
    assert len(script.get_bases()) == 1


def test_revision_files_are_named_and_dated_as_alembic_does(written: SampleProject) -> None:
    files = sorted((written.backend / "alembic" / "versions").glob("*.py"))
    names = [re.fullmatch(r"(\d{4}_\d\d_\d\d_\d{4})-([0-9a-f]{12})_\w+\.py", f.name) for f in files]
    for file, name in zip(files, names, strict=True):
        assert name, file.name
        created = re.search(r"^Create Date: (.+)$", file.read_text(), re.MULTILINE)
        assert created
        date = datetime.fromisoformat(created[1])
        assert f"{date:%Y_%m_%d_%H%M}" == name[1]
        assert date.year in (2025, 2026)
        assert f'revision: str = "{name[2]}"' in file.read_text()


def test_the_feature_branch_is_checked_out_with_one_commit(git: Run) -> None:
    assert git("branch", "--show-current").strip() == FEATURE_BRANCH
    assert git("log", "--format=%an", "main..HEAD").splitlines() == ["Jonas Pereira"]
    assert git("diff", "--name-only", "main...HEAD").split() == ["backend/models/vendor.py"]
    assert len(git("log", "--format=%h", "main").split()) == 11
    dates = git("log", "--format=%at %ct", "HEAD").splitlines()
    assert dates == sorted(dates, reverse=True)


def test_staged_unstaged_and_untracked_changes_wait(git: Run) -> None:
    assert git("status", "--porcelain", ":/").splitlines() == [
        " M backend/models/__init__.py",
        " M backend/models/agreement.py",
        " M backend/models/asset.py",
        " M backend/models/invoice.py",
        "M  backend/models/vendor.py",
        " M backend/models/work_order.py",
        "?? backend/models/document.py",
    ]
    diff = git("diff", "HEAD")
    for line in (
        "-    nickname: Mapped[str | None]",
        "+    nick_name: Mapped[str | None]",
        '+    ONBOARDING = "onboarding"',
        "+    channel: Mapped[str] = mapped_column(String(20))",
        "+    odometer_m: Mapped[int | None] = mapped_column(BigInteger)",
        "+    due_on: Mapped[date] = mapped_column(Date, index=True)",
    ):
        assert line in diff


def test_the_password_is_in_one_ignored_file_only(
    sample: SampleProject, role_password: str, git: Run
) -> None:
    env = sample.backend / ".env"
    assert env.read_text() == f"DATABASE_URL={sample.url}\n"
    assert env.stat().st_mode & 0o077 == 0
    assert git("check-ignore", ".env").strip() == ".env"
    assert role_password not in git("log", "--all", "--patch")
    assert role_password not in repr(sample)
    files = [path for path in sample.root.rglob("*") if path.is_file() and path != env]
    assert not [path for path in files if role_password.encode() in path.read_bytes()]


def test_the_project_knows_its_database_and_folders(written: SampleProject) -> None:
    assert written.host == "/tmp/some where"
    assert written.database == "ops"
    assert (written.backend / "alembic.ini").is_file()
    assert (written.root / ".git").is_dir()


def test_settings_are_the_documented_keys(written: SampleProject) -> None:
    assert tomllib.loads((written.backend / "opsmig.toml").read_text()) == {
        "python": "opsmig",
        "base-branch": "main",
        "models": ["models"],
        "companion-suffixes": ["_history"],
        "database-service": "db",
    }


def test_compose_serves_the_database_as_db(written: SampleProject) -> None:
    import yaml

    compose = yaml.safe_load((written.root / "docker-compose.yml").read_text())
    service = compose["services"]["db"]
    assert service["image"] == "postgres:16"
    assert service["ports"] == ["127.0.0.1:5432:5432"]
    assert service["healthcheck"]["test"][0] == "CMD-SHELL"
    assert service["volumes"] == ["db-data:/var/lib/postgresql/data"]


def test_the_persons_git_configuration_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-checkout", "commit-msg"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / "gitconfig"
    config.write_text(f"[commit]\ngpgsign = true\n[core]\nhooksPath = {hooks}\nautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    project = write_sample(tmp_path / "sample", URL)
    assert (project.root / ".git" / "refs" / "heads" / "feature").is_dir()
    assert not (tmp_path / "elsewhere").exists()


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsmigError, match="needs git, which is not installed"):
        write_sample(tmp_path / "sample", URL)
