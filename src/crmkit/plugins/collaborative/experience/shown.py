"""An experience as people read it: contacts in order, the sum of it, and where it turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import OutputColumn, shown_instant
from crmkit.plugins.collaborative.experience.model import BOUGHT, EVENT, MINUTE, THEY, WROTE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.experience.experiences import Compared
    from crmkit.plugins.collaborative.experience.model import Contact, Experience, Turn

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
    parts = [(days, "d"), (hours, "h"), (0 if days else left, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def story_rows(found: Experience, crm: Crm) -> list[dict[str, Any]]:
    """The contacts as rows; purchases in a row, and what was sent by itself, are folded."""
    names = names_of(found, crm)
    rows: list[dict[str, Any]] = []
    for key, run in groupby(found.contacts, key=lambda each: (each.side, each.type)):
        contacts = list(run)
        if key[0] in (BOUGHT, WROTE) and len(contacts) >= _FOLDED:
            last = shown_instant(crm, contacts[-1].at)
            row = _row(contacts[0], crm, names)
            rows.append(row | {"what": f"{len(contacts)} times, last {last}", "then": ""})
        else:
            rows += [_row(each, crm, names) for each in contacts]
    return rows


def names_of(found: Experience, crm: Crm) -> Mapping[int, str]:
    """What the employees are called who dealt with the customer."""
    ids = {each.employee_id for each in found.contacts if each.employee_id is not None}
    return {each.id: each.name for each in crm.people.list(left=True) if each.id in ids} if ids else {}


def _row(each: Contact, crm: Crm, names: Mapping[int, str]) -> dict[str, Any]:
    name = names.get(each.employee_id or 0)
    who = {THEY: "they", BOUGHT: "they", WROTE: "(sent by itself)", EVENT: name or ""}.get(each.side)
    contact = ", ".join(filter(None, (each.label or each.type, each.channel)))
    return {
        "when": shown_instant(crm, each.at),
        "who": name or "we" if who is None else who,
        "contact": contact,
        "what": each.what,
        "then": "; ".join(_notes(each, name)),
    }


def _notes(each: Contact, name: str | None) -> Iterator[str]:
    if each.again:
        yield "asked again"
    if each.asks and each.answers:
        yield f"talked with {name}" if name else "was talked with"
    if each.waited:
        yield f"waited {length(each.waited / MINUTE)}"
    if each.handed:
        yield "another of us"
    if each.rating is not None:
        mood = {-1: "not content", 1: "content"}.get(each.rating.mood, "so so")
        yield f"{each.rating.score} of {each.rating.best}: {mood}"
    if each.type == "handover.kept":
        yield "we kept our word"
    if each.type == "handover.broken":
        yield "we broke our word"


def summed(found: Experience, crm: Crm) -> Iterator[tuple[str, str]]:
    """What it comes to, in words."""
    if found.answered or found.waiting_since is not None:
        yield "Waits", " · ".join(_waits(found, crm))
    if found.matters:
        times = f"asked {found.askings} {_times(found.askings)} in {_count(len(found.matters), 'matter')}"
        more = f"more than once in {found.asked_again}" if found.asked_again else "never more than once"
        yield "Effort", f"{times} · {more}"
        hands = len(found.hand_offs)
        yield "Hand-offs", f"{hands} {_times(hands)} to another of us" if hands else "none"
    if found.ratings:
        yield (
            "Ratings",
            " · ".join(
                f"{rating.score} of {rating.best}{f' ({rating.of})' if rating.of else ''}"
                for _, rating in found.ratings
            ),
        )
    promises = [(found.kept, "kept"), (found.broken, "broken"), (found.dropped, "accepted by nobody in time")]
    if any(number for number, _ in promises):
        yield "Promises", " · ".join(f"{number} {what}" for number, what in promises if number)


def _waits(found: Experience, crm: Crm) -> Iterator[str]:
    waits, longest = found.answered, found.longest
    if len(waits) == 1:
        yield f"answered once, after {length(found.usual_wait)}"
    elif waits:
        yield f"answered {len(waits)} times, usually after {length(found.usual_wait)} (median)"
        if longest is not None:
            yield f"the longest {length(longest.minutes)}, from {shown_instant(crm, longest.asked_at)}"
    if found.waiting_since is not None:
        since = (crm.clock.now() - found.waiting_since) / MINUTE
        yield f"waiting for {length(since)} now"


def turned(turn: Turn, crm: Crm) -> str:
    """Where it turned, with the numbers."""
    way = "fewer" if turn.rates[1] < turn.rates[0] else "more"
    called = crm.words.interaction_types.get(turn.type)
    what = (called.label if called else "") or turn.type
    said = f"{what} ({turn.what})" if turn.what else what
    return (
        f"{shown_instant(crm, turn.at)}  {said}: {way} purchases after it, {turn.after} in {turn.days_after} "
        f"days, than before, {turn.before} in {turn.days_before} days"
    )


def beside_rows(found: Sequence[Compared]) -> list[dict[str, Any]]:
    """The metrics of a group beside everybody's, in words."""
    return [
        {
            "label": each.label,
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


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return "time" if number == 1 else "times"
