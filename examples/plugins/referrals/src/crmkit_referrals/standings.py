"""Who recommends the business, how often, and whom they brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import Section
from crmkit_referrals.linking import forget, record
from crmkit_referrals.model import Link, Standing
from crmkit_referrals.tables import LINK, POINTS

if TYPE_CHECKING:
    from crmkit import Crm, Customer


class Referrals:
    """The standings, for whoever `crm` acts for: `crm.service(Referrals)`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def top(self, limit: int = 10) -> tuple[Standing, ...]:
        """Those who recommended most, of the customers that the acting person sees."""
        query, found = self._standings()
        query = query.where(sa.or_(found.recommendations > 0, found.friends > 0))
        order = found.recommendations.desc(), found.friends.desc(), found.customer_id
        return self._read(query.order_by(*order).limit(limit))

    def of(self, customer_ids: Sequence[int]) -> tuple[Standing, ...]:
        """The standings of these customers; who never recommended anything has none."""
        query, found = self._standings()
        return self._read(query.where(found.customer_id.in_(customer_ids)))

    def record(self, referrer: int | str, referred: int | str) -> Link:
        """Note that `referrer` brought `referred`, both by any reference. Raises `NotFound`, `Invalid` and,
        where somebody else brought them, `Conflict`. Noting the same again changes nothing."""
        return record(self._crm, referrer, referred)

    def forget(self, referred: int | str) -> Link:
        """Take back that somebody brought `referred`, with its reward; what was noted. Raises `NotFound`."""
        return forget(self._crm, referred)

    def _standings(self) -> tuple[sa.Select[Any], Any]:
        """The statement for all whom the acting person sees, and its columns by name."""
        points, link = (self._crm.plugins.table(name) for name in (POINTS, LINK))
        brought = (
            sa.select(
                link.c.referrer_id.label("customer_id"),
                sa.func.count().label("friends"),
                sa.func.sum(link.c.reward).label("reward"),
            )
            .group_by(link.c.referrer_id)
            .subquery("brought")
        )
        who = sa.union(sa.select(points.c.customer_id), sa.select(brought.c.customer_id)).subquery("who")
        number = sa.cast(sa.func.coalesce(brought.c.reward, 0), sa.BigInteger)
        found = (
            sa.select(
                who.c.customer_id,
                sa.func.coalesce(points.c.recommendations, 0).label("recommendations"),
                (sa.func.coalesce(points.c.points, 0) + number).label("points"),
                sa.func.coalesce(brought.c.friends, 0).label("friends"),
            )
            .outerjoin(points, points.c.customer_id == who.c.customer_id)
            .outerjoin(brought, brought.c.customer_id == who.c.customer_id)
            .subquery("found")
        )
        return sa.select(found).where(*self._crm.seen(found.c.customer_id)), found.c

    def _read(self, query: sa.Select[Any]) -> tuple[Standing, ...]:
        self._crm.require("customers.read")
        with self._crm.reading() as execute:
            return tuple(Standing(*row) for row in execute(query))


def sections(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages."""
    for standing in Referrals(crm).of([customer.id for customer in customers]):
        lines = [("Recommended us", f"{standing.recommendations} ×"), ("Points", str(standing.points))]
        if standing.friends:
            lines.append(
                ("Brought", f"{standing.friends} customers" if standing.friends > 1 else "1 customer")
            )
        yield standing.customer_id, Section("Referrals", tuple(lines))
