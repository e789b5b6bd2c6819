"""The words of quotes: the record type, what it tells, a trait and a metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import N_, Field, InteractionType, Metric, RecordMoved, RecordType, Trait, moved_summary
from crmkit.plugins.operational.quotes.model import (
    ACCEPTED,
    DECLINED,
    DRAFT,
    EXPIRED,
    QUOTE,
    SENT,
    SUPERSEDED,
)
from crmkit.plugins.operational.quotes.settings import GROSS, NET

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion, Tables
    from crmkit.plugins.operational.settings import Settings

_TOLD: Final = {
    SENT: ("quote.sent", N_("Quote sent"), N_("A quote was sent to the customer")),
    ACCEPTED: ("quote.accepted", N_("Quote accepted"), N_("The customer accepted a quote")),
    DECLINED: ("quote.declined", N_("Quote declined"), N_("The customer declined a quote")),
    EXPIRED: ("quote.expired", N_("Quote expired"), N_("A quote ran out before the customer answered")),
}


def record_types(_settings: Settings) -> Iterable[RecordType]:
    """`quote`."""
    numbered = dict.fromkeys((SENT, ACCEPTED, DECLINED, EXPIRED, SUPERSEDED), ("number",))
    yield RecordType(
        name=QUOTE,
        doc="An offer with lines, sent to a customer and accepted or not",
        label="Quote",
        fields=tuple(_fields()),
        states=(DRAFT, SENT, ACCEPTED, DECLINED, EXPIRED, SUPERSEDED),
        moves={DRAFT: (SENT,), SENT: (ACCEPTED, DECLINED, EXPIRED, SUPERSEDED)},
        final=(ACCEPTED, DECLINED, EXPIRED, SUPERSEDED),
        title="{number} {subject}",
        needs=numbered,
        tells={state: told[0] for state, told in _TOLD.items()},
        amount="total_gross",
    )


def _fields() -> Iterable[Field]:
    def told(name: str, type_: str, doc: str, **more: Any) -> Field:
        return Field(name=name, type=type_, doc=doc, personal=False, **more)

    yield told("number", "text", "Given when it is sent, without gaps", unique=True)
    yield Field(name="subject", type="text", doc="What it is about")
    yield told("currency", "text", "The one currency of its lines")
    yield told("valid_until", "date", "The last day on which it can be accepted", indexed=True)
    yield told("discount", "number", "In percent, on every line", decimals=4)
    yield told("prices", "choice", "Whether its prices are net or gross", choices=(NET, GROSS))
    yield told("total_net", "money", "What it comes to without tax, in the business's currency")
    yield told("total_tax", "money", "The tax, in the business's currency")
    yield told("total_gross", "money", "What it comes to with tax, in the business's currency")
    yield told("deal", "text", "The deal that it belongs to, such as deal:12")
    yield told("sent_at", "datetime", "When it was sent")
    yield told("accepted_at", "datetime", "When it was accepted")
    yield Field(name="decline_reason", type="text", doc="Why it was declined")
    yield told("version_of", "reference", "The quote that it takes the place of", to=QUOTE)


def interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    """What becomes of quotes."""
    for name, label, doc in _TOLD.values():
        yield InteractionType(
            name=name,
            doc=doc,
            label=label,
            payload=RecordMoved,
            amount=True,
            summary=moved_summary,
            contact=name != "quote.expired",
        )


def strategy_words(_settings: Settings) -> Iterable[Trait | Metric]:
    """`open_quotes` and `quote_acceptance`."""
    yield Trait(
        name="open_quotes",
        type="number",
        doc="Number of quotes that were sent and wait for an answer",
        select=_open_quotes,
        missing=0,
        past=False,
    )
    yield Metric(
        name="quote_acceptance",
        doc="Share of the quotes answered or run out in the period that were accepted",
        label="Quote acceptance",
        unit="share",
        compute=_acceptance,
        formula="quote.accepted / (quote.accepted + quote.declined + quote.expired)",
        reading="Of ten quotes that came to an end, so many were accepted; open ones do not count.",
    )


def _open_quotes(as_of: int, tables: Tables) -> sa.Select[Any]:  # noqa: ARG001 - today only
    quote = tables.records[QUOTE]
    return (
        sa.select(quote.c.customer_id, sa.func.count().label("value"))
        .where(quote.c.state == SENT, quote.c.archived_at.is_(None))
        .group_by(quote.c.customer_id)
    )


def _acceptance(question: MetricQuestion) -> sa.Select[Any]:
    rows = question.rows(*(_TOLD[state][0] for state in (ACCEPTED, DECLINED, EXPIRED)))
    won = _TOLD[ACCEPTED][0]
    return question.count(
        rows,
        numerator=lambda c: sa.func.sum(sa.case((c.type == won, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )
