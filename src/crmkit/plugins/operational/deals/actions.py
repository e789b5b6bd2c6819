"""What rules do with deals: `deal.create` and `deal.move`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen
from attrs.validators import and_, ge, instance_of, optional

from crmkit import Invalid, RecordDraft
from crmkit.plugin import (
    Action,
    ActionItem,
    Performed,
    Refusal,
    _,
    nphrase,
    phrase,
    records_acted_upon,
    today_of,
)
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.settings import Settings

_TEXT = optional(instance_of(str))
_QUOTE: Final = "quote"


def _as_text(given: Any) -> str | None:
    """Files have amounts as numbers too."""
    return None if given is None else str(given)


@frozen(kw_only=True)
class NewDeal:
    """A deal to make: what it is worth, in how many days it closes, where it begins, and whose it is."""

    name: str = field(validator=instance_of(str))
    value: str | None = field(default=None, converter=_as_text)
    days: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(0))))
    pipeline: str | None = field(default=None, validator=_TEXT)
    stage: str | None = field(default=None, validator=_TEXT)
    owner: str | None = field(default=None, validator=_TEXT)


@frozen(kw_only=True)
class DealMove:
    """Into which stage deals go, out of which (None is any), and why if it is `lost`: upon what happened to a
    deal or to a quote for one, that deal; else every open deal of the customer."""

    to: str = field(validator=instance_of(str))
    from_: str | None = field(default=None, validator=_TEXT)
    pipeline: str | None = field(default=None, validator=_TEXT)
    reason: str | None = field(default=None, validator=_TEXT)


def deal_actions(settings: Settings) -> Iterator[Action]:
    """The actions, in rules `deal = "Ovens"` and `deal_stage = "qualified"`."""
    yield Action(
        name="deal.create", doc="Makes a deal for the customer", params=NewDeal, shorthand="deal",
        rendered=("name",), check=_check_new, perform=_create, undo=_uncreate,
        undone=nphrase("put {count} deal into the archive", "put {count} deals into the archive", 0),
        says=lambda params: _("new deal: {name}", name=params.name),
    )  # fmt: skip
    yield Action(
        name="deal.move", doc="Moves the deal that an event is about, else all open ones", params=DealMove,
        shorthand="deal_stage", check=lambda params, _crm: _check_move(params, settings), perform=_move,
        undo=_move_back, claims=lambda _: f"record:{DEAL}",
        undone=nphrase(
            "move the deals of {count} customer back", "move the deals of {count} customers back", 0
        ),
        says=lambda params: _("move open deals to {to}", to=params.to),
    )  # fmt: skip


def _check_new(params: NewDeal, crm: Crm) -> None:
    _core(crm).check(_as_record(params, crm), crm)  # type: ignore[misc]


def _create(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Any:
    return _core(crm).perform([evolve(item, params=_as_record(item.params, crm)) for item in items], crm, tx)


def _uncreate(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Any:
    undo = _core(crm).undo
    assert undo is not None
    return undo([evolve(item, params=_as_record(item.params, crm)) for item in items], crm, tx)


def _core(crm: Crm) -> Action:
    return crm.words.actions["record.create"]


def _as_record(params: NewDeal, crm: Crm) -> Any:
    """The parameters of the core's own action."""
    closes = None if params.days is None else (today_of(crm) + timedelta(days=params.days)).isoformat()
    fields = {"name": params.name, "value": params.value, "close_on": closes, "pipeline": params.pipeline}
    given = {name: value for name, value in fields.items() if value is not None}
    return _core(crm).params(DEAL, given, params.stage, params.owner)


def _check_move(params: DealMove, settings: Settings) -> None:
    deals = settings.deals
    stages = {each.name for pipeline in deals.all.values() for each in pipeline.every}
    for name in filter(None, (params.to, params.from_)):
        if name not in stages:
            raise Invalid(
                phrase('No pipeline has a stage "{name}"', name=name),
                hint=phrase("There are: {names}.", names=", ".join(sorted(stages))),
            )
    if params.pipeline is not None and params.pipeline not in deals.all:
        raise Invalid(
            phrase('There is no pipeline "{pipeline}"', pipeline=params.pipeline),
            hint=phrase("There are: {names}.", names=", ".join(deals.all)),
        )
    if params.to == LOST and params.reason not in deals.lost_reasons:
        raise Invalid(
            "A deal is lost for a reason",
            hint=phrase("Give one: reason = {lost_reasons}.", lost_reasons=", ".join(deals.lost_reasons)),
        )


