"""Promises as people see them: in words, in the day's work, and on a customer's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Due, Section, _, day_of, shown_instant, translated
from crmkit.plugins.collaborative.handovers.record_type import (
    ACCEPTED,
    BROKEN,
    DROPPED,
    HANDOVER,
    OFFERED,
    REFUSED,
    RETURNED,
)

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugins.collaborative.handovers.model import Handover
    from crmkit.plugins.collaborative.settings import Settings

_MOST: Final = 200
_DUE: Final = N_("Promises")


def promises_due(day: date, crm: Crm, settings: Settings) -> Iterator[Due]:
    """What the acting person is to accept, to keep by the day, or to explain, and what came back to them;
    everybody's where no employee asks."""
    from crmkit.plugins.collaborative.handovers.handovers import Handovers

    if not crm.actor.may("records.read"):
        return
    me = crm.actor.employee
    for each in Handovers(crm, settings.handovers).list(mine=True, made=True, limit=_MOST):
        is_giver = me is None or each.from_employee == me.uid
        is_receiver = (
            me is None or each.employee_id == me.id or (each.employee_id is None and each.to_team in me.teams)
        )
        on = day_of(crm, each.accept_by if each.state == OFFERED and each.accept_by else each.by)
        if each.state in RETURNED:
            if not is_giver:
                continue
            on = min(on, day)
        elif not is_receiver or (each.state == ACCEPTED and on > day):
            continue
        yield Due(
            group=_DUE,
            what=f"{each.promise} ({state_in_words(each, crm)})",
            customer_id=each.customer_id,
            on=on,
            hint=_next(each),
        )


def open_promises(
    customers: Sequence[Customer], crm: Crm, settings: Settings
) -> Iterable[tuple[int, Section]]:
    """The section of customers' pages with the promises about which somebody has to do something."""
    from crmkit.plugins.collaborative.handovers.handovers import Handovers

    if not crm.actor.may("records.read"):
        return []
    found = Handovers(crm, settings.handovers).list(customer_ids=[each.id for each in customers], limit=None)
    names = names_of(found, crm)
    lines: dict[int, list[tuple[str, str]]] = {}
    for each in found:
        whose = receiver_name(each, names)
        said = ", ".join(filter(None, (state_in_words(each, crm), whose)))
        lines.setdefault(each.customer_id, []).append((f"#{each.id}", f"{each.promise} ({said})"))
    return [(id_, Section(_DUE, tuple(each), lists=HANDOVER)) for id_, each in lines.items()]


def names_of(handovers: Sequence[Handover], crm: Crm) -> dict[int | str, str]:
    """The names of employees by id and uid, also of those who left; nobody's where there is no handover."""
    if not handovers:
        return {}
    people = crm.people.list(left=True)
    return {each.id: each.name for each in people} | {each.uid: each.name for each in people}


def receiver_name(handover: Handover, names: dict[int | str, str]) -> str:
    """Who has it: somebody, or a team."""
    if handover.employee_id is not None:
        return names.get(handover.employee_id, "")
    return handover.to_team or ""


def state_in_words(handover: Handover, crm: Crm) -> str:
    """`to accept by 2026-12-01 13:00`, `by 2026-12-04 17:00`, `refused: no van`, `broken`."""
    now, state = crm.clock.now(), handover.state
    if state == OFFERED:
        accept_by = handover.accept_by or handover.by
        said = _("to accept by {time}", time=shown_instant(crm, accept_by))
        return _("{said} (over)", said=said) if accept_by < now else said
    if state == ACCEPTED:
        said = _("accepted, by {time}", time=shown_instant(crm, handover.by))
        return _("{said} (over)", said=said) if handover.by < now else said
    if state == REFUSED:
        return _("refused: {reason}", reason=handover.reason)
    if state == DROPPED:
        return _("dropped: nobody accepted it")
    if state == BROKEN:
        said = _("broken since {time}", time=shown_instant(crm, handover.broken_at))
        if handover.done_late:
            said = _("{said}, done late", said=said)
        return said if handover.told_customer else _("{said}, the customer was not told", said=said)
    return translated(state)


def _next(handover: Handover) -> str:
    what = {OFFERED: "accept", ACCEPTED: "keep", REFUSED: "pass", DROPPED: "pass", BROKEN: "keep"}
    return f"crm handovers {what.get(handover.state, 'show')} {handover.id}"
