"""What always holds of quotes, whoever saves them: by hand, by a rule, an import or a program.

A draft has no number, and totals that its lines make. Sending numbers it. What was sent is not edited; it is
accepted while it is valid, and only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve

from crmkit import CrmError, Invalid, Money
from crmkit.plugin import decisions, phrase, shown_safely, today_of
from crmkit.plugins.operational.products.exact import percent
from crmkit.plugins.operational.quotes.lines import Lines
from crmkit.plugins.operational.quotes.model import (
    ACCEPTED,
    DRAFT,
    EXPIRED,
    QUOTE,
    SENT,
    SUPERSEDED,
)
from crmkit.plugins.operational.quotes.settings import GROSS, QuoteSettings, quote_settings
from crmkit.plugins.operational.quotes.totals import totals_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft, Refusal, Replace, Transaction
    from crmkit.plugins.operational.quotes.model import Line
    from crmkit.plugins.operational.settings import Settings

_TOTALS: Final = ("total_net", "total_tax", "total_gross")
# Nobody writes these by hand.
_OURS: Final = ("number", "sent_at", "accepted_at")
# What may still be noted of a quote that was sent.
_FREE: Final = frozenset(("deal", "decline_reason"))


def decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Settings,
) -> Iterator[Replace | Refusal]:
    """Complete each draft, or refuse it."""
    return decisions(drafts, records, _Judge(crm, tx, quote_settings(settings)).completed)


@define
class _Judge:
    """Decides about one draft after the other, in one unit of work."""

    crm: Crm
    tx: Transaction
    settings: QuoteSettings

    def completed(self, draft: RecordDraft, known: Record | None) -> RecordDraft:
        """The draft as it is to be saved. Raises `Invalid` for what cannot be."""
        fields = self._fields(draft, known)
        return draft if fields == draft.fields else evolve(draft, fields=fields)

    def _fields(self, draft: RecordDraft, known: Record | None) -> Mapping[str, Any]:
        state = (draft.state or (known.state if known else None) or DRAFT).strip().casefold()
        if known is None:
            return self._new(draft, state)
        if known.state == DRAFT:
            return self._of_draft(draft, known, state)
        return self._of_sent(draft, known, state)

    def _new(self, draft: RecordDraft, state: str) -> Mapping[str, Any]:
        currency = _currency(draft.fields.get("currency") or self.crm.config.crs.currency)
        fields = {**draft.fields, "currency": currency}
        if state != DRAFT:
            # One of the past, brought from elsewhere: its number and its totals come with it.
            return fields
        given = [name for name in _OURS if draft.fields.get(name)]
        if given:
            raise Invalid(
                phrase("A draft has no {given}", given=given[0]), hint="It is given when the quote is sent."
            )
        fields.setdefault("prices", self.settings.prices)
        return fields | self._totals((), currency)

    def _of_draft(self, draft: RecordDraft, known: Record, state: str) -> Mapping[str, Any]:
        _require_same(draft, known, _OURS, phrase("is given when the quote is sent"))
        fields = {name: value for name, value in draft.fields.items() if name not in (*_OURS, *_TOTALS)}
        before = str(known.fields["currency"])
        currency = _currency(fields.get("currency") or before)
        if "currency" in fields:
            fields["currency"] = currency
        lines = Lines(self.crm).of([known.id])[known.id]
        if lines and currency != before:
            raise Invalid(
                phrase(
                    "The lines of {known} are in {before}, and a quote has one currency",
                    known=known.ref,
                    before=before,
                ),
                hint=phrase("Make another quote in {currency}.", currency=currency),
            )
        given = fields.get("discount", known.fields.get("discount"))
        discount = percent(given or 0, "discount")
        with_tax = fields.get("prices", known.fields.get("prices")) == GROSS
        if "discount" in fields or "prices" in fields or state == SENT:
            store = Lines(self.crm)
            lines = tuple(store.price_again(self.tx, known.id, currency, discount, with_tax=with_tax))
        fields |= self._totals(lines, currency)
        return fields | self._sending(draft, known, fields, lines) if state == SENT else fields

    def _of_sent(self, draft: RecordDraft, known: Record, state: str) -> Mapping[str, Any]:
        locked = [name for name in draft.fields if name not in _FREE]
        if state == known.state == ACCEPTED or state != ACCEPTED:
            _require_same(draft, known, locked, phrase("is not edited after it was sent"))
        else:
            _require_same(
                draft, known, [name for name in locked if name != "accepted_at"], phrase("is not edited")
            )
        if state == known.state or known.state != SENT:
            return draft.fields
        is_late = _is_late(known, today_of(self.crm))
        if state == ACCEPTED:
            if is_late:
                raise Invalid(
                    phrase(
                        "{called} was valid until {valid_until}",
                        called=_called(known),
                        valid_until=known.fields["valid_until"],
                    ),
                    hint=phrase("Make a new version of it: crm quotes revise {quote}", quote=known.id),
                )
            return {**draft.fields, "accepted_at": self.tx.at}
        if state == EXPIRED and not is_late:
            raise Invalid(
                phrase(
                    "{called} is valid until {valid_until}",
                    called=_called(known),
                    valid_until=known.fields.get("valid_until"),
                ),
                hint=phrase("Decline it: crm quotes decline {quote}", quote=known.id),
            )
        return draft.fields

    def _totals(self, lines: Sequence[Line], currency: str) -> dict[str, Money | None]:
        """The totals in the business's currency; none while there is no rate for it."""
        own, totals = self.crm.config.crs.currency, totals_of(lines, currency)
        try:
            net, gross = (
                self.crm.rates.convert(each.minor, currency, today_of(self.crm))
                for each in (totals.net, totals.gross)
            )
        except CrmError:
            return dict.fromkeys(_TOTALS)
        return {
            "total_net": Money(net, own), "total_tax": Money(gross - net, own),
            "total_gross": Money(gross, own),
        }  # fmt: skip

    def _sending(
        self, draft: RecordDraft, known: Record, fields: Mapping[str, Any], lines: Sequence[Line]
    ) -> dict[str, Any]:
        """What a draft has more when it is sent. What could still refuse it comes before its number."""
        if draft.version not in (None, known.version):
            return {}  # the save says so
        if not lines:
            raise Invalid(
                phrase("{quote} has no lines", quote=known.ref),
                hint=phrase('Add one: crm quotes add-line {quote} "SKU x 3"', quote=known.id),
            )
        if fields["total_gross"] is None:  # says which rate is missing
            self.crm.rates.rate(lines[0].net.currency, today_of(self.crm))
        until = self._valid_until(fields.get("valid_until", known.fields.get("valid_until")))
        self._supersede(known)
        return {"valid_until": until, "sent_at": self.tx.at, "number": self._number()}

    def _valid_until(self, given: Any) -> date:
        today = today_of(self.crm)
        if not given:
            return today + timedelta(days=self.settings.valid_days)
        until = given if isinstance(given, date) else _day(str(given))
        if until < today:
            raise Invalid(
                phrase("It would be valid until {until}, which is over", until=until),
                hint="Give a later day.",
            )
        return until

    def _number(self) -> str:
        """The next number; one that a quote from elsewhere has is passed over."""
        year, table = today_of(self.crm).year, self.crm.tables.records[QUOTE]
        while True:
            number = self.settings.numbered(year, self.crm.numbers.next(self.settings.series(year)))
            same = sa.select(sa.func.count()).where(table.c.number == number)
            if not self.tx.execute(same).scalar_one():
                return number

    def _supersede(self, known: Record) -> None:
        """The version before gives way; one that was accepted in the meantime does not."""
        before = known.fields.get("version_of")
        if before is None:
            return
        old = self.crm.records.get(QUOTE, before)
        if old.state == ACCEPTED:
            raise Invalid(
                phrase("{called}, which it would replace, has been accepted", called=_called(old)),
                hint=phrase("Leave it: crm records quote archive {quote}", quote=known.id),
            )
        if old.state == SENT:
            self.crm.records.move(QUOTE, old.id, SUPERSEDED, old.version)


