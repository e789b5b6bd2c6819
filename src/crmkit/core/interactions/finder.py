"""Whose interaction it is: the customers that a batch of drafts names, found or created in bulk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Ambiguous, CrmError, Invalid, NotFound
from crmkit.core.ids import is_uid
from crmkit.core.interactions.found import Answer, Found
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.normalise.text import quoted
from crmkit.core.people.visibility import visible_among
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_ID: Final = "id"
_LARGEST_ID: Final = 2**63 - 1
_ONE: Final = MappingProxyType(
    {
        "sqlite": "SELECT 1 FROM customer WHERE id = ?",
        "postgresql": "SELECT 1 FROM customer WHERE id = %s",
    }
)


class Finder:
    """Finds the customers of a batch. Whom the actor does not see is not found."""

    def __init__(self, kernel: Kernel, tx: Transaction) -> None:
        self._kernel = kernel
        self._tx = tx
        self._connection = tx.connection
        self._visible = kernel.visible(tx.actor)

    def find(self, wanted: Sequence[int | str | CustomerDraft]) -> list[Answer]:
        """For each wanted customer who it is, or why that cannot be said."""
        if len(wanted) == 1 and type(wanted[0]) is int:
            return [self._by_id(wanted[0])]
        named = {one for one in wanted if type(one) is int or type(one) is str}
        answers = self._named(named)
        drafts = [one for one in wanted if isinstance(one, CustomerDraft)]
        matched = iter(self._matched(drafts) if drafts else ())
        return [
            next(matched) if isinstance(one, CustomerDraft) else self._answer(answers, one) for one in wanted
        ]

    def _answer(self, answers: dict[int | str, Answer], wanted: Any) -> Answer:
        if type(wanted) not in (int, str):
            return Invalid(
                phrase(
                    "{wanted} is not a customer: give an id, a reference or a CustomerDraft",
                    wanted=quoted(wanted),
                )
            )
        return answers[wanted]

    def _by_id(self, id_: int) -> Answer:
        if not 0 < id_ <= _LARGEST_ID:
            return _unknown(id_)
        there = driver_rows(self._connection, _ONE[self._connection.dialect.name], (id_,))
        now = id_ if there else self._merged(_ID, {id_}).get(id_)
        return Found(now) if now is not None and now in self._seen({now}) else _unknown(id_)

    def _merged(self, column: str, keys: Collection[Any]) -> dict[Any, int]:
        """Who those are now that were merged into others: by their former id or uid."""
        select = f"SELECT {column}, customer_id FROM customer_alias WHERE {column}"  # noqa: S608 - two names
        return {row[0]: row[1] for row in rows_among(self._connection, select, keys)} if keys else {}

    def _named(self, named: Collection[int | str]) -> dict[int | str, Answer]:
        groups: dict[str, dict[int | str, Any]] = {}
        for one in named:
            group, key = (_ID, one) if type(one) is int else self._group(str(one))
            groups.setdefault(group, {})[one] = key
        answers: dict[int | str, Answer] = {}
        for group, keys in groups.items():
            answers.update(self._look_up(group, keys))
        return answers

    def _group(self, text: str) -> tuple[str, Any]:
        """How a reference is looked up (`id`, `uid`, `identity SCHEME`, `email`, `other`), by which key."""
        text = text.strip()
        if text.isascii() and text.isdecimal() and len(text) < 19:
            return _ID, int(text)
        scheme, colon, value = text.partition(":")
        if colon and (word := self._kernel.words.identity_schemes.get(scheme)):
            return f"identity {word.name}", value
        if is_uid(text):
            return "uid", text.lower()
        return ("email", text) if "@" in text else ("other", text)

    def _look_up(self, group: str, keys: dict[int | str, Any]) -> Iterator[tuple[int | str, Answer]]:
        if group.startswith("identity "):
            return self._by_identity(group.removeprefix("identity "), keys)
        ways: dict[str, Callable[[dict[int | str, Any]], Iterator[tuple[int | str, Answer]]]]
        ways = {_ID: self._ids, "uid": self._uids, "email": self._emails, "other": self._others}
        return ways[group](keys)

    def _ids(self, keys: dict[int | str, int]) -> Iterator[tuple[int | str, Answer]]:
        wanted = {id_ for id_ in keys.values() if 0 < id_ <= _LARGEST_ID}
        rows = rows_among(self._connection, "SELECT id FROM customer WHERE id", wanted)
        now = {row[0]: row[0] for row in rows}
        now.update(self._merged(_ID, wanted - now.keys()))
        seen = self._seen(now.values())
        others: dict[int | str, Any] = {}
        for name, id_ in keys.items():
            if now.get(id_, 0) in seen:
                yield name, Found(now[id_])
            elif type(name) is str:
                others[name] = name
            else:
                yield name, _unknown(name)
        numbers = self._phones(others)
        for name in others:
            yield name, _only(name, numbers.get(name, []))

    def _uids(self, keys: dict[int | str, str]) -> Iterator[tuple[int | str, Answer]]:
        select = "SELECT uid, id FROM customer WHERE uid"
        ids: dict[str, int] = {
            row[0]: row[1] for row in rows_among(self._connection, select, set(keys.values()))
        }
        ids.update(self._merged("uid", set(keys.values()) - ids.keys()))
        seen = self._seen(ids.values())
        for name, uid in keys.items():
            yield name, Found(ids[uid]) if ids.get(uid, 0) in seen else _unknown(name)

    def _by_identity(self, scheme: str, keys: dict[int | str, str]) -> Iterator[tuple[int | str, Answer]]:
        values: dict[int | str, str] = {}
        clean = Drafts(self._kernel).identity
        for name, value in keys.items():
            try:
                values[name] = clean(scheme, value)[1]
            except Invalid as error:
                yield name, error
        select = "SELECT value, id, customer_id FROM identity WHERE scheme = ? AND value"
        rows = rows_among(self._connection, select, set(values.values()), scheme)
        found = {value: Found(customer_id, identity_id=id_) for value, id_, customer_id in rows}
        seen = self._seen(one.customer_id for one in found.values())
        for name, value in values.items():
            one = found.get(value)
            yield name, one if one and one.customer_id in seen else _unknown(name)

    def _emails(self, keys: dict[int | str, str]) -> Iterator[tuple[int | str, Answer]]:
        addresses: dict[int | str, str] = {}
        for name, text in keys.items():
            try:
                addresses[name] = self._kernel.emails.normalise(text)
            except Invalid as error:
                yield name, error
        select = "SELECT normalised, id, customer_id FROM contact_point WHERE kind = 'email' AND normalised"
        rows = list(rows_among(self._connection, select, set(addresses.values())))
        seen = self._seen(row[2] for row in rows)
        found: dict[str, list[Found]] = {}
        for address, id_, customer_id in rows:
            if customer_id in seen:
                found.setdefault(address, []).append(Found(customer_id, contact_point_id=id_))
        for name, address in addresses.items():
            yield name, _only(name, found.get(address, []))

    def _others(self, keys: dict[int | str, str]) -> Iterator[tuple[int | str, Answer]]:
        """Phone numbers; and names, one by one, as at the command line."""
        from crmkit.core.customers import Customers

        numbers = self._phones(keys)
        customers = Customers(self._kernel, self._tx.actor)
        for name in keys:
            those = numbers.get(name, [])
            if len(those) == 1:
                yield name, those[0]
                continue
            try:
                id_ = customers.resolve(name)
                yield name, next((one for one in those if one.customer_id == id_), Found(id_))
            except CrmError as error:
                yield name, error

    def _phones(self, keys: Iterable[int | str]) -> dict[int | str, list[Found]]:
        """For each that is a phone number those who have it, of whom the actor sees."""
        numbers: dict[int | str, str] = {}
        for name in keys:
            with suppress(Invalid):
                if any(map(str.isdecimal, str(name))):
                    numbers[name] = self._kernel.phones.normalise(str(name).strip())
        if not numbers:
            return {}
        select = "SELECT normalised, id, customer_id FROM contact_point WHERE kind = 'phone' AND normalised"
        rows = list(rows_among(self._connection, select, set(numbers.values())))
        seen = self._seen(row[2] for row in rows)
        found: dict[str, list[Found]] = {}
        for number, id_, customer_id in rows:
            if customer_id in seen:
                found.setdefault(number, []).append(Found(customer_id, contact_point_id=id_))
        return {name: found[number] for name, number in numbers.items() if number in found}

    def _matched(self, drafts: list[CustomerDraft]) -> Iterator[Answer]:
        from crmkit.core.interactions.matched import matched

        return matched(self._kernel, self._tx, drafts)

    def _seen(self, ids: Iterable[int]) -> Collection[int]:
        """Those of `ids` that the actor sees."""
        if self._visible is None:
            return ids if isinstance(ids, set) else set(ids)
        return visible_among(self._connection, self._kernel, self._visible, set(ids))


def _unknown(reference: object) -> NotFound:
    return NotFound(
        phrase("There is no customer {reference}", reference=quoted(reference)),
        hint="Look for them: crm find TEXT",
    )


def _only(reference: object, found: list[Found]) -> Answer:
    return found[0] if len(found) == 1 else _shared(reference, found) if found else _unknown(reference)


def _shared(reference: object, found: list[Found]) -> Ambiguous:
    ids = [one.customer_id for one in found]
    return Ambiguous(
        phrase(
            "{reference} is shared by the customers {ids}",
            reference=quoted(reference),
            ids=", ".join(map(str, ids)),
        ),
        hint="Give the customer's id.",
        candidates=ids,
    )
