"""Quotes: made, sent, accepted or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Conflict, Invalid, Money, NotFound, Record
from crmkit.plugin import RecordDraft, phrase, today_of
from crmkit.plugins.operational.quotes.lines import Lines
from crmkit.plugins.operational.quotes.model import (
    ACCEPTED,
    DECLINED,
    DRAFT,
    EXPIRED,
    QUOTE,
    SENT,
    LineDraft,
    Quote,
)
from crmkit.plugins.operational.quotes.price_lists import lists_of
from crmkit.plugins.operational.quotes.settings import GROSS
from crmkit.plugins.operational.quotes.totals import totals_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.quotes.line_text import WrittenLine
    from crmkit.plugins.operational.quotes.settings import QuoteSettings

_BATCH = 500
# The record type of deals, where the business uses them.
_DEAL: Final = "deal"


class Quotes:
    """The quotes of one business, for whoever `crm` acts for.

    A quote is named by its id, `quote:12`, its number, or words that only its title has. A line is text as
    `line_written` reads it, or a `LineDraft`. Reading takes the permission `records.read`, changing
    `records.write`.
    """

    def __init__(self, crm: Crm, settings: QuoteSettings) -> None:
        self._crm = crm
        self.settings = settings
        self._lines = Lines(crm)

    def new(
        self,
        customer: str | int,
        lines: Iterable[str | LineDraft] = (),
        *,
        currency: str | None = None,
        discount: str | int | Decimal | None = None,
        valid_until: date | None = None,
        subject: str = "",
        deal: str = "",
    ) -> Quote:
        """A draft for a customer, with the prices of today.

        `deal` is the customer's deal that it belongs to: its number, or words that only its name has. Raises
        `Invalid`, `NotFound`.
        """
        given = {
            "currency": currency, "discount": None if discount is None else str(discount),
            "valid_until": valid_until, "subject": subject or None, "deal": self._deal(deal, customer),
        }  # fmt: skip
        fields = {name: value for name, value in given.items() if value is not None}
        with self._crm.transaction() as tx:
            record = self._crm.records.add(QUOTE, customer, fields)
            return self._added(tx, record, lines)

    def _deal(self, deal: str, customer: str | int) -> str | None:
        """The reference of a customer's deal. Any text is one where no deals are kept here."""
        if not deal or _DEAL not in self._crm.tables.records:
            return deal or None
        found = self._crm.records.get(_DEAL, deal)
        if found.customer_id != self._crm.customers.resolve(customer):
            raise Invalid(
                phrase('"{deal}" is a deal of another customer', deal=found.ref),
                hint=phrase("See whose it is: {command}", command=f"crm deals show {found.id}"),
            )
        return found.ref

    def get(self, quote: str | int) -> Quote:
        """The quote."""
        return self._shown([self._crm.records.get(QUOTE, quote)])[0]

    def list(
        self, customer: str | int | None = None, *, state: str | None = None, limit: int = 200
    ) -> tuple[Quote, ...]:
        """Quotes: those that are open first, of these what runs out soonest; then others, newest first."""
        records = self._crm.records
        if state is not None:
            page = records.list(QUOTE, customer, state, limit=limit).records
        else:
            page = [
                *records.list(QUOTE, customer, SENT, order="valid_until", limit=limit).records,
                *records.list(QUOTE, customer, DRAFT, limit=limit).records,
            ]
            rest = [state for state in self._word.states if state not in (SENT, DRAFT)]
            left = max(1, limit - len(page))
            page += records.list(QUOTE, customer, rest, limit=left).records
        return self._shown(page[:limit])

    def open(self, customer: str | int) -> tuple[Quote, ...]:
        """A customer's quotes that wait for something: drafts last, before them what runs out soonest."""
        found = self._shown(self._crm.records.list(QUOTE, customer, (SENT, DRAFT), limit=200).records)
        return tuple(sorted(found, key=lambda each: (each.state == DRAFT, each.valid_until or date.max)))

    def add_lines(self, quote: str | int, lines: Iterable[str | LineDraft]) -> Quote:
        """Add lines to a draft, with the prices of today. Raises `Invalid` for one that was sent."""
        with self._crm.transaction() as tx:
            return self._added(tx, self._draft(tx, quote), lines)

    def remove_line(self, quote: str | int, position: int) -> Quote:
        """Take a line out of a draft. Raises `NotFound` where there is none at `position`."""
        with self._crm.transaction() as tx:
            record = self._draft(tx, quote)
            if not self._lines.remove(tx, record.id, position):
                raise NotFound(
                    phrase("{quote} has no line {position}", quote=record.ref, position=position),
                    hint=phrase("See: crm quotes show {quote}", quote=record.id),
                )
            return self._saved(record.id, {})

    def send(self, quote: str | int) -> Quote:
        """Mark it as sent: it is given its number, is valid from now on, and is edited no more.

        The version that it takes the place of, if any, is superseded. Raises `Conflict` where it was sent
        before, `Invalid` without lines.
        """
        return self._moved(quote, DRAFT, SENT, {})

    def accept(self, quote: str | int) -> Quote:
        """The customer accepts. Raises `Conflict` where it was answered, `Invalid` where it ran out."""
        return self._moved(quote, SENT, ACCEPTED, {})

    def decline(self, quote: str | int, reason: str = "") -> Quote:
        """The customer declines. Raises `Conflict` where it was answered before."""
        return self._moved(quote, SENT, DECLINED, {"decline_reason": reason} if reason else {})

    def revise(self, quote: str | int) -> Quote:
        """A draft with the same lines, which takes the place of the quote when it is sent.

        Prices and rates are those of the quote; `add_lines` takes those of today. Raises `Invalid` for a
        draft, `Conflict` for one that was accepted.
        """
        with self._crm.transaction() as tx:
            old = self.get(quote)
            if old.state == DRAFT:
                raise Invalid(
                    phrase("{called} was not sent yet", called=old.called), hint="Edit it as it is."
                )
            if old.state == ACCEPTED:
                raise Conflict(
                    phrase("{called} has been accepted", called=old.called),
                    hint="Make another quote: crm quotes new",
                )
            self._require_last(old)
            names = ("subject", "currency", "discount", "prices", "deal")
            fields = {name: old.record.fields[name] for name in names if name in old.record.fields}
            record = self._crm.records.add(QUOTE, old.customer_id, {**fields, "version_of": old.record.ref})
            return self._added(tx, record, [line.draft for line in old.lines])

    def expire(self) -> int:
        """Let the quotes run out whose last day is over; how many did."""
        table, today = self._crm.tables.records[QUOTE], today_of(self._crm).isoformat()
        late = sa.select(table.c.id).where(table.c.state == SENT, table.c.valid_until < today)
        with self._crm.reading() as execute:
            found = list(execute(late.order_by(table.c.id)).scalars())
        count = 0
        for start in range(0, len(found), _BATCH):
            drafts = [RecordDraft(id=id_, state=EXPIRED) for id_ in found[start : start + _BATCH]]
            # One that was answered in the meantime is refused, and stays as it is.
            count += self._crm.records.save_all(QUOTE, drafts).updated
        return count

    @property
    def _word(self) -> Any:
        return self._crm.words.record_types[QUOTE]

    def _shown(self, records: Sequence[Record]) -> tuple[Quote, ...]:
        lines = self._lines.of([record.id for record in records])
        return tuple(
            Quote(
                record=record,
                lines=lines[record.id],
                totals=totals_of(lines[record.id], str(record.fields["currency"])),
            )
            for record in records
        )

    def _draft(self, tx: Transaction, quote: str | int) -> Record:
        """A quote that is still a draft, and nobody else's until the unit of work ends."""
        self._crm.require("records.write")
        record = self._crm.records.get(QUOTE, quote)
        table = self._crm.tables.records[QUOTE]
        tx.execute(sa.select(table.c.id).where(table.c.id == record.id).with_for_update())
        record = self._crm.records.get(QUOTE, record.id)
        if record.state != DRAFT:
            called = record.fields.get("number") or record.ref
            raise Conflict(
                phrase("{called} has been sent and is not edited", called=called),
                hint=phrase("Make a new version of it: crm quotes revise {quote}", quote=record.id),
            )
        return record

    def _added(self, tx: Transaction, record: Record, lines: Iterable[str | LineDraft]) -> Quote:
        from crmkit.plugins.operational.quotes.line_text import line_written

        currency = str(record.fields["currency"])
        drafts = [
            each if isinstance(each, LineDraft) else self._line(record, line_written(each), currency)
            for each in lines
        ]
        discount = Decimal(record.fields.get("discount") or 0)
        with_tax = record.fields.get("prices") == GROSS
        self._lines.add(tx, record.id, record.customer_id, drafts, currency, discount, with_tax=with_tax)
        return self._saved(record.id, {})

    def _line(self, record: Record, written: WrittenLine, currency: str) -> LineDraft:
        from crmkit.plugins.operational.products.prices import Prices
        from crmkit.plugins.operational.products.products import Products

        product = Products(self._crm).get(written.sku)
        if product.is_archived:
            raise Invalid(
                phrase("{sku} is sold no more", sku=product.sku),
                hint=phrase("Offer it again: crm products restore {sku}", sku=product.sku),
            )
        if written.price is not None:
            price = Money.of(written.price, currency)
        else:
            lists = lists_of(self._crm, self.settings, record.customer_id)
            price = (
                Prices(self._crm)
                .on(product.sku, currency=currency, quantity=written.quantity, lists=lists)
                .amount
            )
        return LineDraft(
            sku=product.sku, name=product.name, unit=product.unit, quantity=written.quantity,
            unit_price=price.minor, discount=written.discount, tax_rate=product.tax_rate,
        )  # fmt: skip

    def _saved(self, id_: int, fields: Mapping[str, Any]) -> Quote:
        """The quote with the totals that its lines make, which the decision about every save puts in."""
        return self._shown([self._crm.records.update(QUOTE, id_, fields)])[0]

    def _moved(self, quote: str | int, before: str, after: str, fields: Mapping[str, Any]) -> Quote:
        """Move it, unless somebody did before; of two at the same moment, one does."""
        with self._crm.transaction() as tx:
            record = self._crm.records.get(QUOTE, quote)
            table = self._crm.tables.records[QUOTE]
            tx.execute(sa.select(table.c.id).where(table.c.id == record.id).with_for_update())
            record = self._crm.records.get(QUOTE, record.id)
            if record.state != before:
                raise self._answered(record, after)
            draft = RecordDraft(id=record.id, state=after, fields=fields)
            report = self._crm.records.save_all(QUOTE, [draft])
            if report.refused:
                raise Invalid(report.refused[0].reason)
            return self.get(record.id)

    def _answered(self, record: Record, after: str) -> Conflict:
        called = record.fields.get("number") or phrase("Draft {id}", id=record.id)
        if record.state == DRAFT:
            return Conflict(
                phrase("{called} has not been sent, so it cannot be {after}", called=called, after=after),
                hint=phrase("Send it first: crm quotes send {quote}", quote=record.id),
            )
        if after == SENT:
            return Conflict(
                phrase("{called} was sent before", called=called),
                hint=phrase("Make a new version of it: crm quotes revise {quote}", quote=record.id),
            )
        return Conflict(
            phrase(
                "{called} is {state} already, so it cannot be {after}",
                called=called,
                state=record.state,
                after=after,
            ),
            hint=phrase("See what happened: crm quotes show {quote}", quote=record.id),
        )

    def _require_last(self, old: Quote) -> None:
        """One quote has one successor at a time."""
        table = self._crm.tables.records[QUOTE]
        newer = sa.select(table.c.id).where(
            table.c.version_of == old.record.ref, table.c.archived_at.is_(None)
        )
        with self._crm.reading() as execute:
            found = execute(newer).scalar()
        if found is not None:
            raise Conflict(
                phrase("{called} has a new version already: quote:{found}", called=old.called, found=found),
                hint=phrase("Edit that, or put it away: crm records quote archive {found}", found=found),
            )
