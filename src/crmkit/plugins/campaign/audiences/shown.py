"""What a message would come to, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit.plugins.campaign.audiences.model import Reach


def reach_lines(reach: Reach, audience: str = "Audience") -> Iterator[str]:
    """The audience, called that; the loss at each gate; and whom it reaches."""
    width = max(map(len, ("control group", audience, *(each.gate for each in reach.losses))))
    yield f"{audience:<{width}}  {reach.audience:>9,}"
    for each in reach.losses:
        yield f"{each.gate:<{width}}  {-each.count:>9,}  {each.reason}"
    if reach.withheld:
        yield f"{'control group':<{width}}  {-reach.withheld:>9,}  left alone, to compare with"
    later = f"  {reach.later:,} of them when their quiet hours are over" if reach.later else ""
    yield f"{'Reached':<{width}}  {reach.reached:>9,}{later}"
    if len(reach.arms) > 1:
        yield "Groups: " + ", ".join(f"{name} {number:,}" for name, number in reach.arms.items())
