"""Deals as people see them: a row, a page, the board."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import (
    N_,
    OutputColumn,
    _,
    ngettext,
    number,
    shown_instant,
    shown_safely,
    translated,
    written_amount,
    written_money,
)
from crmkit.plugins.operational.deals.record_type import DEAL

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import CommandState, Record
    from crmkit.plugins.operational.deals.board import BoardStage, Card

# What a page says of a deal, in that order.
_LABELS: Final = {
    "customer": N_("Customer"),
    "owner": N_("Owner"),
    "value": N_("Value"),
    "probability": N_("Probability"),
    "commitment": N_("Commitment"),
    "close_on": N_("Close on"),
    "next_step": N_("Next step"),
    "next_on": N_("Next on"),
    "pipeline": N_("Pipeline"),
    "product_family": N_("Product family"),
    "source": N_("Source"),
    "lost_reason": N_("Lost reason"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "opened_on": N_("Opened on"),
    "stage_since": N_("Stage since"),
}
_FIELDS: Final = tuple(name for name in _LABELS if name not in ("customer", "owner", "stage_since"))
# The fields of which a page tells how they changed, and what they are called there.
_CHANGED: Final = {"state": N_("state"), "value": N_("value"), "close_on": N_("closes")}
_NARROW: Final = 80
_LEAST: Final = 18
_UNCUT: Final = 10_000
_STAGES: Final = (
    OutputColumn("stage", fixed=True, style="bold"),
    OutputColumn("deals", right=True, fixed=True),
    OutputColumn("value", right=True, fixed=True, shown=written_amount),
    OutputColumn("weighted", right=True, fixed=True, shown=written_amount),
    OutputColumn("stale", right=True, fixed=True),
)


def named(record: Record) -> str:
    """`deal:12 Ovens`."""
    return f"{record.ref} {record.title}"


def deal_row(
    crm: Crm, record: Record, customers: Mapping[int, str], owners: Mapping[int, str]
) -> dict[str, Any]:
    """A deal for lists and programs."""
    row = {
        "id": record.id,
        "name": record.title,
        "customer": customers.get(record.customer_id),
        "customer_id": record.customer_id,
        "stage": record.state,
        "owner": owners.get(record.owner_id) if record.owner_id else None,
    }
    for name in _FIELDS:
        value = record.fields.get(name)
        row[name] = None if value is None else value if isinstance(value, int) else str(value)
    row["stage_since"] = shown_instant(crm, record.fields.get("stage_since")) or None
    return row | {"version": record.version}


def show_deal(state: CommandState, reference: str) -> None:
    """One deal: its fields, the people in it, what happened."""
    from crmkit.plugins.operational.deals.contacts import Contacts

    crm, output = state.crm, state.output
    record = crm.records.get(DEAL, reference)
    customers, owners = crm.records.names([record])
    row = deal_row(crm, record, customers, owners)
    people = Contacts(crm).of(record.id)
    history = [
        each for each in crm.records.history(DEAL, record.id, 30) if not each.field or each.field in _CHANGED
    ]
    if output.is_json:
        roles = [{"customer_id": each.customer_id, "name": each.name, "role": each.role} for each in people]
        output.json({"deal": row, "contacts": roles})
        return
    output.data(f"{shown_safely(record.title)}   {record.ref} · {shown_safely(record.state or '')}")
    if row["value"] is not None:
        row["value"] = written_amount(row["value"])
    if row["probability"] is not None:
        row["probability"] = f"{row['probability']}%"
    lines = [(translated(label), row[name]) for name, label in _LABELS.items() if row[name] is not None]
    lines += [(each.role.capitalize(), each.name) for each in people]
    widest = max((len(label) for label, _value in lines), default=0)
    for label, value in lines:
        output.data(f"  {shown_safely(label).ljust(widest)}  {shown_safely(str(value))}")
    output.data(_("What happened"))
    for each in history:
        what = _("added")
        if each.field:
            what = f"{translated(_CHANGED[each.field])} {each.old or '–'} → {each.new or '–'}"
        output.data(f"  {shown_instant(crm, each.at)}  {shown_safely(what)}")


def show_board(state: CommandState, stages: Sequence[BoardStage]) -> None:
    """Stages side by side where the terminal has room for them, else one below the other."""
    output = state.output
    width = shutil.get_terminal_size().columns
    room = (width - 2 * (len(stages) - 1)) // max(1, len(stages))
    is_drawn = output.format == "table" and not output.chosen
    if is_drawn and width >= _NARROW and room >= _LEAST:
        lines = _side_by_side([_lines(each, room) for each in stages], room)
    else:
        output.rows(_STAGES, [_stage_row(each) for each in stages])
        cards = ((each, card) for each in stages for card in each.cards)
        lines = [f"{each.stage}: {_card(card, _UNCUT)}" for each, card in cards] if is_drawn else []
    for line in lines:
        output.data(line)


def _stage_row(each: BoardStage) -> dict[str, Any]:
    from crmkit import Money

    cards = [
        {
            "id": card.id, "name": card.name, "customer": card.customer,
            "value": str(card.value) if card.value else None, "days": card.days, "stale": card.stale,
        }
        for card in each.cards
    ]  # fmt: skip
    weighted = Money(round(each.value.minor * each.probability / 100), each.value.currency)
    return {
        "stage": each.stage, "probability": each.probability, "deals": each.deals, "value": str(each.value),
        "weighted": str(weighted), "stale": each.stale, "largest": cards,
    }  # fmt: skip


def _lines(each: BoardStage, room: int) -> list[str]:
    head = [
        f"{each.stage} {each.probability}%",
        _short(f"{number(each.deals)} · {written_money(each.value)}", room),
    ]
    if each.stale:
        head[0] += f" !{each.stale:,}"
    lines = [_short(head[0], room), head[1], "─" * room]
    for card in each.cards:
        lines += [_card(card, room), _short(f"  {_worth(card)} {card.days}d", room)]
    rest = each.deals - len(each.cards)
    return [*lines, "  " + _("and {rest} more", rest=number(rest))] if rest > 0 and each.cards else lines


def _card(card: Card, room: int) -> str:
    mark = "!" if card.stale else " "
    if room < 1_000:
        return _short(f"{mark}{card.id} {shown_safely(card.name)}", room)
    return ngettext(
        "{deal}, {customer}, {worth}, {count} day",
        "{deal}, {customer}, {worth}, {count} days",
        card.days,
        deal=f"{mark}{card.id} {shown_safely(card.name)}",
        customer=shown_safely(card.customer),
        worth=_worth(card),
    )


def _worth(card: Card) -> str:
    return _("no value") if card.value is None else written_money(card.value)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _side_by_side(columns: Sequence[list[str]], room: int) -> list[str]:
    high = max((len(each) for each in columns), default=0)
    filled = [[*each, *[""] * (high - len(each))] for each in columns]
    return ["  ".join(cell.ljust(room) for cell in line).rstrip() for line in zip(*filled, strict=True)]
