"""Addresses as the list knows them: normalised by their kind, hashed, and found again among customers'."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.model.customer import CONTACT_KINDS
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise import clean_text, fold
from crmkit.core.phrase import phrase
from crmkit.core.store.suppression import keyed_hasher

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_LONGEST_NOTE: Final = 500
_MAIL: Final = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")
_NUMBER: Final = re.compile(r"\+?\d[\d\s().-]{6,}\d")
UNNAMED: Final = "(address)"


def normalised(kernel: Kernel, kind: str, address: str) -> str:
    """An address as it is compared. Raises `Invalid`."""
    if kind == "email":
        return kernel.emails.normalise(clean_text(address, what=kind))
    if kind == "phone":
        return kernel.phones.normalise(clean_text(address, what=kind))
    if kind not in CONTACT_KINDS:
        raise Invalid(
            phrase('There is no kind of address "{kind}"', kind=kind),
            hint=did_you_mean(kind, CONTACT_KINDS),
        )
    text = clean_text(address, what=kind)
    if not text:
        raise Invalid("The address is empty")
    return fold(text) if kind == "address" else text


def nameless(kind: str, note: str, address: str) -> str:
    """A note for the list, which must not keep whose address it is about."""
    text = clean_text(note, what=phrase("note"))
    text = re.sub(re.escape(address), UNNAMED, text, flags=re.IGNORECASE) if address else text
    text = _MAIL.sub(UNNAMED, text)
    return (_NUMBER.sub(UNNAMED, text) if kind == "phone" else text)[:_LONGEST_NOTE]


@frozen
class Owned:
    """An address that a customer on record has."""

    address: str
    customer_id: int


def owned_addresses(
    kernel: Kernel, connection: sa.Connection, actor: Actor, key: bytes, kinds: Collection[str]
) -> dict[str, Owned]:
    """By hash, every address of these kinds that a customer whom the actor sees has; the oldest of them."""
    hashed = keyed_hasher(key)
    return {
        hashed(kind, value): Owned(written, customer_id)
        for kind, value, written, customer_id in _points(kernel, connection, actor, kinds)
    }


def _points(
    kernel: Kernel, connection: sa.Connection, actor: Actor, kinds: Collection[str]
) -> Iterator[tuple[str, str, str, int]]:
    point, customer = kernel.tables.contact_point, kernel.tables.customer
    select = (
        sa.select(point.c.kind, point.c.normalised, point.c.value, point.c.customer_id)
        .join(customer, customer.c.id == point.c.customer_id)
        .where(point.c.kind.in_(sorted(kinds)))
        .order_by(point.c.customer_id.desc())
    )
    for row in connection.execute(select.where(*kernel.seen(actor))):
        yield row.kind, row.normalised, row.value, row.customer_id
