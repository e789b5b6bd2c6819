"""The words of the strategy: what conditions ask of a customer, and what rules do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import Action, Tables, Trait, lazily, nphrase
from crmkit_referrals.model import Reward
from crmkit_referrals.tables import LINK

if TYPE_CHECKING:
    from crmkit_referrals.settings import Settings

REWARD = "referrals.reward"


def strategy_words(_settings: Settings) -> Iterator[Trait | Action]:
    """`friends` and `was_brought` in conditions, `reward_referrer = 50` in rules."""
    yield Trait(
        name="friends",
        type="number",
        doc="How many customers this one brought",
        select=friends,
        missing=0,
        past=False,
    )
    yield Trait(
        name="was_brought",
        type="bool",
        doc="Whether another customer brought this one",
        select=was_brought,
        missing=False,
        past=False,
    )
    yield Action(
        name="reward",
        doc="Gives points to whoever brought the customer",
        params=Reward,
        shorthand="reward_referrer",
        perform=lazily("crmkit_referrals.rewarding:reward"),
        undo=lazily("crmkit_referrals.rewarding:take_back"),
        undone=nphrase("take {count} reward back", "take {count} rewards back", 0),
        says=lambda params: f"{params.points} points for who brought them",
    )


def friends(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - what was forgotten leaves no trace
    """(customer, how many they brought). Of the past nothing is told: a link that is taken back is gone."""
    link = sa.table(LINK, sa.column("referrer_id"))
    count = sa.func.count().label("value")
    return sa.select(link.c.referrer_id.label("customer_id"), count).group_by(link.c.referrer_id)


def was_brought(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - as above
    """(customer, true) of those whom somebody brought."""
    link = sa.table(LINK, sa.column("referred_id"))
    brought = link.c.referred_id.is_not(None)
    return sa.select(link.c.referred_id.label("customer_id"), sa.true().label("value")).where(brought)
