"""What a business can set under `[plugins.operational.loyalty]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _length_of_time(_: object, __: Attribute[Any], value: str | None) -> None:
    if value is not None:
        from crmkit.plugin import parse_duration

        parse_duration(value)


def _positive(_: object, __: Attribute[Any], value: int | None) -> None:
    if value is not None and not 1 <= value <= 1_000_000_000:
        raise ValueError(phrase("{value} is not a number from 1 to 1,000,000,000", value=value))


def _named(_: object, __: Attribute[Any], value: str) -> None:
    if not _NAME.fullmatch(value):
        raise ValueError(
            phrase("{value} is not a name: small letters, digits, - and _, a letter first", value=repr(value))
        )


def _keys(_: object, attribute: Attribute[Any], value: Mapping[str, Any]) -> None:
    for name in value:
        _named(None, attribute, name)


def _rising(_: object, __: Attribute[Any], value: tuple[TierSection, ...]) -> None:
    names = [each.name for each in value]
    if len(set(names)) < len(names):
        raise ValueError(phrase("two tiers have the same name"))
    points = [each.points for each in value]
    if any(low >= high for low, high in pairwise(points)):
        raise ValueError(phrase("each tier needs more points than the one before it"))


@frozen(kw_only=True)
class EarnSection:
    """A rule by which interactions earn points."""

    on: str = field(metadata={"doc": "The interaction type that earns, such as purchase."})
    points: str = field(metadata={"doc": "How many, as a formula over the interaction: amount / 10."})
    where: str = field(
        default="", metadata={"doc": "Of which interactions: outlet = 'Main'. All, if nothing is said."}
    )
    round: Literal["down", "nearest", "up"] = field(
        default="down", metadata={"doc": "How fractions become whole points: down, nearest or up."}
    )


@frozen(kw_only=True)
class StampSection:
    """A stamp card: so many interactions make a reward."""

    on: str = field(metadata={"doc": "The interaction type that gives a stamp, such as purchase."})
    needs: int = field(validator=_positive, metadata={"doc": "How many stamps fill the card."})
    reward: str = field(validator=_named, metadata={"doc": "What a full card is worth; it becomes a coupon."})
    where: str = field(default="", metadata={"doc": "Of which interactions: lines.product = 'rye'."})


@frozen(kw_only=True)
class TierSection:
    """A tier: whoever has collected so many points."""

    name: str = field(validator=_named, metadata={"doc": "What the tier is called."})
    points: int = field(validator=_positive, metadata={"doc": "The points that lead into it."})


@frozen(kw_only=True)
class RewardSection:
    """What points or a stamp card are exchanged for."""

    label: str | None = field(
        default=None, metadata={"doc": "What people read; the name, if nothing is said."}
    )
    points: int | None = field(
        default=None,
        validator=_positive,
        metadata={"doc": "What it costs in points; without it, points cannot buy it."},
    )
    coupon: bool = field(
        default=False, metadata={"doc": "Whether points buy a coupon for it, to be redeemed later."}
    )


@frozen(kw_only=True)
class LoyaltySettings:
    """The settings of the loyalty capability."""

    earn: Mapping[str, EarnSection] = field(
        factory=dict, validator=_keys, metadata={"doc": "Rules by which points are earned, by name."}
    )
    stamps: Mapping[str, StampSection] = field(
        factory=dict, validator=_keys, metadata={"doc": "Stamp cards, by name."}
    )
    tiers: tuple[TierSection, ...] = field(
        default=(), validator=_rising, metadata={"doc": "The tiers, the lowest first."}
    )
    qualifying: str = field(
        default="1 year",
        validator=_length_of_time,
        metadata={"doc": "Over how long points are counted for a tier."},
    )
    rewards: Mapping[str, RewardSection] = field(
        factory=dict, validator=_keys, metadata={"doc": "What points can be exchanged for, by name."}
    )
    expire: str | None = field(
        default=None,
        validator=_length_of_time,
        metadata={"doc": "After how long points are lost: 24 months. Never, if nothing is said."},
    )
    coupon: str | None = field(
        default=None,
        validator=_length_of_time,
        metadata={"doc": "How long a coupon can be redeemed: 6 months. For ever, if nothing is said."},
    )
    history: bool = field(
        default=False, metadata={"doc": "Whether imported interactions from the past earn as well."}
    )

    @property
    def reward_names(self) -> frozenset[str]:
        """Every reward there is: the named ones and those of stamp cards."""
        return frozenset(self.rewards) | {card.reward for card in self.stamps.values()}

    def label(self, reward: str) -> str:
        """What people read for a reward, also for one that is no longer named: `Free bread`."""
        named = self.rewards.get(reward)
        shown = reward.replace("-", " ").replace("_", " ")
        return (named.label if named else None) or shown[:1].upper() + shown[1:]
