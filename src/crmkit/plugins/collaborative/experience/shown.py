"""An experience as people read it: contacts in order, the sum of it, and where it turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import N_, OutputColumn, _, ngettext, pgettext, shown_instant, translated
from crmkit.plugins.collaborative.experience.model import BOUGHT, EVENT, MINUTE, THEY, WROTE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.experience.experiences import Compared
    from crmkit.plugins.collaborative.experience.model import Contact, Experience, Rating, Turn

_MOODS: Final = {-1: N_("not content"), 0: N_("so so"), 1: N_("content")}
_FOLDED: Final = 3
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
STORY: Final = (
    OutputColumn("when", fixed=True),
    OutputColumn("who", style="bold"),
    OutputColumn("contact"),
    OutputColumn("what", wrap=True),
    OutputColumn("then", "As they lived it", wrap=True),
)
BESIDE: Final = (
    OutputColumn("label", "What they lived", style="bold"),
    OutputColumn("group", "These", right=True, fixed=True),
    OutputColumn("everybody", "Everybody", right=True, fixed=True),
)


def length(minutes: float | None) -> str:
    """A length of time by the calendar: `2 d 19 h`, `3 h 20 min`, `45 min`."""
    whole = round(minutes or 0)
    days, rest = divmod(whole, _DAY)
    hours, left = divmod(rest, _HOUR)
    parts = [_("{days} d", days=days)] if days else []
    parts += [_("{hours} h", hours=hours)] if hours else []
    parts += [_("{minutes} min", minutes=left)] if (left and not days) or not whole else []
    return " ".join(parts)


def story_rows(found: Experience, crm: Crm) -> list[dict[str, Any]]:
    """The contacts as rows; purchases in a row, and what was sent by itself, are folded."""
    names = names_of(found, crm)
    rows: list[dict[str, Any]] = []
    for key, run in groupby(found.contacts, key=lambda each: (each.side, each.type)):
        contacts = list(run)
        if key[0] in (BOUGHT, WROTE) and len(contacts) >= _FOLDED:
            last = shown_instant(crm, contacts[-1].at)
            row = _row(contacts[0], crm, names)
            times = ngettext("{count} time, last {at}", "{count} times, last {at}", len(contacts), at=last)
            rows.append(row | {"what": times, "then": ""})
        else:
            rows += [_row(each, crm, names) for each in contacts]
    return rows


def names_of(found: Experience, crm: Crm) -> Mapping[int, str]:
    """What the employees are called who dealt with the customer."""
    ids = {each.employee_id for each in found.contacts if each.employee_id is not None}
    return {each.id: each.name for each in crm.people.list(left=True) if each.id in ids} if ids else {}


def _row(each: Contact, crm: Crm, names: Mapping[int, str]) -> dict[str, Any]:
    name = names.get(each.employee_id or 0)
    they = pgettext("the customer", "they")
    who = {THEY: they, BOUGHT: they, WROTE: _("(sent by itself)"), EVENT: name or ""}.get(each.side)
    contact = ", ".join(filter(None, (translated(each.label) or each.type, each.channel)))
    return {
        "when": shown_instant(crm, each.at),
        "who": name or _("we") if who is None else who,
        "contact": contact,
        "what": each.what,
        "then": "; ".join(_notes(each, name)),
    }


def _notes(each: Contact, name: str | None) -> Iterator[str]:
    if each.again:
        yield _("asked again")
    if each.asks and each.answers:
        yield _("talked with {name}", name=name) if name else _("was talked with")
    if each.waited:
        yield _("waited {time}", time=length(each.waited / MINUTE))
    if each.handed:
        yield _("another of us")
    if each.rating is not None:
        yield f"{_rated(each.rating)}: {translated(_MOODS[each.rating.mood])}"
    if each.type == "handover.kept":
        yield _("we kept our word")
    if each.type == "handover.broken":
        yield _("we broke our word")


def _rated(rating: Rating) -> str:
    """`2 of 5`."""
    return _("{part} of {whole}", part=rating.score, whole=rating.best)


def summed(found: Experience, crm: Crm) -> Iterator[tuple[str, str]]:
    """What it comes to, in words."""
    if found.answered or found.waiting_since is not None:
        yield _("Waits"), " · ".join(_waits(found, crm))
    if found.matters:
        yield _("Effort"), " · ".join(_effort(found))
        hands = len(found.hand_offs)
        times = ngettext("{count} time to another of us", "{count} times to another of us", hands)
        yield _("Hand-offs"), times if hands else _("none")
    if found.ratings:
        rated = (f"{_rated(each)}{f' ({each.of})' if each.of else ''}" for _at, each in found.ratings)
        yield _("Ratings"), " · ".join(rated)
    promises = [
        ngettext("{count} kept", "{count} kept", found.kept) if found.kept else "",
        ngettext("{count} broken", "{count} broken", found.broken) if found.broken else "",
        ngettext("{count} accepted by nobody in time", "{count} accepted by nobody in time", found.dropped)
        if found.dropped
        else "",
    ]
    if any(promises):
        yield _("Promises"), " · ".join(filter(None, promises))


def _effort(found: Experience) -> Iterator[str]:
    matters = ngettext("in {count} matter", "in {count} matters", len(found.matters))
    yield ngettext(
        "asked {count} time {matters}", "asked {count} times {matters}", found.askings, matters=matters
    )
    again = found.asked_again
    yield (
        ngettext("more than once in {count}", "more than once in {count}", again)
        if again
        else _("never more than once")
    )


def _waits(found: Experience, crm: Crm) -> Iterator[str]:
    waits, longest = found.answered, found.longest
    if len(waits) == 1:
        yield _("answered once, after {time}", time=length(found.usual_wait))
    elif waits:
        yield ngettext(
            "answered {count} time, usually after {time} (median)",
            "answered {count} times, usually after {time} (median)",
            len(waits), time=length(found.usual_wait),
        )  # fmt: skip
        if longest is not None:
            since = shown_instant(crm, longest.asked_at)
            yield _("the longest {time}, from {since}", time=length(longest.minutes), since=since)
    if found.waiting_since is not None:
        so_far = (crm.clock.now() - found.waiting_since) / MINUTE
        yield _("waiting for {time} now", time=length(so_far))


def turned(turn: Turn, crm: Crm) -> str:
    """Where it turned, with the numbers."""
    called = crm.words.interaction_types.get(turn.type)
    what = (translated(called.label) if called else "") or turn.type
    after = ngettext(
        "{number} in {count} day", "{number} in {count} days", turn.days_after, number=turn.after
    )
    before = ngettext(
        "{number} in {count} day", "{number} in {count} days", turn.days_before, number=turn.before
    )
    told = {"what": f"{what} ({turn.what})" if turn.what else what, "after": after, "before": before}
    said = (
        _("{what}: fewer purchases after it, {after}, than before, {before}", **told)
        if turn.rates[1] < turn.rates[0]
        else _("{what}: more purchases after it, {after}, than before, {before}", **told)
    )
    return f"{shown_instant(crm, turn.at)}  {said}"


def _within(number: int, days: int) -> str:
    return ngettext("{number} in {count} day", "{number} in {count} days", days, number=number)


def beside_rows(found: Sequence[Compared]) -> list[dict[str, Any]]:
    """The metrics of a group beside everybody's, in words."""
    return [
        {
            "label": translated(each.label),
            "group": _number(each.group, each.unit),
            "everybody": _number(each.everybody, each.unit),
        }
        for each in found
    ]


def _number(value: int | Fraction | None, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "share":
        return f"{float(value) * 100:.1f} %"
    return f"{float(value):,.1f}".removesuffix(".0")
