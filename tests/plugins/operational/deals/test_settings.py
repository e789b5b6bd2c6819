"""Pipelines and quotas in `crm.toml`: what cannot be is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import PluginError
from crmkit.testing import open_crm


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('pipelines.Shops = { stages = [{ name = "new" }] }', "is no name"),
        ("pipelines.shops = { stages = [] }", "no stage beside won and lost"),
        ('pipelines.shops = { stages = [{ name = "new" }, { name = "new" }] }', 'two stages "new"'),
        ('pipelines.shops = { stages = [{ name = "new", probability = 101 }] }', "not a probability"),
        ('pipelines.shops = { stages = [{ name = "new", stale_after = "soon" }] }', "not a length of time"),
        ('pipelines.shops = { stages = [{ name = "new" }], moves = { new = ["old"] } }', 'moves name "old"'),
        ("lost_reasons = []", "one reason at least"),
        ("quotas = 3", "quotas"),
    ],
)
def test_what_cannot_be_a_pipeline(tmp_path: Path, toml: str, message: str) -> None:
    """It is told by name before anything is opened."""
    with pytest.raises(PluginError) as error:
        open_crm(tmp_path, f"[plugins.operational.deals]\n{toml}\n", plugins=["operational"])
    assert message in str(error.value)


@pytest.mark.parametrize(("quota", "message"), [("{}", "say one of"), ("{ month = 0 }", "more than nothing")])
def test_what_cannot_be_a_quota(tmp_path: Path, quota: str, message: str) -> None:
    """One length of time, and more than nothing."""
    with pytest.raises(PluginError, match=message):
        open_crm(tmp_path, f'[plugins.operational.quotas]\n"Ewa" = {quota}\n', plugins=["operational"])


def test_a_quota_of_nobody_is_found_by_the_doctor(tmp_path: Path) -> None:
    """A mistyped name would else be missing in silence."""
    toml = '[plugins.operational.quotas."Evva"]\nmonth = 10\n'
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        found = [each for check in crm.kernel.loaded.checks for each in check.run(crm)]
        assert [each.level for each in found if "Evva" in each.message] == ["error"]
