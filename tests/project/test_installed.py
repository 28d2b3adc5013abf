"""Versions by the names of folders, as pip, uv and Debian write them."""

from pathlib import Path

from opsmig_tui.project.installed import installed_in


def environment(prefix: Path, *folders: str, settings: str = "") -> Path:
    for name in folders:
        (prefix / name).mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text(settings)
    return prefix / "bin" / "python"


def test_what_concerns_migrations(tmp_path: Path) -> None:
    site = "lib/python3.9/site-packages"
    python = environment(
        tmp_path,
        f"{site}/SQLAlchemy-1.3.24.dist-info",
        f"{site}/alembic-1.8.1.dist-info",
        f"{site}/psycopg2_binary-2.9.9.dist-info",
        f"{site}/requests-2.0.dist-info",
        settings="version_info = 3.9.18.final.0\n",
    )
    found = installed_in(python)
    assert found.python == "3.9.18"
    assert found.packages == {
        "sqlalchemy": "1.3.24",
        "alembic": "1.8.1",
        "psycopg2-binary": "2.9.9",
    }
    assert found.drivers == {"psycopg2-binary": "2.9.9"}
    assert found.too_old == ("sqlalchemy 1.3.24 (needs 1.4)",)


def test_the_systems_packages_count_where_they_are_seen(tmp_path: Path) -> None:
    environment(tmp_path / "usr", "lib/python3/dist-packages/alembic-1.13.1-py3.11.egg-info")
    python = environment(
        tmp_path / "venv",
        "lib/python3.11/site-packages",
        settings=f"home = {tmp_path}/usr/bin\ninclude-system-site-packages = true\n",
    )
    found = installed_in(python)
    assert (found.python, dict(found.packages)) == ("3.11", {"alembic": "1.13.1"})


def test_a_folder_that_is_no_environment(tmp_path: Path) -> None:
    found = installed_in(tmp_path / "bin" / "python")
    assert (found.python, dict(found.packages), found.too_old) == ("", {}, ())
