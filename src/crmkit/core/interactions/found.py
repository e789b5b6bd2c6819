"""Who a customer that somebody names turned out to be."""

from __future__ import annotations

from typing import NamedTuple

from crmkit.core.errors import CrmError


class Found(NamedTuple):
    """A customer, and the identity or contact point by which it was found: an un-merge goes by them."""

    customer_id: int
    identity_id: int | None = None
    contact_point_id: int | None = None


Answer = Found | CrmError