def _move(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Performed | Refusal]:
    params: DealMove = items[0].params
    found = _open(crm, tx, [item.customer_id for item in items], params)
    meant = _meant(crm, tx, items)
    fields = {"lost_reason": params.reason} if params.to == LOST else {}
    wanted = {
        id_: (place, state)
        for place, item in reversed([*enumerate(items)])
        for id_, state in found.get(item.customer_id, ())
        if meant.get(place, id_) == id_
    }
    moving = [(place, id_, state) for id_, (place, state) in sorted(wanted.items())]
    drafts = [RecordDraft(id=id_, state=params.to, fields=fields) for _, id_, _ in moving]
    report = crm.records.save_all(DEAL, drafts, source=items[0].source)
    refused = {each.index: each.reason for each in report.refused}
    moved: dict[int, list[str]] = {}
    why: dict[int, str] = {}
    for number, (place, id_, state) in enumerate(moving):
        if number in refused:
            why[place] = refused[number]
        else:
            moved.setdefault(place, []).append(f"{id_}:{state}")
    for index in range(len(items)):
        if index in moved:
            yield Performed(index, ",".join(moved[index]))
        else:
            yield Refusal(
                index, why.get(index, phrase("there is no open deal to move to {stage}", stage=params.to))
            )


def _meant(crm: Crm, tx: Transaction, items: Sequence[ActionItem]) -> dict[int, int]:
    """The deal that is meant, by the place of the item: the one that the event is about, or its quote is."""
    import sqlalchemy as sa

    about = records_acted_upon(crm, tx, [item.occasion for item in items])
    quote = crm.tables.records.get(_QUOTE)
    ids = {int(ref.partition(":")[2]) for ref in about.values() if ref.startswith(f"{_QUOTE}:")}
    if quote is not None and ids:
        rows = tx.execute(sa.select(quote.c.id, quote.c.deal).where(quote.c.id.in_(ids)))
        deals = {f"{_QUOTE}:{row.id}": _ref(row.deal or "") for row in rows}
        about = {occasion: deals.get(ref, ref) for occasion, ref in about.items()}
    named = {
        place: ref.partition(":")[2]
        for place, item in enumerate(items)
        if (ref := about.get(item.occasion, "")).startswith(f"{DEAL}:")
    }
    return {place: int(number) for place, number in named.items() if number.isdecimal()}


def _ref(deal: str) -> str:
    """The reference of a deal that somebody wrote as its number alone."""
    return f"{DEAL}:{deal}" if deal.isdecimal() else deal


def _open(
    crm: Crm, tx: Transaction, customers: Sequence[int], params: DealMove
) -> dict[int, list[tuple[int, str]]]:
    import sqlalchemy as sa

    table = crm.tables.records[DEAL]
    query = sa.select(table.c.id, table.c.customer_id, table.c.state).where(
        table.c.archived_at.is_(None), table.c.state.not_in((WON, LOST)), table.c.state != params.to
    )
    if params.from_ is not None:
        query = query.where(table.c.state == params.from_)
    if params.pipeline is not None:
        query = query.where(table.c.pipeline == params.pipeline)
    found: dict[int, list[tuple[int, str]]] = {}
    wanted = sorted({*customers})
    for start in range(0, len(wanted), 500):
        here = query.where(table.c.customer_id.in_(wanted[start : start + 500])).order_by(table.c.id)
        for row in tx.execute(here):
            found.setdefault(row.customer_id, []).append((row.id, row.state))
    return found


def _move_back(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    """What stands where it was put goes back; what was moved since stays."""
    for index, item in enumerate(items):
        pairs = [each.split(":", 1) for each in (item.result or "").split(",") if each]
        before = {int(pair[0]): pair[1] for pair in pairs}
        drafts = [
            RecordDraft(id=id_, state=state)
            for id_, state in before.items()
            if crm.records.get(DEAL, id_).state == item.params.to
        ]
        report = crm.records.save_all(DEAL, drafts, source=item.source)
        if len(drafts) < len(before):
            yield Refusal(index, phrase("the deal was moved since"))
        elif report.refused:
            yield Refusal(index, report.refused[0].reason)
