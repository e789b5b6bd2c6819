"""The fixtures that pytest has where crmkit is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.testing import FakeClock, Recorder, run_crm
from tests.example_package import ROOT


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]


@pytest.fixture
def crm_toml() -> str:
    """Another currency, and a field."""
    return 'currency = "PLN"\n[fields.shoe_size]\ntype = "number"'


def test_the_business_is_what_the_module_says(crm_both: Crm) -> None:
    """`crm_plugins` and `crm_toml` decide what is opened, on either database."""
    assert crm_both.config.crs.currency == "PLN"
    assert "analytical" in crm_both.plugins
    saved = crm_both.customers.save(CustomerDraft(name="Anna Nowak", fields={"shoe_size": 38}))
    assert crm_both.customers.get(saved.id).fields["shoe_size"] == 38


def test_the_clock_is_the_business_own(crm: Crm, clock: FakeClock) -> None:
    """What is recorded carries the clock's time, and time passes only when told."""
    saved = crm.customers.save(CustomerDraft(name="Anna Nowak"))
    assert saved.created_at == clock.now()
    clock.advance(days=1)
    assert crm.interactions.record(saved.id, "visit").recorded_at == clock.now()  # type: ignore[union-attr]


def test_the_recorder_has_every_batch(crm_both: Crm, recorder: Recorder) -> None:
    """Hooks are written down with their batches, in order."""
    anna = crm_both.customers.save(CustomerDraft(name="Anna Nowak")).id
    crm_both.interactions.record_all([InteractionDraft(customer=anna, type="visit")] * 2)
    crm_both.customers.profile(anna)
    assert [hook for hook, _ in recorder.calls] == [
        "before_customers_saved",
        "after_customers_changed",
        "before_interactions_recorded",
        "after_interactions_recorded",
        "extend_profile",
    ]
    (batch,) = recorder.batches("after_interactions_recorded")
    assert [each.type for each in batch] == ["visit", "visit"]
    recorder.clear()
    assert recorder.calls == []


def test_without_the_recorder_there_is_none(crm: Crm) -> None:
    """The plugin that writes down is there only when asked for."""
    assert "recorder" not in crm.plugins


def test_the_command_line_answers(crm: Crm) -> None:
    """Status, data and talk come apart."""
    missing = run_crm("--config", crm.config.path, "show", "Nobody")
    assert (missing.status, missing.stdout) == (3, "")
    assert "Nobody" in missing.stderr
    assert run_crm("--config", crm.config.path, "find", "Nobody", "--json").json == []


def test_installed_it_leaves_others_alone(tmp_path: Path) -> None:
    """A test suite that merely has crmkit installed loads none of it, and stays strict about marks."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing_is_loaded():\n"
        "    loaded = {name for name in sys.modules if name.startswith(('crmkit.', 'sqlalchemy', 'click'))}\n"
        "    assert loaded <= {'crmkit.testing', 'crmkit.testing.plugin', 'crmkit.version'}\n"
    )
    plugins = ["-p", "no:randomly", "-p", "no:cacheprovider", "--strict-markers", "-W", "error"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
