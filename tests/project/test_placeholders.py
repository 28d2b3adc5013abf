"""Templates of projects are explained, not crashed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.history.reader import read_history
from opsmig_tui.project.alembic_config import load_config
from opsmig_tui.project.errors import OpsmigError


@pytest.mark.parametrize(
    ("ini", "placeholder"),
    [
        ("[alembic]\nscript_location = {{ project.slug }}/alembic\n", "{{ project.slug }}"),
        ("[alembic]\nscript_location = ${MIGRATIONS}\n", "${MIGRATIONS}"),
        ("{% if database %}\n[alembic]\nscript_location = alembic\n", "{% if database %}"),
    ],
)
def test_a_config(tmp_path: Path, ini: str, placeholder: str) -> None:
    path = tmp_path / "alembic.ini"
    path.write_text(ini)
    with pytest.raises(OpsmigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path} is a template: ")
    assert placeholder in str(caught.value)


def test_a_revision_file_and_a_value_that_nobody_asks_for(tmp_path: Path) -> None:
    (tmp_path / "alembic" / "versions").mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text(
        "[alembic]\nscript_location = alembic\nsqlalchemy.url = x://%(USER)s@{{ host }}/a\n"
    )
    config = load_config(tmp_path / "alembic.ini")
    file = config.script_location / "versions" / "first.py"
    file.write_text("revision = ${repr(up_revision)}\ndown_revision = None\n")
    (problem,) = read_history(config.version_locations).problems
    said = "first.py is a template, not a revision: it holds ${repr(up_revision)}"
    assert problem.message == said
