"""Vocabularies: names, aliases and clashes."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen

from crmkit.core.errors import NotFound
from crmkit.core.model.words import Action, Channel, Field, IdentityScheme, InteractionType, Purpose, Trait
from crmkit.core.words.core_words import core_words
from crmkit.core.words.registry import CORE, TOML, BadWord, Registry


def points(name: str = "points", **options: Any) -> Field:
    """A field that several owners want."""
    return Field(name=name, type="number", doc="Points", **options)


def registry(*owners: str) -> Registry:
    """The core's words and a field `points` of each owner."""
    found = Registry()
    found.add(CORE, list(core_words()))
    for owner in owners:
        found.add(owner, [points()], qualified=owner != TOML)
    return found


def test_a_stranger_s_word_has_three_names() -> None:
    """A third party's word is stored under its owner's name and answers to a free bare name."""
    fields = registry("referrals").words().fields
    assert fields["points"] is fields["referrals.points"]
    assert fields["points"].name == "referrals.points"
    assert fields["points"].owner == "referrals"
    assert fields.shown(fields["points"]) == "points"


def test_the_core_s_words_have_a_qualified_name_too() -> None:
    """Plain names can be said in full."""
    types = registry().words().interaction_types
    assert types["core.purchase"] is types["purchase"]


def test_two_bare_names_are_nobody_s() -> None:
    """Where two third parties have the word, the bare name means neither, and the message lists both."""
    fields = registry("shop", "club").words().fields
    assert "points" not in fields
    assert fields.shown(fields["club.points"]) == "club.points"
    with pytest.raises(NotFound, match=r"club\.points, shop\.points"):
        fields["points"]


def test_crm_toml_keeps_the_bare_name() -> None:
    """A stranger's word never takes a name that the business declared."""
    fields = registry("shop", TOML).words().fields
    assert fields["points"].owner == TOML
    assert fields["shop.points"].owner == "shop"


def test_unknown_word_gets_the_nearest() -> None:
    """A misspelt word is answered with the nearest."""
    with pytest.raises(NotFound, match='Did you mean "purchase"') as caught:
        registry().words().interaction_types["purchse"]
    assert "interaction type" in caught.value.message
    assert registry().words().channels.get(None) is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (TOML, "loyalty", ['field "points"', 'plugin "loyalty"', "crm.toml", "crm plugins disable loyalty"]),
        ("sales", "loyalty", ['plugin "sales"', 'plugin "loyalty"', "crm plugins disable sales"]),
    ],
)
def test_a_clash_names_both_owners_and_the_way_out(first: str, second: str, said: list[str]) -> None:
    """The later of two equal words is refused; the message names the word, both owners and what to do."""
    words = Registry()
    words.add(first, [points()])
    with pytest.raises(BadWord) as caught:
        words.add(second, [Field(name="other", type="text", doc="Fine"), points()])
    assert all(part in str(caught.value) for part in said)
    assert [word.owner for word in words.words().fields] == [first], "none of the later's words stay"


def test_names_that_would_share_a_column_clash() -> None:
    """`shop.size` and `shop__size` are kept in the same column."""
    words = Registry()
    words.add(TOML, [points("shop__size")])
    with pytest.raises(BadWord, match="shop__size"):
        words.add("shop", [points("size")], qualified=True)


def test_one_owner_twice() -> None:
    """The same word twice from one owner is an error of that owner."""
    with pytest.raises(BadWord, match="twice"):
        Registry().add("shop", [points(), points()], qualified=True)


@frozen
class Gift:
    what: str = ""


def acting(name: str, shorthand: str = "gift") -> Action:
    """An action that rules call by its shorthand."""
    return Action(name=name, doc="Gives", params=Gift, perform=print, says=str, shorthand=shorthand)


def test_two_actions_of_one_shorthand_clash() -> None:
    """A rule that says `gift` means the first action that took the word, and no later one."""
    words = Registry()
    words.add("core", [acting("give")])
    with pytest.raises(
        BadWord, match=r'"gift" of the action shop\.grant is taken: it is that of give'
    ) as caught:
        words.add("shop", [acting("grant")], qualified=True)
    assert "crm plugins disable shop" in caught.value.hint
    words.add("shop", [acting("grant", "grant"), acting("hand", "")], qualified=True)


class NotJson:
    pass


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (points("Points"), "lower-case"),
        (points(""), "lower-case"),
        (points("email"), "every customer has"),
        (Field(name="x", type="number", doc=" "), "doc"),
        (Field(name="x", type="numbr", doc="d"), 'did you mean "number"'),
        (Field(name="x", type="choice", doc="d"), "choices"),
        (Field(name="x", type="multi-choice", doc="d", choices=("a",), unique=True), "unique"),
        (InteractionType(name="x", doc="d", payload=NotJson), "JSON"),
        (InteractionType(name="x", doc="d", version=0), "count from 1"),
        (Channel(name="x", doc="d", contact_kind="fax"), "contact_kind"),
        (Purpose(name="x", doc="d", type="fun"), "type"),
        (Trait(name="x", doc="d", type="number", select=5), "select"),  # type: ignore[arg-type]
        (IdentityScheme(name="x y", doc="d"), "lower-case"),
    ],
)
def test_ill_formed_words_are_refused(word: Any, said: str) -> None:
    """A word that is not well formed is refused, and the message says what is wrong with it."""
    with pytest.raises(BadWord) as caught:
        Registry().add("shop", [word])
    assert said in caught.value.message
