"""A message as it was found in a mailbox."""

from __future__ import annotations

from attrs import field, frozen


@frozen(kw_only=True)
class Found:
    """`place` and `key` say where it lies: `imap:user@host:993/INBOX` and `7:12`, or a Maildir and its key.

    `headers_only` where it is too large to be fetched whole; `is_sent` where it lies among what the business
    itself has sent, which nobody else can write to; `has_come` where it came in from outside, so that only
    what is proven counts as ours.
    """

    raw: bytes = field(repr=False)
    place: str = ""
    key: str = ""
    headers_only: bool = False
    is_sent: bool = False
    has_come: bool = False
