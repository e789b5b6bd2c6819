"""Whether a customer can, and may, be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.customers.consent import ASKED
from crmkit.core.errors import NotFound
from crmkit.core.phrase import phrase
from crmkit.core.predicates.errors import PredicateError

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Channel, Purpose
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift


def reachable(
    kernel: Kernel, build: Build, shift: Shift, channel: str, purpose: str | None = None
) -> sa.Select[Any]:
    """Customers who are neither archived nor restricted, have a contact point for the channel, and agree to
    the purpose.

    Marketing needs consent; what serves a contract or a service is allowed until it is withdrawn.
    """
    way, why = _words(kernel, channel, purpose)
    customer, point = build.tables.customer, build.tables.contact_point
    conditions = [
        customer.c.archived_at.is_(None),
        customer.c.restricted_at.is_(None),
        customer.c.id.in_(sa.select(point.c.customer_id).where(point.c.kind == way.contact_kind)),
    ]
    if why is not None:
        is_asked = why.type == "marketing"
        said = _last_word(build, shift, why.name, way.name, "granted" if is_asked else "withdrawn")
        conditions.append(customer.c.id.in_(said) if is_asked else customer.c.id.not_in(said))
    return sa.select(customer.c.id, sa.literal(1, sa.BigInteger).label("value")).where(*conditions)


def _words(kernel: Kernel, channel: str, purpose: str | None) -> tuple[Channel, Purpose | None]:
    try:
        way = kernel.loaded.words.channels[channel]
        why = None if purpose is None else kernel.loaded.words.purposes[purpose]
    except NotFound as error:
        raise PredicateError(error.message, hint=error.hint) from error
    if way.contact_kind is None:
        kinds = [each.name for each in kernel.loaded.words.channels if each.contact_kind]
        raise PredicateError(
            phrase('Nobody has an address for the channel "{way}"', way=way.name),
            hint=phrase("Channels with addresses: {kinds}", kinds=", ".join(kinds)),
        )
    return way, why


def _last_word(build: Build, shift: Shift, purpose: str, channel: str, state: str) -> sa.Select[Any]:
    """The customers whose latest consent on purpose and channel is `state`."""
    consent = build.tables.consent
    place = sa.func.row_number().over(
        partition_by=consent.c.customer_id, order_by=(consent.c.at.desc(), consent.c.id.desc())
    )
    said = (
        sa.select(consent.c.customer_id, consent.c.state, place.label("place"))
        .where(
            consent.c.purpose == purpose,
            consent.c.channel == channel,
            consent.c.state != ASKED,
            consent.c.at <= build.moments.at(shift),
        )
        .subquery()
    )
    return sa.select(said.c.customer_id).where(said.c.place == 1, said.c.state == state)
