"""The example package, installed, passes as any stranger's plugin does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmkit.testing import contract_checks, open_crm
from tests.example_package import REFERRALS, ROOT

pytestmark = pytest.mark.usefixtures("referrals")

test_contract = contract_checks("referrals")


def test_its_words_carry_its_name(tmp_path: Path) -> None:
    """A third party's words are stored under the plugin's name and reached by the bare one."""
    with open_crm(tmp_path, plugins=["referrals"]) as crm:
        assert crm.words.fields["code"].name == "referrals.code"
        assert crm.words.interaction_types["recommended"].name == "referrals.recommended"


@pytest.mark.slow
def test_its_own_tests_pass(referrals: Path) -> None:
    """The package's tests run in a process of their own, with crmkit's fixtures, and pass."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests"],
        cwd=REFERRALS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(referrals), str(ROOT / "src")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "passed" in run.stdout
