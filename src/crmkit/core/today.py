"""The day's work: what wants attention, gathered from the core and from every plugin."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError, NotAllowed
from crmkit.core.instants import local_date
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.model.strategy import FAILED, UNCONFIRMED
from crmkit.core.model.today import BIRTHDAYS, CONTACTS, DOUBTS, PLANS, REQUESTS, Due, Today

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

# As many of a kind as a person reads; the rest is counted.
MOST: Final = 20
_SOON: Final = dt.timedelta(days=7)


def today(crm: Crm) -> Today:
    """What is due today for whoever `crm` acts for, of customers whom they see."""
    crm.require("customers.read")
    day = local_date(crm.clock.now(), crm.kernel.tz)
    found, warnings = crm.kernel.hooks.extend_today(day, crm)
    for ask in (_birthdays, _contacts, _requests, _plans, _effects, _duplicates):
        found += _answers(ask, crm, day, warnings)
    # A plugin's headings come first, because they are what somebody has promised; each is kept together.
    order = {group: place for place, group in enumerate(dict.fromkeys(each.group for each in found))}
    found.sort(key=lambda each: (order[each.group], each.on or dt.date.max))
    return _shortened(day, found, warnings)


def _answers(
    ask: Callable[[Crm, dt.date], Iterator[Due]], crm: Crm, day: dt.date, warnings: list[str]
) -> list[Due]:
    """What one of the core's questions yields; one that cannot be asked does not hide the others."""
    try:
        return list(ask(crm, day))
    except NotAllowed:
        return []
    except CrmError as error:
        warnings.append(error.message)
        return []


def _birthdays(crm: Crm, day: dt.date) -> Iterator[Due]:
    """Whose birthday it is, by each field of that name: `birthday`, `childs_birthday`."""
    for word in crm.words.fields:
        if word.type != "date" or "birthday" not in word.name:
            continue
        label = "" if word.name == "birthday" else f"{word.label or word.name}: "
        for each in crm.customers.summaries(list(crm.predicates.members(f"is_birthday({word.name})"))):
            yield Due(group=BIRTHDAYS, what=f"{label}{each.name}", customer_id=each.id, on=day)


def _contacts(crm: Crm, _day: dt.date) -> Iterator[Due]:
    """Of whom nothing has been heard for longer than their customer type allows."""
    if not any(each.cadence for each in crm.words.customer_types):
        return
    count = crm.predicates.count("overdue_contact is not null")
    if count:
        what = ngettext("{count} customer", "{count} customers", count)
        yield Due(group=CONTACTS, what=what, hint="crm customers list --overdue")


def _requests(crm: Crm, day: dt.date) -> Iterator[Due]:
    """What people have asked about their data, and must soon be answered."""
    crm.require("privacy.manage")
    for each in crm.privacy.requests():
        if each.due_on <= day + _SOON:
            yield Due(
                group=REQUESTS, what=_("{kind}, due on {day}", kind=translated(each.kind), day=each.due_on),
                customer_id=each.customer_id,
                on=each.due_on, hint=f"crm privacy requests show {each.id}",
            )  # fmt: skip


def _plans(crm: Crm, _day: dt.date) -> Iterator[Due]:
    """Plans that a person has to look at."""
    from crmkit.core.strategy import plans

    with crm.kernel.reading() as connection:
        waiting = plans.waiting(crm.kernel, connection)
        open_ = {each.number: plans.open_counts(crm.kernel, connection, each.number) for each in waiting}
    for each in waiting:
        acts, held = (sum(counts[at] for counts in open_[each.number].values()) for at in (0, 1))
        left = _("{acts} to do", acts=number(acts)) + (_(", {held} held", held=number(held)) if held else "")
        yield Due(
            group=PLANS, what=_("plan {number}: {left}", number=each.number, left=left),
            on=local_date(each.at, crm.kernel.tz),
            hint=f"crm plans show {each.number}",
        )  # fmt: skip


def _effects(crm: Crm, _day: dt.date) -> Iterator[Due]:
    """What may or may not have reached somebody, and what could not be handed over within a week."""
    from crmkit.core.effects.troubles import troubles

    counts = troubles(crm)
    said = {
        UNCONFIRMED: N_("{count} may or may not have arrived"),
        FAILED: N_("{count} could not be handed over"),
    }
    for state, what in said.items():
        if counts[state]:
            hint = f"crm effects list --state {state}"
            yield Due(group=DOUBTS, what=_(what, count=number(counts[state])), hint=hint)


def _duplicates(crm: Crm, _day: dt.date) -> Iterator[Due]:
    """Whom somebody has to tell apart."""
    from crmkit.core.duplicates import queue
    from crmkit.core.duplicates.values import OPEN
    from crmkit.core.exchange import review

    with crm.kernel.reading() as connection:
        count = queue.count(connection, crm.kernel, crm.visible(), OPEN)
    if count:
        what = ngettext(
            "{count} pair of customers may be the same", "{count} pairs of customers may be the same", count
        )
        yield Due(group=DOUBTS, what=what, hint="crm customers duplicates list")
    count = review.count(crm)
    if count:
        what = ngettext(
            "{count} row of imports may be one of several customers",
            "{count} rows of imports may be one of several customers",
            count,
        )
        yield Due(group=DOUBTS, what=what, hint="crm customers review")


def _shortened(day: dt.date, found: list[Due], warnings: list[str]) -> Today:
    seen: Counter[str] = Counter()
    kept = []
    for each in found:
        seen[each.group] += 1
        if seen[each.group] <= MOST:
            kept.append(each)
    more = tuple((group, count - MOST) for group, count in seen.items() if count > MOST)
    return Today(day=day, due=tuple(kept), more=more, warnings=tuple(warnings))
