"""The README says what is there: commands, options, keys, settings and JSON documents."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding, BindingsMap

from opsmig_tui.cli import main
from opsmig_tui.cli.options import PROJECT_OPTIONS, project_options
from opsmig_tui.demo import SampleProject
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.project.settings import KEYS
from opsmig_tui.services.docker import ContainerState, DockerAnswer
from opsmig_tui.ui.keys import EVERYWHERE, MAIN
from opsmig_tui.ui.panes.base import Pane
from opsmig_tui.ui.panes.changes import ChangesList, ChangesPane
from opsmig_tui.ui.panes.database import DatabasePane
from opsmig_tui.ui.panes.history import HistoryList, HistoryPane
from opsmig_tui.ui.panes.logs import LogList, LogsPane
from opsmig_tui.ui.panes.output import OutputList, OutputPane
from opsmig_tui.ui.panes.review import ReviewList, ReviewPane
from opsmig_tui.ui.panes.review.finding_keys import FindingKeys
from opsmig_tui.ui.widgets.line_view import LineView
from opsmig_tui.workspace.documents import status_document
from opsmig_tui.workspace.state import Loaded, WorkspaceState
from tests.cli.conftest import call
from tests.readme_rules import with_table
from tests.support.projects import AlembicProject

README = (Path(__file__).parents[1] / "README.md").read_text()
PANES = (
    LineView, Pane, DatabasePane, HistoryPane, HistoryList, ChangesPane, ChangesList, ReviewPane,
    FindingKeys, ReviewList, OutputPane, OutputList, LogsPane, LogList,
)  # fmt: skip
# As the README writes them, where Textual has another name. The arrows stand there as a word.
WRITTEN = {
    "plus": "+", "question_mark": "?", "at": "@", "slash": "/", "escape": "esc",
    "exclamation_mark": "!",
    "right_square_bracket": "]", "left_square_bracket": "[",
    "right_curly_bracket": "}", "left_curly_bracket": "{",
}  # fmt: skip
UNSAID = {"up", "down", "pageup", "pagedown", "home", "end", "2", "3", "4"}


def section(heading: str) -> str:
    """The text below a heading, up to the next of any level."""
    return re.split(r"\n#+ ", README.split(f"# {heading}\n", 1)[1])[0]


def first_cells(heading: str) -> list[str]:
    """The first column of a section's table, its head left out."""
    rows = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)\|", row)[1].strip() for row in rows[2:]]


def quoted(cells: list[str]) -> set[str]:
    return {text for cell in cells for text in re.findall(r"`([^`]+)`", cell)}


def bound_keys() -> set[str]:
    own = [*BindingsMap(MAIN), *BindingsMap(EVERYWHERE)]
    bindings: list[Binding] = [one[1] if isinstance(one, tuple) else one for one in own]
    for pane in PANES:
        for ones in BindingsMap(pane.BINDINGS).key_to_bindings.values():
            bindings += ones
    return {one.key for one in bindings}


def test_every_key_is_in_the_table() -> None:
    told = quoted(first_cells("Keys"))
    assert {WRITTEN.get(key, key) for key in bound_keys() - UNSAID} <= told


def test_every_key_of_the_table_is_bound() -> None:
    bound = {WRITTEN.get(key, key) for key in bound_keys()} | {"tab", "ctrl+p"}
    assert quoted(first_cells("Keys")) <= bound


def test_every_command_is_in_the_table_with_its_options() -> None:
    told = {cell.strip("`").split(" ")[1]: cell for cell in first_cells("Commands")[1:]}
    assert set(told) == set(main.commands)
    shared = {one.name for one in project_options(lambda: None).__click_params__}  # type: ignore[attr-defined]
    assert len(shared) == len(PROJECT_OPTIONS)
    for name, command in main.commands.items():
        names = {one.name for one in command.params}
        assert name in ("demo", "rules") or names >= shared, name
        for one in command.params:
            if one.name not in shared and one.opts[0].startswith("-"):
                where = section("Commands") if one.name in ("yes", "database") else told[name]
                assert any(opt in where for opt in one.opts), (name, one.opts)


def test_every_setting_is_in_the_table() -> None:
    assert quoted(first_cells("Settings")) == set(KEYS)


def test_the_table_of_rules_is_current() -> None:
    assert with_table(README) == README, "python -m tests.readme_rules"


def promised(command: str) -> set[str]:
    """The field names of a document, as the README's text has them."""
    text = section("JSON").split(f"`{command} --json`: `", 1)[1].split("`", 1)[0]
    return set(re.findall(r"\w+", re.sub(r": \w+(\|\w+)+", "", text)))


def fields(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in fields(item)}
    if isinstance(value, dict):
        return set(value) | {name for item in value.values() for name in fields(item)}
    return set()


@pytest.mark.parametrize("command", ["history", "check"])
def test_every_field_of_a_document_is_promised_and_there(
    command: str, sample: SampleProject
) -> None:
    document = json.loads(call(command, "-C", str(sample.backend), "--json").output)
    assert fields(document) == promised(command)


def test_every_field_of_a_review_is_promised_and_there(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    path = empty_project.revision("b2", down="a1", upgrade="op.drop_table('vendor')")
    document = json.loads(call("review", str(path), "-C", str(path.parent), "--json").output)
    assert document["findings"]
    assert document["not_checked"]
    assert fields(document) == promised("review")


def test_every_field_of_the_rules_is_promised_and_there() -> None:
    document = json.loads(call("rules", "--json").output)
    assert fields(document) == promised("rules")


def test_every_field_of_a_status_is_promised_and_there(sample: SampleProject) -> None:
    document = json.loads(call("status", "-C", str(sample.backend), "--json").output)
    project = open_project(OpenOptions(sample.backend))
    assert isinstance(project, Project)
    docker = DockerAnswer(True, container=ContainerState("db", "running"))
    with_container = status_document(WorkspaceState(project, container=Loaded(docker)))
    assert document["database"]
    assert fields(document) | fields(with_container) == promised("status")
