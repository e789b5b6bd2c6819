"""Ties out of the rows of a file: the organisation at which a person works, and other customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import Numbers, rows_among
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.coming import Coming
from crmkit.core.exchange.tie_words import SaidTie
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import clean_text, quoted
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import Row, insert_rows

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.customer_rows import Beside
    from crmkit.core.store.unit import Transaction

WORKS_AT: Final = "works_at"
_COLUMNS: Final = ("id", "customer_id", "other_id", "kind", "since", "until")
_NAMED: Final = 3
# The bound keeps a long file from filling the memory.
_REMEMBERED: Final = 20_000


class Tie(NamedTuple):
    """A tie to be: from whom, of what kind, to whom."""

    customer_id: int
    kind: str
    other_id: int


# ISO dates, each None where nobody said it.
Days = tuple[str | None, str | None]


class Organisations:
    """Organisations by their names, folded: those on record, and those that this import has added."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._known: dict[str, tuple[int, ...]] | None = None
        # By the batch that is being saved, which may be saved again when it fails.
        self._added: dict[str, tuple[int, ...]] = {}

    def begin(self) -> None:
        """A batch is saved, for the first time or again."""
        self._added = {}

    def learn(self, name: str, id_: int) -> None:
        """The batch has added an organisation of its own."""
        if (key := fold(name)) and self._known is not None:
            self._added[key] = (*self._ids(key), id_)

    def check(self, name: str) -> None:
        """Raise `Invalid` where several organisations are called so, or the name cannot be one."""
        clean_text(name, what=phrase("name of an organisation"))
        key = fold(name)
        if not key:
            raise Invalid(phrase("{name} is no name of an organisation", name=quoted(name)))
        ids = self._ids(key)
        if len(ids) > 1:
            named = ", ".join(map(str, ids[:_NAMED]))
            raise Invalid(
                phrase(
                    "There are {count} organisations called {name} ({named})",
                    count=len(ids),
                    name=quoted(name),
                    named=named,
                ),
                hint="Merge them, or rename one.",
            )

    def find(self, names: Iterable[str], source: str) -> dict[str, int]:
        """The organisation of each name; those that nobody knows are added, in the current unit of work."""
        wanted = {fold(name): name for name in reversed(list(names))}
        new = [key for key in wanted if not self._ids(key)]
        drafts = [CustomerDraft(name=wanted[key], is_organization=True) for key in reversed(new)]
        report = self._crm.customers.save_all(drafts, source=source) if drafts else None
        for key, id_ in zip(reversed(new), report.ids if report else (), strict=True):
            if id_ is not None:
                self._added[key] = (id_,)
        return {key: ids[0] for key in wanted if (ids := self._ids(key))}

    def kept(self) -> None:
        """What the batch added is committed."""
        if self._known is not None:
            self._known.update(self._added)
        self._added = {}

    def _ids(self, key: str) -> tuple[int, ...]:
        if self._known is None:
            self._known = self._loaded()
        return self._added.get(key) or self._known.get(key, ())

    def _loaded(self) -> dict[str, tuple[int, ...]]:
        table = self._crm.tables.customer
        query = sa.select(table.c.id, table.c.name).where(table.c.is_organization == 1, *self._crm.seen())
        query = query.order_by(table.c.id)
        found: dict[str, tuple[int, ...]] = {}
        with self._crm.reading() as execute:
            for id_, name in execute(query):
                if key := fold(name):
                    found[key] = (*found.get(key, ()), id_)
        return found


