"""Finding customers by what a person remembers of them, and showing them in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.model.customer import CustomerSummary
from crmkit.core.normalise import fold, fold_digits
from crmkit.core.people.visibility import seen_among
from crmkit.core.store.search_index import search

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

# Ranking looks at no more than these: a name that thousands share needs more words, not a better order.
CANDIDATES: Final = 500
LARGEST_ID: Final = 2**63 - 1
MOST_DIGITS: Final = len(str(LARGEST_ID))
_FEWEST_DIGITS: Final = 3
# No name, address or number is longer: such a text is nobody's, and the database would refuse its pattern.
_LONGEST: Final = 1_000
_PARTS: Final = "kind IN ('phone', 'email') AND normalised LIKE"


def find_ids(
    connection: sa.Connection, kernel: Kernel, actor: Actor, text: str, *, archived: bool = False
) -> list[int]:
    """Ids of at most `CANDIDATES` customers whom the actor sees: whose number this is, then the others in no
    useful order."""
    if len(text) > _LONGEST:
        return []
    folded = fold(text)
    known = _known_as(connection, kernel, text.strip())
    ids = search(connection, folded, CANDIDATES)
    digits = fold_digits(text)
    if not ids and len(digits) >= _FEWEST_DIGITS and not any(map(str.isalpha, text)):
        ids = search(connection, digits, CANDIDATES) or _holding(connection, digits)
    elif not ids and folded and len(text.split()) == 1:
        ids = _holding(connection, text.strip().casefold())
    ids = [*known, *(id_ for id_ in ids if id_ not in known)]
    if not archived and ids:
        select = "SELECT id FROM customer WHERE archived_at IS NULL AND id"
        ids = [row[0] for row in rows_among(connection, select, ids)]
    return seen_among(connection, kernel, actor, ids)


def find(
    connection: sa.Connection, kernel: Kernel, actor: Actor, text: str, limit: int
) -> list[CustomerSummary]:
    """At most `limit` customers: whose number this is, then of exactly this name, then by name."""
    ids = find_ids(connection, kernel, actor, text)
    if not ids:
        return []
    found = summaries_of(connection, ids)
    known = _known_as(connection, kernel, text.strip())
    wanted = fold(text)
    found.sort(key=lambda each: (each.id not in known, fold(each.name) != wanted, fold(each.name), each.id))
    return found[:limit]


def named(connection: sa.Connection, kernel: Kernel, actor: Actor, text: str) -> list[int]:
    """Those whom `text` finds; only those whose whole name it is, when there are any."""
    found = find(connection, kernel, actor, text, CANDIDATES)
    wanted = fold(text)
    exactly = [each.id for each in found if fold(each.name) == wanted]
    return exactly or [each.id for each in found]


def summaries_of(connection: sa.Connection, ids: Iterable[int]) -> list[CustomerSummary]:
    """The customers with these ids in one line each, in that order; ids of nobody are left out."""
    wanted = list(ids)
    select = "SELECT id, uid, name, lifecycle, archived_at FROM customer WHERE id"
    rows = {row[0]: row for row in rows_among(connection, select, wanted)}
    reach: dict[int, dict[str, str]] = {}
    select = 'SELECT customer_id, kind, "value", city FROM contact_point WHERE is_primary = 1 AND customer_id'
    for customer_id, kind, value, city in rows_among(connection, select, wanted):
        reach.setdefault(customer_id, {})[kind] = (city or value) if kind == "address" else value
    return [_summary(rows[id_], reach.get(id_, {})) for id_ in wanted if id_ in rows]


def one_line(summary: CustomerSummary) -> str:
    """`12 Anna Kowalska, anna@example.org`."""
    parts = (summary.name, summary.email or summary.phone, summary.city)
    said = ", ".join(dict.fromkeys(part for part in parts if part))
    return f"{summary.id} {said}" + (" (archived)" if summary.archived_at else "")


def _summary(row: Any, reach: dict[str, str]) -> CustomerSummary:
    id_, uid, name, lifecycle, archived_at = row
    email, phone = reach.get("email"), reach.get("phone")
    return CustomerSummary(
        id=id_, uid=uid, name=name or email or phone or reach.get("handle") or f"customer {id_}",
        lifecycle=lifecycle, email=email, phone=phone, city=reach.get("address"), archived_at=archived_at,
    )  # fmt: skip


def _known_as(connection: sa.Connection, kernel: Kernel, text: str) -> list[int]:
    """Whose number with us this is (`12`), or with another system (`card:70004`)."""
    if text.isascii() and text.isdecimal() and 0 < int(text) <= LARGEST_ID:
        return [row[0] for row in rows_among(connection, "SELECT id FROM customer WHERE id", [int(text)])]
    scheme, colon, value = text.partition(":")
    return identified(connection, kernel, scheme, value) if colon else []


def identified(connection: sa.Connection, kernel: Kernel, scheme: str, value: str) -> list[int]:
    """Whom another system knows by this number; nobody when there is no such system, or it is no number."""
    try:
        known, cleaned = Drafts(kernel).identity(scheme, value)
    except (Invalid, NotFound):
        return []
    select = 'SELECT customer_id FROM identity WHERE scheme = ? AND "value"'
    return [row[0] for row in rows_among(connection, select, [cleaned], known)]


def _holding(connection: sa.Connection, part: str) -> list[int]:
    """Those in whose e-mail address or phone number `part` stands: it reads every one, so it comes last."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    pattern = "%" + part.replace("~", "~~").replace("%", "~%").replace("_", "~_") + "%"
    statement = (
        f"SELECT DISTINCT customer_id FROM contact_point WHERE {_PARTS} {mark} ESCAPE '~' LIMIT {mark}"
    )
    return list(connection.exec_driver_sql(statement, (pattern, CANDIDATES)).scalars())
