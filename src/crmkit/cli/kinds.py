"""The kinds of business that `crm init` can begin with: the templates."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.core.language import N_

FOLDER: Final = Path(__file__).parent / "templates"


@frozen
class Kind:
    """A template by its name, what kind of business it is for, and the teams that its rules name."""

    name: str
    about: str
    teams: tuple[str, ...] = ()


_ALL: Final = (
    Kind(
        "customer-management",
        N_("Any business that wants to know its customers: who they are, what they say"),
    ),
    Kind("bakery", N_("A bakery or another shop with regulars: what they like, stamp cards, birthdays")),
    Kind(
        "bakery-chain",
        N_("A chain of shops: outlets, a sales team, complaints, campaigns, figures"),
        teams=("Sales", "Service"),
    ),
    Kind("travel-agency", N_("A travel agency: enquiries, bookings, payments, and customers for years")),
    Kind("online-shop", N_("An online shop: letters to those who buy, and to those who stay away")),
    Kind("b2b-sales", N_("Sales to businesses: a pipeline, quotes, goals"), teams=("Sales",)),
    Kind("blank", N_("Something else: begin with nothing, and add what you need")),
)


def kinds() -> tuple[Kind, ...]:
    """The templates that are there, in the order in which they are offered."""
    return tuple(kind for kind in _ALL if (FOLDER / f"{kind.name}.toml").exists())