class Ties:
    """Resolves and writes the ties of batches of rows.

    A tie to somebody whom a later row brings waits until all rows are saved.
    """

    def __init__(self, crm: Crm, coming: Coming) -> None:
        self._crm = crm
        self._coming = coming
        self._organisations = Organisations(crm)
        self._others: dict[str, int] = {}
        self._waiting: list[tuple[int | str, SaidTie]] = []
        self._new: list[tuple[int | str, SaidTie]] = []

    def begin(self) -> None:
        """A batch is saved, for the first time or again."""
        self._organisations.begin()
        self._new = []

    def learn(self, name: str, id_: int) -> None:
        """The batch has added an organisation."""
        self._organisations.learn(name, id_)

    def passed(self, cells: list[str]) -> None:
        """A row that an earlier run has done: whoever comes later may still be lacking."""
        whole = self._coming.whole(cells)
        waiting = [tie for tie in self._coming.ties(whole) if tie.other in self._coming]
        key = next(self._coming.keys(whole), None) if waiting else None
        if key is not None:
            self._waiting += [(key, tie) for tie in waiting]

    def rest(self, tx: Transaction, source: str) -> list[str]:
        """Make the ties that waited; what could not be made."""
        wanted: dict[Tie, Days] = {}
        notes: list[str] = []
        for who, tie in self._waiting:
            id_ = self._other(who, tx) if isinstance(who, str) else who
            other = self._other(tie.other, tx)
            if id_ is None or other is None or other == id_:
                notes.append(_left_out(tie))
            else:
                wanted[Tie(id_, tie.kind, other)] = (tie.since, tie.until)
        self._insert(tx, wanted, source)
        return notes

    @property
    def waits(self) -> bool:
        """Whether there are ties that wait."""
        return bool(self._waiting)

    def check(self, said: Beside, tx: Transaction) -> None:
        """Raise `Invalid` where a tie cannot be made."""
        if said.organization:
            self._organisations.check(said.organization)
        for text in (tie.other for tie in said.ties):
            if text not in self._others and text not in self._coming:
                if len(self._others) >= _REMEMBERED:
                    self._others.clear()
                self._others[text] = self._resolved(text, tx)

    def write(
        self, tx: Transaction, said: Sequence[tuple[int, Beside]], source: str
    ) -> tuple[set[int], list[str]]:
        """Make the ties of `(customer, what the row says)`: who has a new one, and what could not be made."""
        firms = self._organisations.find([each.organization for _, each in said if each.organization], source)
        wanted: dict[Tie, Days] = {}
        notes: list[str] = []
        for id_, each in said:
            if each.organization and (firm := firms.get(fold(each.organization))) not in (None, id_):
                wanted[Tie(id_, WORKS_AT, firm)] = (None, None)
            for tie in each.ties:
                other = self._other(tie.other, tx)
                if other is None and tie.other in self._coming:
                    self._new.append((id_, tie))
                elif other is None or other == id_:
                    notes.append(_left_out(tie))
                else:
                    wanted[Tie(id_, tie.kind, other)] = (tie.since, tie.until)
        return self._insert(tx, wanted, source), notes

    def kept(self) -> None:
        """The last batch is committed."""
        self._organisations.kept()
        self._waiting += self._new
        self._new = []

    def _other(self, text: str, tx: Transaction) -> int | None:
        if text in self._others:
            return self._others[text]
        try:
            return self._resolved(text, tx)
        except Invalid:
            return None

    def _resolved(self, text: str, tx: Transaction) -> int:
        try:
            return resolve(tx.connection, self._crm.kernel, tx.actor, text)
        except CrmError as error:
            raise Invalid(error.message, hint=error.hint) from None

    def _insert(self, tx: Transaction, ties: Mapping[Tie, Days], source: str) -> set[int]:
        ids = sorted({tie.customer_id for tie in ties})
        select = "SELECT customer_id, kind, other_id, id, since, until FROM relationship WHERE customer_id"
        known = {Tie(*row[:3]): row[3:] for row in rows_among(tx.connection, select, ids)}
        uids: dict[int, str] = dict(rows_among(tx.connection, "SELECT id, uid FROM customer WHERE id", ids))
        fresh = [tie for tie in ties if tie not in known]
        changed = {
            tie.customer_id
            for tie in ties
            if tie in known and self._dated(tx, tie, known[tie], ties[tie], source, uids)
        }
        numbers = Numbers(tx.connection, "relationship", len(fresh))
        rows: list[tuple[Any, ...]] = []
        for tie in fresh:
            number = numbers.take()
            rows.append((number, tie.customer_id, tie.other_id, tie.kind, *ties[tie]))
            entry = ("created", "relationship", number, tie.customer_id, tie.kind, None)
            tx.append_change((*entry, as_json(tie.other_id), source, uids[tie.customer_id]))
        insert_rows(tx.connection, "relationship", _COLUMNS, rows)
        return changed | {tie.customer_id for tie in fresh}

    def _dated(
        self, tx: Transaction, tie: Tie, known: Row, days: Days, source: str, uids: Mapping[int, str]
    ) -> bool:
        """Put days that are news on a tie that is on record; whether there were any."""
        table = self._crm.tables.relationship
        number, *before = known
        news = [
            (name, old, new)
            for name, old, new in zip(("since", "until"), before, days, strict=True)
            if new is not None and new != old
        ]
        for name, old, new in news:
            tx.execute(sa.update(table).where(table.c.id == number).values({name: new}))
            entry = ("changed", "relationship", number, tie.customer_id, name)
            tx.append_change((*entry, as_json(old), as_json(new), source, uids[tie.customer_id]))
        return bool(news)


def _left_out(tie: SaidTie) -> str:
    return phrase("{kind} was left out: the other customer was refused, or is the same", kind=tie.kind)
