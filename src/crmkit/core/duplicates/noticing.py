"""Whom a customer looks like, asked when one has just been saved: a few look-ups by index, no scan."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.finding import summaries_of
from crmkit.core.customers.sets import rows_among
from crmkit.core.duplicates import queue
from crmkit.core.duplicates.comparing import DIFFERENT, SAME, Comparator, Comparators
from crmkit.core.duplicates.values import DISMISSED, LookAlike
from crmkit.core.errors import ExtraMissing
from crmkit.core.language import N_
from crmkit.core.normalise import fold, split_name
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import phrase
from crmkit.core.store.search_index import search

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.customer import Customer, CustomerSummary
    from crmkit.core.model.people import Actor

# More than so many of one name or number are no hint but a common name, or a switchboard.
_CANDIDATES: Final = 50
_SHOWN: Final = 5
_WORDS: Final = {"phone": N_("same phone"), "email": N_("same e-mail")}
_SAME_NAME: Final = N_("same name")
_SIMILAR_NAME: Final = N_("similar name")
_SHARED: Final = "SELECT customer_id, kind FROM contact_point WHERE kind IN ('email', 'phone') AND normalised"


def look_alikes(
    connection: sa.Connection, kernel: Kernel, actor: Actor, customer: Customer
) -> Sequence[LookAlike]:
    """At most five whom the actor sees: of the same name, or a similar one and the same phone or e-mail."""
    shared = _sharing(connection, customer)
    same_name = _named_alike(connection, customer)
    ids = sorted(shared.keys() | same_name)
    if not ids:
        return ()
    alike = _Alike()
    found = []
    for summary in summaries_of(connection, seen_among(connection, kernel, actor, ids)):
        name = alike.said(customer, summary)
        why = [phrase(_WORDS[kind]) for kind in ("phone", "email") if kind in shared.get(summary.id, ())]
        if name and (why or name == _SAME_NAME) and _is_news(connection, kernel, customer, summary):
            found.append(LookAlike(id=summary.id, name=summary.name, reasons=(*why, phrase(name))))
    return sorted(found, key=lambda each: (-len(each.reasons), each.id))[:_SHOWN]


def _sharing(connection: sa.Connection, customer: Customer) -> dict[int, set[str]]:
    """Who else has a phone number or an e-mail address of the customer's."""
    values = sorted(
        {point.normalised for point in customer.contact_points if point.kind in ("email", "phone")}
    )
    shared: dict[int, set[str]] = {}
    for customer_id, kind in rows_among(connection, _SHARED, values, after=f"LIMIT {_CANDIDATES}"):
        if customer_id != customer.id:
            shared.setdefault(customer_id, set()).add(kind)
    return shared


def _named_alike(connection: sa.Connection, customer: Customer) -> set[int]:
    folded = fold(customer.name)
    if len(folded.split()) < 2:  # a bare given name says nothing
        return set()
    found = search(connection, folded, _CANDIDATES)
    return set(found) - {customer.id} if len(found) < _CANDIDATES else set()


def _is_news(connection: sa.Connection, kernel: Kernel, customer: Customer, summary: CustomerSummary) -> bool:
    if summary.archived_at is not None:
        return False
    return queue.state_of(connection, kernel, customer.id, summary.id) != DISMISSED


class _Alike:
    """How names compare; without rapidfuzz only the same is alike."""

    def __init__(self) -> None:
        self._compare: Comparator = _same
        with suppress(ExtraMissing):
            self._compare = Comparators().name

    def said(self, a: CustomerSummary | Customer, b: CustomerSummary | Customer) -> str:
        """`same name`, `similar name`, or nothing."""
        ours, theirs = _names(a.name), _names(b.name)
        if sorted(ours) == sorted(theirs):
            return _SAME_NAME
        return _SIMILAR_NAME if self._fit(ours, theirs) or self._fit(ours, theirs[::-1]) else ""

    def _fit(self, ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
        """Whether given and family name are alike, both of them."""
        return all(x and y and self._compare(x, y) != DIFFERENT for x, y in zip(ours, theirs, strict=True))


def _names(whole: str) -> tuple[str, str]:
    given, family = split_name(whole)
    return fold(given), fold(family)


def _same(a: str, b: str) -> int:
    return SAME if a == b else DIFFERENT
