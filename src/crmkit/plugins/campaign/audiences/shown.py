"""What a message would come to, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.plugin import _, number, translated, written_reason

if TYPE_CHECKING:
    from crmkit.plugins.campaign.audiences.model import Reach


def reach_lines(reach: Reach, audience: str = "") -> Iterator[str]:
    """The audience, called that; the loss at each gate; and whom it reaches."""
    whole, group, reached = audience or _("Audience"), _("control group"), _("Reached")
    width = max(map(len, (group, whole, *(translated(each.gate) for each in reach.losses))))
    yield f"{whole:<{width}}  {number(reach.audience):>9}"
    for each in reach.losses:
        gate, reason = translated(each.gate), written_reason(each.reason)
        yield f"{gate:<{width}}  {number(-each.count):>9}  {reason}"
    if reach.withheld:
        yield f"{group:<{width}}  {number(-reach.withheld):>9}  {_('left alone, to compare with')}"
    later = _("{count} of them when their quiet hours are over", count=number(reach.later))
    yield f"{reached:<{width}}  {number(reach.reached):>9}" + (f"  {later}" if reach.later else "")
    if len(reach.arms) > 1:
        groups = ", ".join(f"{name} {number(count)}" for name, count in reach.arms.items())
        yield _("Groups: {groups}", groups=groups)
