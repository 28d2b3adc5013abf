"""What each layer loads when all of it is imported, in a fresh interpreter: DESIGN's "Layout"."""

import json
import subprocess
import sys

import pytest

IMPORT_ALL = """
import importlib, json, pkgutil, sys
name = sys.argv[1]
package = importlib.import_module(name)
for found in pkgutil.walk_packages(getattr(package, "__path__", []), name + "."):
    if not found.name.endswith("__main__") and "backend_template" not in found.name:
        importlib.import_module(found.name)
print(json.dumps(sorted(sys.modules)))
"""
PROJECTS_OWN = ("alembic", "sqlalchemy")
AFTER_THE_FIRST_PAINT = ("docker", "git", "psycopg")
LAYERS = (
    "cli",
    "workspace",
    "services",
    "review",
    "changes",
    "schema",
    "history",
    "project",
    "demo",
    "worker.protocol",
)


def loaded_by(layer: str) -> set[str]:
    """The names of all modules loaded once every module of `layer` has been imported."""
    command = [sys.executable, "-c", IMPORT_ALL, f"opsmig_tui.{layer}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_below_the_screen_loads_nothing_heavy(layer: str) -> None:
    loaded = loaded_by(layer)
    assert f"opsmig_tui.{layer}" in loaded
    assert loaded.isdisjoint(("textual", *PROJECTS_OWN, *AFTER_THE_FIRST_PAINT))


def test_the_screen_loads_textual_and_nothing_else_that_is_heavy() -> None:
    loaded = loaded_by("ui")
    assert "textual" in loaded
    assert loaded.isdisjoint((*PROJECTS_OWN, *AFTER_THE_FIRST_PAINT))


def test_the_worker_loads_alembic_and_nothing_of_the_tool() -> None:
    loaded = loaded_by("worker")
    assert loaded >= set(PROJECTS_OWN)
    assert loaded.isdisjoint(("textual", "click", "yaml", *AFTER_THE_FIRST_PAINT))
    ours = {name for name in loaded if name.startswith("opsmig_tui.")}
    assert {name for name in ours if not name.startswith("opsmig_tui.worker")} == set()
