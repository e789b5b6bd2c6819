"""From what a person types to one customer: an id, an e-mail, a phone number, `scheme:value`, or a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.finding import LARGEST_ID, MOST_DIGITS, identified, named, one_line, summaries_of
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Ambiguous, Invalid, NotFound
from crmkit.core.ids import is_uid
from crmkit.core.normalise.text import quoted
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import joined, nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.customer import CustomerSummary
    from crmkit.core.model.people import Actor

_CANDIDATES: Final = 20
_OF_A_PHONE: Final = 6


def resolve(connection: sa.Connection, kernel: Kernel, actor: Actor, reference: int | str) -> int:
    """The id of the customer that `reference` names. Raises `NotFound`, or `Ambiguous` with candidates."""
    ids = _resolved(connection, kernel, actor, reference)
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise NotFound(
            phrase("There is no customer {reference}", reference=quoted(reference)),
            hint=_way_on(reference),
            reference=reference,
        )
    raise ambiguous(connection, reference, ids)


def _way_on(reference: int | str) -> str:
    """How to find somebody; part of a phone number is found, though it names nobody."""
    digits = str(reference).strip()
    if _is_number(digits) and len(digits) >= _OF_A_PHONE:
        return phrase("If it is part of a phone number: crm find {digits}", digits=digits)
    return phrase("Find customers: crm find TEXT")


def resolve_all(
    connection: sa.Connection, kernel: Kernel, actor: Actor, references: Iterable[int | str]
) -> list[int]:
    """The ids that references name, in that order; those that are ids are looked up at once.

    Raises `NotFound`, `Ambiguous`.
    """
    wanted = list(references)
    numbers = {each for each in wanted if isinstance(each, int) and 0 < each <= LARGEST_ID}
    there = [row[0] for row in rows_among(connection, "SELECT id FROM customer WHERE id", numbers)]
    known = set(seen_among(connection, kernel, actor, there))
    return [each if each in known else resolve(connection, kernel, actor, each) for each in wanted]


def ambiguous(connection: sa.Connection, reference: int | str, ids: Iterable[int]) -> Ambiguous:
    """The error for a reference that several customers answer to; it lists them in one line."""
    everybody = list(ids)
    candidates = candidates_of(connection, everybody)
    lines: list[str] = [one_line(each) for each in candidates]
    if more := len(everybody) - len(candidates):
        lines.append(nphrase("… and {count} more", "… and {count} more", more))
    listed = joined("; ", lines)
    return Ambiguous(
        phrase("{name} could be {candidates}", name=quoted(reference), candidates=listed),
        hint=phrase("Say which one by its number, such as {everybody}.", everybody=everybody[0]),
        candidates=candidates,
    )


def candidates_of(connection: sa.Connection, ids: Iterable[int]) -> list[CustomerSummary]:
    """The first few of those who may be meant, for a person to choose among."""
    return summaries_of(connection, list(ids)[:_CANDIDATES])


def _resolved(connection: sa.Connection, kernel: Kernel, actor: Actor, reference: int | str) -> list[int]:
    if isinstance(reference, int):
        return seen_among(connection, kernel, actor, _by_id(connection, reference))
    if not isinstance(reference, str):
        raise Invalid(
            phrase("{given} is no reference to a customer", given=quoted(reference)),
            hint="Give an id, or a text such as an e-mail address, a name or scheme:value.",
        )
    text = reference.strip()
    exact = seen_among(connection, kernel, actor, _exactly(connection, kernel, text))
    if exact:
        return _present(connection, exact) if len(exact) > 1 else exact
    if not text or _is_number(text):
        return []  # the number of somebody who is gone is not a part of somebody else's address
    return named(connection, kernel, actor, text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _exactly(connection: sa.Connection, kernel: Kernel, text: str) -> list[int]:
    """Those who have `text` as id, uid, identity, e-mail address or phone number, in that order of trying."""
    if _is_number(text):
        known = _by_id(connection, int(text)) if len(text) <= MOST_DIGITS else []
        return known or _by_phone(connection, kernel, text)
    if is_uid(text):
        select = "SELECT id FROM customer WHERE uid"
        return _column(connection, select, text.lower()) or _merged(connection, "uid", text.lower())
    scheme, colon, value = text.partition(":")
    if colon and kernel.words.identity_schemes.get(scheme) is not None:
        return identified(connection, kernel, scheme, value)
    if "@" in text:
        return by_email(connection, kernel, text)
    return _by_phone(connection, kernel, text) if any(map(str.isdecimal, text)) else []


def by_email(connection: sa.Connection, kernel: Kernel, address: str) -> list[int]:
    """Those who have this e-mail address; nobody when it is not one."""
    try:
        normalised = kernel.emails.normalise(address)
    except Invalid:
        return []
    select = "SELECT customer_id FROM contact_point WHERE kind = 'email' AND normalised"
    return _column(connection, select, normalised)


def _by_id(connection: sa.Connection, id_: int) -> list[int]:
    if not 0 < id_ <= LARGEST_ID:
        return []
    return _column(connection, "SELECT id FROM customer WHERE id", id_) or _merged(connection, "id", id_)


def _merged(connection: sa.Connection, column: str, key: int | str) -> list[int]:
    """Who a customer is now that was merged into another."""
    return _column(connection, f"SELECT customer_id FROM customer_alias WHERE {column}", key)


def _by_phone(connection: sa.Connection, kernel: Kernel, text: str) -> list[int]:
    try:
        normalised = kernel.phones.normalise(text)
    except Invalid:
        return []
    return _column(
        connection, "SELECT customer_id FROM contact_point WHERE kind = 'phone' AND normalised", normalised
    )


def _column(connection: sa.Connection, select: str, key: int | str) -> list[int]:
    return sorted({row[0] for row in rows_among(connection, select, [key])})


def _present(connection: sa.Connection, ids: list[int]) -> list[int]:
    """Without those archived, when that leaves anybody."""
    select = "SELECT id FROM customer WHERE archived_at IS NULL AND id"
    present = sorted(row[0] for row in rows_among(connection, select, ids))
    return present or ids
