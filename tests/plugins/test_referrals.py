"""The example package, installed, is as any stranger's plugin; its own tests stand beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.testing import open_crm


@pytest.mark.usefixtures("referrals")
def test_its_words_carry_its_name(tmp_path: Path) -> None:
    """A third party's words are stored under the plugin's name and reached by the bare one."""
    with open_crm(tmp_path, plugins=["referrals"]) as crm:
        assert crm.words.fields["code"].name == "referrals.code"
        assert crm.words.interaction_types["recommended"].name == "referrals.recommended"
        assert crm.words.traits["friends"].name == "referrals.friends"
        assert crm.words.actions["reward"].name == "referrals.reward"
