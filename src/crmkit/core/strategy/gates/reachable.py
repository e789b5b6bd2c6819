"""Whether there is an address; and one copy for an address, however many customers share it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from crmkit.core.customers.sets import rows_among
from crmkit.core.strategy.gates.counted import COUNTED, is_open, rehearsed_too
from crmkit.core.strategy.gates.verdict import REACHABLE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.gates.contacts import Contact

_POINTS: Final = "SELECT customer_id, kind, normalised FROM contact_point WHERE customer_id"
# As messages are addressed: what is judged is where it goes.
_FIRST_LAST: Final = "ORDER BY is_primary, verified_at IS NOT NULL, id DESC"
# What goes out once to an address: (origin, step, occasion, channel, address).
Copy = tuple[str, str, str, str, str]


class Addresses:
    """The addresses of some contacts, and who gets what at them already."""

    def __init__(self, kernel: Kernel, connection: sa.Connection, contacts: Sequence[Contact]) -> None:
        self.kinds: Mapping[str, str | None] = {
            channel.name: channel.contact_kind for channel in kernel.words.channels
        }
        points = addresses_of(connection, {each.customer_id for each in contacts})
        for each in contacts:
            each.address = points.get((each.customer_id, self.kinds.get(each.channel) or ""), each.given)
        self._taken = _taken(connection, contacts)

    def require(self, contacts: Sequence[Contact]) -> None:
        """Nobody without an address for the channel."""
        for each in contacts:
            if each.channel not in self.kinds:
                each.drop(REACHABLE, f'no plugin brings the channel "{each.channel}"')
            elif self.kinds[each.channel] is None:
                each.drop(REACHABLE, f'nobody has an address for the channel "{each.channel}"')
            elif each.address is None:
                each.drop(REACHABLE, f"no address for {each.channel}")

    def is_taken(self, contact: Contact) -> bool:
        """Whether another customer gets the same at the same address; the contact is dropped then."""
        for number, customer_id, is_waiting in self._taken.get(_copy(contact), ()):
            # Of two that both wait, the one that was entered first goes out.
            if customer_id != contact.customer_id and not (is_waiting and 0 < contact.effect < number):
                # Their name is not for whoever reads this, and would stay here when they are erased.
                whose = "already" if customer_id is None else f"as customer {customer_id}"
                contact.drop(REACHABLE, f"the same address gets it {whose}")
                return True
        return False

    def take(self, contact: Contact) -> None:
        """From now on this contact is the one that gets it at its address."""
        self._taken.setdefault(_copy(contact), []).append((0, contact.customer_id, False))


def addresses_of(connection: sa.Connection, ids: Collection[int]) -> Mapping[tuple[int, str], str]:
    """The address to use of each (customer, kind): the primary one, else one that is verified, else the
    oldest."""
    rows = rows_among(connection, _POINTS, sorted(ids), after=_FIRST_LAST)
    return {(row[0], row[1]): row[2] for row in rows}


def _taken(
    connection: sa.Connection, contacts: Sequence[Contact]
) -> dict[Copy, list[tuple[int, int | None, bool]]]:
    """(number, customer, whether it still waits) of what the ledger sends, or has sent, to the addresses."""
    own = {each.effect for each in contacts}
    # What is put in are fixed words.
    select = f"""
        SELECT origin, step, occasion, channel, recipient, id, customer_id, state FROM effect
        WHERE {COUNTED}{rehearsed_too(connection)} AND recipient"""  # noqa: S608
    found: dict[Copy, list[tuple[int, int | None, bool]]] = {}
    for *copy, number, customer_id, state in rows_among(
        connection, select, sorted({each.address for each in contacts if each.address})
    ):
        if number not in own:
            found.setdefault(tuple(copy), []).append((number, customer_id, is_open(state)))
    return found


def _copy(contact: Contact) -> Copy:
    return contact.origin, contact.step, contact.occasion, contact.channel, contact.address or ""
