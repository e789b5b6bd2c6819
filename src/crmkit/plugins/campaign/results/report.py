"""Campaigns in the report on the business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from crmkit import CrmError, Money
from crmkit.plugin import (
    N_,
    Axis,
    Chart,
    Figure,
    ReportSection,
    ReportTable,
    _,
    number,
    shown,
    translated,
    written_money,
    written_percent,
)
from crmkit.plugins.campaign.results.service import CampaignResults

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion
    from crmkit.plugins.campaign.results.model import MessageFigures

_MOST: Final = 12
_COLUMNS: Final = (
    Axis(column="name", title="Campaign", measure="text"),
    Axis(column="sent", title="Sent"),
    Axis(column="delivered", title="Delivered"),
    Axis(column="opened", title="Opened"),
    Axis(column="clicked", title="Clicked"),
    Axis(column="replied", title="Answered"),
    Axis(column="unsubscribed", title="Unsubscribed"),
    Axis(column="credited", title="Credited", measure="money"),
)
_BY_PEOPLE: Final = {"opened": N_("Opened by people"), "clicked": N_("Clicked by people")}
_CREDITED: Final = N_(
    "What is credited describes which messages came before purchases. What messages changed only customers "
    "who were left alone can tell."
)


def section(crm: Crm, question: ReportQuestion) -> Iterator[ReportSection]:
    """The section, where anything was sent in the period: the answers of campaigns and journeys that leave
    some customers alone first, then what was heard."""
    service = crm.service(CampaignResults)
    found = service.every(period=question.period, where=question.where, as_of=question.as_of)
    found = {origin: each for origin, each in found.items() if each.sent}
    if not found:
        return
    currency = crm.config.crs.currency
    ordered = sorted(found.items(), key=lambda each: (-each[1].sent, each[0]))
    rows = [_row(origin, figures) for origin, figures in ordered]
    used = [axis for axis in _COLUMNS if any(row[axis.column] is not None for row in rows)]
    yield ReportSection(
        name="campaigns", title="Campaigns", text=(*_answers(crm, found), translated(_CREDITED)), order=70,
        figures=_numbers(found, currency), charts=[_chart(rows[:_MOST])],
        tables=[ReportTable(caption="Messages", columns=used, rows=rows, currency=currency)],
    )  # fmt: skip


def _answers(crm: Crm, found: Mapping[str, MessageFigures]) -> Iterator[str]:
    """What measured campaigns and journeys changed; rules have a section of their own."""
    for origin in found:
        if origin.startswith("rule:"):
            continue
        try:
            yield f"{origin.removeprefix('campaign:')}: {shown(crm.strategy.report(origin).sentence)}"
        except CrmError:
            continue


def _row(origin: str, figures: MessageFigures) -> dict[str, Any]:
    return asdict(figures) | {"name": origin.removeprefix("campaign:")}


def _numbers(found: Mapping[str, MessageFigures], currency: str) -> Iterator[Figure]:
    values = found.values()
    sent = sum(each.sent for each in values)
    yield Figure(label="Messages sent", value=number(sent))
    for name in _BY_PEOPLE:
        told = [getattr(each, name) for each in values if getattr(each, name) is not None]
        delivered = sum(each.delivered or 0 for each in values)
        if told and delivered:
            share = written_percent(f"{sum(told) / delivered * 100:.1f}")
            yield Figure(label=_(_BY_PEOPLE[name]), value=share)
    credited = sum(each.credited for each in values)
    yield Figure(
        label="Credited to messages", value=written_money(Money(credited, currency)), note=_("descriptive")
    )


def _chart(rows: list[dict[str, Any]]) -> Chart:
    first = rows[0]
    return Chart(
        name="campaigns", title="Messages sent", kind="bars", rows=rows,
        says=_("Most were sent by {name}: {sent}.", name=first['name'], sent=number(first['sent'])),
        x=Axis(column="name", title="Campaign", measure="text"), y=Axis(column="sent", title="Sent"),
    )  # fmt: skip
