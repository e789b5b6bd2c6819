"""The values of the campaign plugin."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Response:
    """The payload of `campaign.response`: which campaign, and what the customer did or said."""

    campaign: str = ""
    text: str = ""
