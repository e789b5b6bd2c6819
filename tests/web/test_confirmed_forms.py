"""Forms whose consent is confirmed by a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.testing import Public
from tests.web.test_forms import Visitor


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugin that brings the channel."""
    return ["email"]


@pytest.fixture
def crm_toml(tmp_path: Path) -> str:
    """News are confirmed."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "confirm.txt").write_text("Subject: Please confirm\n\nIs it you?\n")
    return """
[web]
url = "https://post.rye.example"

[purposes.news]
type = "marketing"
wording = "I want news."
confirm = "confirm"

[forms.club]
title = "Club"
purpose = "news"
"""


@pytest.fixture
def visitor(public: Public, clock: FakeClock) -> Visitor:
    """Somebody with a browser."""
    return Visitor(public, clock)


@pytest.mark.parametrize("known", [True, False])
def test_whoever_ticks_is_asked(visitor: Visitor, crm_both: Crm, known: bool) -> None:
    """A tick is no consent before the address has confirmed it, whether it was known or not."""
    if known:
        point = ContactPoint(kind="email", value="anna@example.com")
        crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(point,)))
    visitor.open()
    page = visitor.send(email="anna@example.com", agree="yes")
    assert "look for one from us" in page.text
    (consent,) = crm_both.consents.show("anna@example.com")
    assert (consent.state, consent.source) == ("asked", "form:club")
    (effect,) = crm_both.effects.list()
    assert effect.state == "pending", "the worker sends it"


def test_nobody_is_asked_without_a_tick(visitor: Visitor, crm_both: Crm) -> None:
    """Whoever leaves the box as it is hears nothing."""
    visitor.open()
    visitor.send(email="anna@example.com")
    assert crm_both.consents.show("anna@example.com") == ()
    assert not list(crm_both.effects.list())


def test_nobody_is_asked_for_ever(visitor: Visitor, crm_both: Crm, clock: FakeClock) -> None:
    """Strangers cannot have somebody written to again and again."""
    for _ in range(6):
        clock.advance(days=2)
        visitor.open()
        assert visitor.send(email="anna@example.com", agree="yes").status == 200
    assert len(list(crm_both.effects.list())) == 3
