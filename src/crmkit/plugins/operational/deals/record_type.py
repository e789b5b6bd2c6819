"""The record type `deal`, made of the pipelines of a business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Field, InteractionType, RecordMoved, RecordType, fold, moved_summary
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit.plugins.operational.deals.settings import DealSettings
    from crmkit.plugins.operational.settings import Settings

DEAL: Final = "deal"
COMMITMENTS: Final = ("pipeline", "best case", "commit")
# What exports of other systems call it.
_HEADERS: Final = {
    "field:name": "deal name, opportunity, opportunity name, opportunity id, deal id, subject",
    "customer": "account, account name, company, company name, organization",
    "owner": "agent, sales agent, sales rep, rep, deal owner, opportunity owner, account owner",
    "state": "deal stage, sales stage, opportunity stage",
    "field:value": "deal value, close value, deal amount, opportunity value, revenue",
    "field:product_family": "product, products, product name",
    "field:opened_on": "engage date, open date, opened, start date, create date, created date",
    "field:close_on": "close date, closed, closed date, expected close, expected close date, won date",
    "field:source": "lead source, original source",
    "field:lost_reason": "loss reason, closed lost reason, reason lost",
}


def deal_type(settings: Settings) -> Iterable[RecordType]:
    """Its states are the stages of all pipelines; a pipeline's own moves are checked when it is saved."""
    deals = settings.deals
    yield RecordType(
        name=DEAL,
        doc="A sale in the making",
        label="Deal",
        fields=tuple(_fields(deals)),
        states=_states(deals),
        final=(WON, LOST),
        title="name",
        tells={WON: "deal.won", LOST: "deal.lost"}
        # One that goes back to its first stage does not begin again.
        | {f"> {stage.name}": "deal.opened" for each in deals.all.values() for stage in each.open},
        amount="value",
        state_names=_state_names(deals),
        headers={header: target for target, headers in _HEADERS.items() for header in headers.split(", ")},
    )


def deal_interactions(_settings: Settings) -> Iterator[InteractionType]:
    """What deals put onto timelines."""
    said = (
        ("deal.opened", N_("A deal began"), N_("Deal opened")),
        ("deal.won", N_("A deal was won"), N_("Deal won")),
        ("deal.lost", N_("A deal was lost"), N_("Deal lost")),
    )
    for name, doc, label in said:
        yield InteractionType(
            name=name, doc=doc, label=label, payload=RecordMoved, amount=True, summary=moved_summary,
            contact=False,
        )  # fmt: skip


def _states(deals: DealSettings) -> tuple[str, ...]:
    names = [each.name for pipeline in deals.all.values() for each in pipeline.open]
    return (*dict.fromkeys(names), WON, LOST)


def _state_names(deals: DealSettings) -> dict[str, str]:
    """What files call the stages; of two with one name the first pipeline's counts."""
    found: dict[str, str] = {}
    for pipeline in deals.all.values():
        for stage in pipeline.every:
            for name in stage.called:
                found.setdefault(fold(name), stage.name)
    return found


def _fields(deals: DealSettings) -> Iterator[Field]:
    yield Field(name="name", type="text", doc="What it is about", label="Deal")
    yield Field(name="value", type="money", doc="What it is worth, in the business's own currency")
    yield Field(name="close_on", type="date", doc="When it closes, or closed", label="Closes", indexed=True)
    yield Field(name="next_step", type="text", doc="What is to be done next", label="Next step")
    yield Field(name="next_on", type="date", doc="By when the next step is due", indexed=True)
    yield Field(name="probability", type="number", doc="How likely it is won, in percent", personal=False)
    yield Field(
        name="commitment", type="choice", choices=COMMITMENTS, default=COMMITMENTS[0],
        doc="What its owner says of it in the forecast", personal=False,
    )  # fmt: skip
    yield Field(
        name="pipeline", type="choice", choices=tuple(deals.all), doc="Which pipeline it goes through",
        personal=False,
    )  # fmt: skip
    yield Field(name="product_family", type="text", doc="What is sold", personal=False)
    yield Field(name="source", type="text", doc="Where it came from", personal=False)
    yield Field(
        name="lost_reason", type="choice", choices=deals.lost_reasons, doc="Why it was lost", personal=False
    )
    yield Field(name="amount", type="number", decimals=3, doc="What it is worth in `currency`, as given")
    yield Field(name="currency", type="text", doc="The currency of `amount`, if not the business's own")
    yield Field(
        name="opened_on", type="date", doc="The day on which it began", label="Opened", personal=False
    )
    yield Field(
        name="stage_since", type="datetime", doc="Since when it has been in its stage", personal=False
    )
