"""What is told of leads."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class LeadMoved:
    """What became of a lead: the deal that it was converted into, or why it came to nothing."""

    deal: str = ""
    reason: str = ""
