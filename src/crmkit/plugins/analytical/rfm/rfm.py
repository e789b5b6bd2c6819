"""Who bought how lately, how often and for how much: the grid, its segments, and their customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Money
from crmkit.plugin import N_, _, ngettext, translated
from crmkit.plugins.analytical.purchases import rfm
from crmkit.plugins.analytical.reading import answer
from crmkit.plugins.analytical.rfm.model import Rfm, RfmCell, RfmCustomer, RfmSegment
from crmkit.plugins.analytical.rfm.statements import MEASURES, breaks_of, scored, with_segment

if TYPE_CHECKING:
    from datetime import date

    from crmkit import Crm
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.analytical.rfm.settings import RfmSettings

_LISTED: Final = ("customer_id", "recency", "frequency", "monetary", "r", "f", "m", "segment")
Breaks = Mapping[str, Sequence[tuple[int, int]]]


def measured(
    crm: Crm, settings: RfmSettings, *, where: str | None = None, as_of: int | date | None = None
) -> Rfm:
    """Grid and segments of the customers for whom `where` holds; scores are among all who ever bought.

    Raises `Invalid`, `PredicateError`, `MissingRate`.
    """
    question = crm.metrics.question(where=where, as_of=as_of)
    each = _theirs(question, statement(question, settings)).subquery("each")
    c = each.c
    alike = sa.select(
        c.r, c.f, c.m, sa.func.count().label("customers"), _total(c.monetary).label("spent"),
        _total(c.recency).label("days"), _total(c.frequency).label("times"),
    ).group_by(c.r, c.f, c.m)  # fmt: skip
    rows = answer(crm, with_segment(alike.subquery("alike"), settings.cells))
    return Rfm(
        as_of=question.as_of,
        scores=settings.scores,
        currency=question.currency,
        cells=_cells(rows),
        segments=_segments(rows, settings),
        notes=_notes(rows, settings, everybody=where is None),
    )


def customers(
    crm: Crm,
    settings: RfmSettings,
    *,
    where: str | None = None,
    as_of: int | date | None = None,
    segment: str | None = None,
    limit: int | None = None,
) -> list[RfmCustomer]:
    """Customers with their scores, the best buyers first; only those of `segment`, where one is named."""
    question = crm.metrics.question(where=where, as_of=as_of)
    each = _theirs(question, statement(question, settings)).subquery("each")
    c = each.c
    query = sa.select(*(c[name] for name in _LISTED))
    if segment is not None:
        query = query.where(c.segment == segment)
    rows = answer(crm, query.order_by(c.monetary.desc(), c.customer_id).limit(limit))
    return [RfmCustomer(**dict(zip(_LISTED, row, strict=True))) for row in rows]


def statement(
    question: MetricQuestion, settings: RfmSettings, breaks: Breaks | None = None, at: int | None = None
) -> sa.Select[Any]:
    """The statement of everybody's scores at the instant `at`, the question's own when None.

    By `breaks`, or by those of the settings and quantiles.
    """
    totals = rfm(
        question.as_of if at is None else at,
        question.tables,
        past=question.past,
        worth=question.worth,
        known_by=question.as_of,
    )
    given = own_breaks(settings, question.currency) if breaks is None else breaks
    return scored(totals, settings.scores, given, settings.cells)


def own_breaks(settings: RfmSettings, currency: str) -> Breaks:
    """The breaks of `crm.toml` as (lowest value, score), rising; days count backwards."""
    minor = 10 ** len(str(Money(0, currency)).partition(" ")[0].partition(".")[2])
    days = [-each for each in reversed(settings.recency)]
    spent = [int((each * minor).to_integral_value()) for each in map(Decimal, settings.monetary)]
    values = {"recency": days, "frequency": settings.frequency, "monetary": spent}
    # Whoever reaches no break has the first score.
    return {
        name: [(0, 1), *((int(value), score) for score, value in enumerate(given, 2))]
        for name, given in values.items()
        if given
    }


def breaks_at(crm: Crm, question: MetricQuestion, settings: RfmSettings, at: int) -> Breaks:
    """The breaks between scores at the instant `at`, to hold customers against at another one."""
    found: dict[str, list[tuple[int, int]]] = {}
    each = statement(question, settings, at=at)
    for measure, select in zip(MEASURES, breaks_of(each), strict=True):
        found[measure] = [(int(row.value), int(row.score)) for row in answer(crm, select)]
    own = own_breaks(settings, question.currency)
    return {name: own.get(name) or pairs or [(0, 1)] for name, pairs in found.items()}


def _theirs(question: MetricQuestion, each: sa.Select[Any]) -> sa.Select[Any]:
    """Of everybody's scores those of the customers who are asked about and seen."""
    rows = each.subquery("everybody")
    return sa.select(*rows.c).where(*(rows.c.customer_id.in_(some) for some in question.scope))


def _total(column: Any) -> Any:
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def _cells(rows: Sequence[Any]) -> list[RfmCell]:
    found: dict[tuple[int, int, str], list[int]] = {}
    for row in rows:
        cell = found.setdefault((row.r, row.fm, row.segment), [0, 0])
        cell[0] += row.customers
        cell[1] += row.spent
    return [
        RfmCell(r=r, fm=fm, segment=segment, customers=many, spent=spent)
        for (r, fm, segment), (many, spent) in sorted(found.items())
    ]


def _segments(rows: Sequence[Any], settings: RfmSettings) -> list[RfmSegment]:
    """Every segment that there can be, also those of nobody."""
    everybody, everything = sum(row.customers for row in rows), sum(row.spent for row in rows)
    found = []
    for name in settings.order if rows else ():
        theirs = [row for row in rows if row.segment == name]
        many, spent = sum(row.customers for row in theirs), sum(row.spent for row in theirs)
        found.append(
            RfmSegment(
                segment=name,
                customers=many,
                share=many / everybody,
                spent=spent,
                spent_share=spent / everything if everything > 0 else None,
                recency=sum(row.days for row in theirs) / many if many else 0.0,
                frequency=sum(row.times for row in theirs) / many if many else 0.0,
            )
        )
    return found


_MEASURES = {"recency": N_("Recency"), "frequency": N_("Frequency"), "monetary": N_("Money spent")}


def _notes(rows: Sequence[Any], settings: RfmSettings, *, everybody: bool) -> list[str]:
    """Which measures have fewer different scores than there could be: many customers are alike in them."""
    notes = []
    many = sum(row.customers for row in rows)
    if rows and everybody and many < settings.scores:
        return [_("There are fewer customers ({many}) than scores: they say little yet.", many=many)]
    for measure in MEASURES if rows and everybody else ():
        there = len({getattr(row, measure[0]) for row in rows})
        if there < settings.scores and not getattr(settings, measure):
            notes.append(
                ngettext(
                    "{measure} has {count} of {scores} scores: too many customers are alike in it.",
                    "{measure} has {count} of {scores} scores: too many customers are alike in it.",
                    there,
                    scores=settings.scores,
                    measure=translated(_MEASURES[measure]),
                )
            )
    return notes
