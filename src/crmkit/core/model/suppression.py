"""Suppression: an address that is not written to, why, and until when."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from crmkit.core.language import N_

ALL: Final = "all"
ONLY_MARKETING: Final = "marketing"
SCOPES: Final = (ALL, ONLY_MARKETING)
OBJECTION: Final = "objection"
ERASED: Final = "erased"
COMPLAINT: Final = "complaint"
BOUNCE: Final = "bounce"
SOFT_BOUNCES: Final = "soft-bounces"
MANUAL: Final = "manual"
# What each means, as people read it, and how much it keeps away unless somebody says otherwise.
REASONS: Final = {
    OBJECTION: (N_("asked not to be written to"), ONLY_MARKETING),
    ERASED: (N_("erased on request"), ONLY_MARKETING),
    COMPLAINT: (N_("reported a message as spam"), ONLY_MARKETING),
    BOUNCE: (N_("bounced"), ALL),
    SOFT_BOUNCES: (N_("bounced again and again"), ALL),
    MANUAL: (N_("put on the list by hand"), ONLY_MARKETING),
}
# Whoever agrees anew after these is heard; everything else stands until it is lifted, or over.
YIELDING: Final = (OBJECTION, ERASED)


@frozen(kw_only=True)
class Suppression:
    """Why nothing goes to an address: `scope` is `all`, or `marketing`, and then perhaps of one `purpose`.

    It holds from `at` until `until` (None: for ever), or until it was lifted; instants are microseconds UTC.
    The list itself keeps no address: `address` is told where the caller named it, or where a customer on
    record has it, and then `customer_id` is one of those.
    """

    number: int
    kind: str
    reason: str
    scope: str
    at: int
    purpose: str = ""
    until: int | None = None
    note: str = ""
    actor: str = ""
    lifted_at: int | None = None
    lifted_by: str = ""
    because: str = ""
    address: str | None = None
    customer_id: int | None = None

    def stands(self, now: int) -> bool:
        """Whether it holds at an instant."""
        return (
            self.at <= now
            and (self.until is None or self.until > now)
            and (self.lifted_at is None or self.lifted_at > now)
        )


@frozen(kw_only=True)
class Strike:
    """How an address stands after another failed delivery: the `score` that has gathered, which halves every
    seven days, and the suppression that it led to, if it did."""

    score: float
    suppression: Suppression | None = None


@frozen(kw_only=True)
class SuppressionCount:
    """How many addresses stand on the list for a reason."""

    kind: str
    reason: str
    scope: str
    purpose: str
    addresses: int
