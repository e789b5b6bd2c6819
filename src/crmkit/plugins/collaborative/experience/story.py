"""The relationship as the customer lived it, from the entries of the log. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from crmkit.plugins.collaborative.experience import telling
from crmkit.plugins.collaborative.experience.model import (
    BOUGHT,
    EVENT,
    THEY,
    WE,
    WROTE,
    Contact,
    Experience,
    Matter,
    Rating,
    Wait,
)
from crmkit.plugins.collaborative.experience.turning import turns_of

if TYPE_CHECKING:
    from crmkit import Interaction

PROMISES: Final = {"handover.kept": "kept", "handover.broken": "broken", "handover.dropped": "dropped"}
_TOLD: Final = ("case.opened", telling.RESOLVED, "case.reopened", "handover.accepted", *PROMISES)
# The worst and the best score, the highest that is bad, the lowest that is good.
_STARS: Final = (1, 5, 2, 4)
_SCALES: Final[Mapping[str, tuple[int, int, int, int]]] = {
    "nps": (0, 10, 6, 9), "csat": _STARS, "ces": (1, 7, 3, 6),
}  # fmt: skip


def story(
    entries: Iterable[Interaction],
    *,
    customer_id: int,
    now: int,
    within: int,
    sent: telling.Sent,
    is_contact: Callable[[str], bool],
    told: Callable[[Interaction], tuple[str, str]],
) -> Experience:
    """One customer's experience, from the standing entries of the log, oldest first.

    `within` is for how long after an answer a question belongs to the same matter (microseconds); `sent` has
    what employees sent by the ledger; `is_contact` says of which types we tell, `told` what an entry is
    called and says.
    """
    course = _Course(within)
    contacts = []
    for entry in entries:
        if entry.occurred_at > now:
            continue
        contact = _contact(entry, sent)
        if contact.asks or contact.answers:
            contact = course.met(contact)
        elif not is_contact(entry.type) and entry.type not in _TOLD:
            continue
        label, what = told(entry)
        contacts.append(evolve(contact, label=label, what=what))
    kinds = [PROMISES.get(each.type) for each in contacts]
    return Experience(
        customer_id=customer_id,
        contacts=tuple(contacts),
        waits=course.all_waits(),
        matters=tuple(course.matters),
        hand_offs=tuple(each.at for each in contacts if each.handed),
        **{name: kinds.count(name) for name in PROMISES.values()},
        turns=turns_of(contacts, now),
    )


@define
class _Course:
    """What is waited for, and which matter it belongs to, as askings and answers come."""

    within: int
    waits: list[Wait] = field(factory=list)
    matters: list[Matter] = field(factory=list)
    _open: Wait | None = None
    _heard_at: int | None = None
    _employee: int | None = None

    def met(self, contact: Contact) -> Contact:
        """The contact with what it was to the customer."""
        if contact.asks:
            contact = self._asked(contact)
        is_of_matter = self._open is not None or self._is_fresh(contact.at)
        if is_of_matter:
            contact = self._dealt_with(contact)
        if contact.answers and self._open is not None:
            contact = self._answered(contact, self._open)
        return contact

    def all_waits(self) -> tuple[Wait, ...]:
        """Those that are over, and the one that is not."""
        return (*self.waits, *((self._open,) if self._open is not None else ()))

    def _is_fresh(self, at: int) -> bool:
        return self._heard_at is not None and at - self._heard_at <= self.within

    def _asked(self, contact: Contact) -> Contact:
        is_again = self._open is not None or self._is_fresh(contact.at)
        if self._open is None:
            self._open = Wait(asked_at=contact.at, channel=contact.channel)
        if is_again:
            self.matters[-1] = evolve(self.matters[-1], askings=self.matters[-1].askings + 1)
        else:
            self._employee = None
            self.matters.append(Matter(number=len(self.matters) + 1, began=contact.at, askings=1))
        return evolve(contact, again=is_again)

    def _dealt_with(self, contact: Contact) -> Contact:
        before, employee = self._employee, contact.employee_id
        if employee is not None:
            self._employee = employee
        return evolve(
            contact,
            matter=len(self.matters),
            handed=employee is not None and before is not None and employee != before,
        )

    def _answered(self, contact: Contact, wait: Wait) -> Contact:
        self.waits.append(evolve(wait, answered_at=contact.at, employee_id=contact.employee_id))
        self._open, is_first = None, self._heard_at is None or not self._is_fresh(wait.asked_at)
        self._heard_at = contact.at
        if is_first:
            self.matters[-1] = evolve(self.matters[-1], employee_id=contact.employee_id)
        return evolve(contact, waited=contact.at - wait.asked_at)


def _contact(entry: Interaction, sent: telling.Sent) -> Contact:
    asks, answers = telling.asks(entry), telling.answers(entry, sent)
    return Contact(
        seq=entry.seq, at=entry.occurred_at, type=entry.type, side=_side(entry, asks=asks, answers=answers),
        channel=entry.channel, employee_id=telling.employee_of(entry, sent), asks=asks, answers=answers,
        rating=rating_of(entry),
    )  # fmt: skip


def _side(entry: Interaction, *, asks: bool, answers: bool) -> str:
    if asks:
        return THEY
    if entry.type == "purchase":
        return BOUGHT
    if entry.type in _TOLD:
        return EVENT
    if answers:
        return WE
    if entry.direction == telling.OUT:
        return WROTE if entry.source == telling.LEDGER else WE
    return THEY


def rating_of(entry: Interaction) -> Rating | None:
    """What the customer thought of us, where the entry says that."""
    said: Any = entry.payload
    match entry.type:
        case "feedback" | "review.posted":
            kind, score, of = "", getattr(said, "rating", None), getattr(said, "site", "")
        case "survey.answered":
            kind, score, of = said.kind, said.score, said.survey
        case _:
            return None
    if score is None:
        return None
    worst, best, bad, good = _SCALES.get(kind, _STARS)
    mood = -1 if score <= bad else 1 if score >= good else 0
    return Rating(score=score, worst=worst, best=best, mood=mood, of=of)
