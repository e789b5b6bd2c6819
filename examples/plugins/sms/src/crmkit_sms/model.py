"""The values of the SMS plugin."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Undelivered:
    """The payload of `sms.undelivered`: what the network said, of the message of which effect."""

    reason: str = ""
    effect: int | None = None


@frozen(kw_only=True)
class Stopped:
    """The payload of `sms.stopped`: the word with which the customer asked for no more."""

    text: str = ""