def _called(known: Record) -> str:
    return str(known.fields.get("number") or known.ref)


def _is_late(known: Record, today: date) -> bool:
    until = known.fields.get("valid_until")
    return until is not None and until < today


def _currency(text: Any) -> str:
    currency = str(text).strip().upper()
    Money(0, currency)
    return currency


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            phrase('"{text}" is not a day', text=shown_safely(text)),
            hint="Write it as 2026-12-31.",
        ) from None


def _require_same(draft: RecordDraft, known: Record, names: Sequence[str], why: str) -> None:
    for name in names:
        if name in draft.fields and not _same(draft.fields[name], known.fields.get(name)):
            hint = (
                phrase("Make a new version of it: crm quotes revise {quote}", quote=known.id)
                if known.state != DRAFT
                else ""
            )
            raise Invalid(
                phrase("{name} of {called} {why}", name=name, called=_called(known), why=why), hint=hint
            )


def _same(given: Any, kept: Any) -> bool:
    """Whether what was given, perhaps as text, is what there is."""
    if kept is None:
        return given in (None, "")
    if given == kept or str(given).strip() == str(kept):
        return True
    if isinstance(kept, Decimal | int) and not isinstance(kept, bool):
        try:
            return Decimal(str(given).strip().replace(",", ".")) == kept
        except ArithmeticError:
            return False
    return isinstance(kept, Money) and str(given).strip() == str(kept).partition(" ")[0]
