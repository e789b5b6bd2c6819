"""What a business can set of what other programs are told and may read."""

from __future__ import annotations

from attrs import field, frozen

from crmkit.plugin import Secret


@frozen(kw_only=True)
class Subscription:
    """`[plugins.collaborative.subscriptions.NAME]`: of what a webhook is told as it happens."""

    webhook: str = field(metadata={"doc": "Which of [webhooks] is told."})
    on: tuple[str, ...] = field(
        default=(),
        metadata={"doc": 'Of which events: interaction types, "case.*", "customer.changed"; none means all.'},
    )
    where: str = field(
        default="", metadata={"doc": "Of which customers, by a condition; empty means of all."}
    )
    full: bool = field(
        default=False,
        metadata={"doc": "Whether it is told what is in interactions, and from what to what things changed."},
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})


@frozen(kw_only=True)
class Feed:
    """`[plugins.collaborative.feeds.NAME]`: a program that may read what happened, at `/feed/NAME`."""

    secret: Secret = field(
        metadata={
            "doc": "What it shows, as env:NAME or file:PATH: `Authorization: Bearer …`, 24 letters at least."
        }
    )
    on: tuple[str, ...] = field(default=(), metadata={"doc": "Of which events it may hear; none means all."})
    full: bool = field(
        default=False,
        metadata={"doc": "Whether it may see what is in interactions, and from what to what things changed."},
    )
