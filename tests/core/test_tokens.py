"""Tokens of links: opaque, bound to their kind and their business, the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.store.token_key import KEY_SETTING
from crmkit.testing.opening import open_crm


@pytest.mark.parametrize("caseless", [False, True])
def test_a_token_gives_back_what_it_was_made_for(crm: Crm, caseless: bool) -> None:
    """What a link names is found again, also by another process with the same database."""
    token = crm.tokens.for_effect("unsubscribe", 4_711, b"more", caseless=caseless)

    assert token == crm.tokens.for_effect("unsubscribe", 4_711, b"more", caseless=caseless)
    assert crm.tokens.effect_of("unsubscribe", token, caseless=caseless) == (4_711, b"more")


def test_a_token_is_of_use_for_its_kind_only(crm: Crm) -> None:
    """Whoever has a link to unsubscribe cannot confirm an address with it."""
    token = crm.tokens.for_effect("unsubscribe", 7)

    assert crm.tokens.effect_of("confirm", token) is None


def test_a_token_of_another_business_is_none(crm: Crm, tmp_path: Path) -> None:
    """Two businesses on one machine do not read each other's links."""
    with open_crm(tmp_path / "other") as other:
        with other.transaction() as tx:  # the tests' databases are copies of one
            tx.execute(sa.delete(other.tables.setting).where(other.tables.setting.c.key == KEY_SETTING))
        token = other.tokens.for_effect("unsubscribe", 7)

    assert crm.tokens.effect_of("unsubscribe", token) is None


@pytest.mark.parametrize("caseless", [False, True])
def test_whatever_is_changed_in_a_token_makes_it_none(crm: Crm, caseless: bool) -> None:
    """No letter of a token can be changed, left out or added, also not one that decoders would overlook."""
    token = crm.tokens.issue("kind", b"payload", caseless=caseless)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567" if caseless else "abcXYZ019-_="
    changed = {token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in alphabet}
    changed |= {token[:at] + token[at + 1 :] for at in range(len(token))}
    changed |= {token + letter for letter in alphabet} | {"", "=", "ż" * 32, "A" * 10_000}

    found = {text for text in changed - {token} if crm.tokens.read("kind", text, caseless=caseless)}

    assert not found


def test_a_caseless_token_survives_a_server_that_writes_capitals(crm: Crm) -> None:
    """Addresses are sometimes folded on their way."""
    token = crm.tokens.for_effect("bounce", 12, caseless=True)

    assert crm.tokens.effect_of("bounce", token.upper(), caseless=True) == (12, b"")
    assert len(token) <= 40
