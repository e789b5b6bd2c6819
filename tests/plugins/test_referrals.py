"""The example package, installed, is as any stranger's plugin; its own tests stand beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.core.predicates import parse, sentence
from crmkit.testing import open_crm


@pytest.mark.usefixtures("referrals")
def test_its_words_carry_its_name(tmp_path: Path) -> None:
    """A third party's words are stored under the plugin's name and reached by the bare one."""
    with open_crm(tmp_path, plugins=["referrals"]) as crm:
        assert crm.words.fields["code"].name == "referrals.code"
        assert crm.words.interaction_types["recommended"].name == "referrals.recommended"
        assert crm.words.traits["friends"].name == "referrals.friends"
        assert crm.words.actions["reward"].name == "referrals.reward"


@pytest.mark.usefixtures("referrals")
def test_a_condition_says_its_words_without_its_name(tmp_path: Path) -> None:
    """Read back to people, a rule speaks of friends and recommendations, not of who contributed the words."""
    with open_crm(tmp_path, plugins=["referrals"]) as crm:
        asked = parse("friends >= 2 and exists(recommended)", crm.kernel.context)
        assert "friends is at least 2" in (said := sentence(asked))
        assert "referrals" not in said
