"""What the Changes pane has to show for the sample project."""

import dataclasses
from pathlib import Path

import pytest

from opsmig_tui.changes.companions import static_companions
from opsmig_tui.demo import write_sample
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.git import (
    base_files,
    model_changes,
    model_roots,
    model_sources,
    read_branch,
    revision_marks,
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    # Only files and git are looked at: no server stands behind this address.
    sample = write_sample(tmp_path / "field-ops", "postgresql+psycopg://ops@/ops?host=/absent")
    opened = open_project(OpenOptions(sample.backend), run_tools=False)
    assert isinstance(opened, Project)
    return opened


async def test_its_changes_in_terms_of_models(project: Project):
    assert project.repository is not None
    branch = await read_branch(project.repository, project.settings.base_branch)
    assert (branch.name, branch.base) == ("feature/vendor-onboarding", "main")
    found = await model_changes(project.repository, branch, model_roots(project))
    told = {
        change.shown.removeprefix("backend/models/"): [
            f"{model.sign} {model.subject} {model.detail}".strip() for model in change.models
        ]
        for change in found
    }
    assert told == {
        "__init__.py": [],
        "agreement.py": ["~ Agreement.nickname → nick_name"],
        "asset.py": ["~ Asset.odometer_m Integer → BigInteger"],
        "document.py": ["+ VendorDocument table vendor_document, 4 columns"],
        "invoice.py": ["~ Invoice.due_on + index"],
        "vendor.py": [
            "+ VendorStatus.ONBOARDING",
            "+ Vendor.tax_number String(30)",
            "+ Vendor.onboarded_on Date",
        ],
        "work_order.py": ["+ WorkOrder.channel String(20) NOT NULL"],
    }
    stands = {change.path.name: change for change in found}
    assert stands["document.py"].untracked
    assert stands["vendor.py"].committed
    assert stands["vendor.py"].staged
    assert stands["agreement.py"].unstaged


async def test_its_revisions_and_companions(project: Project):
    assert project.repository is not None
    branch = await read_branch(project.repository)
    locations = project.config.version_locations
    marks = (await revision_marks(project.repository, branch, locations)).by_file
    assert len(marks) == 20
    assert len(await base_files(project.repository, branch, locations)) == 20
    roots = model_roots(project)
    sources = [path.read_text() for path in [*model_sources(roots), *marks]]
    companions = static_companions(sources, project.settings.companion_suffixes)
    assert companions["vendor"] == "vendor_history"


def test_its_models_are_found_without_the_setting(project: Project):
    guessed = dataclasses.replace(
        project, settings=dataclasses.replace(project.settings, models=())
    )
    assert model_roots(guessed) == model_roots(project) == (project.root / "models",)
