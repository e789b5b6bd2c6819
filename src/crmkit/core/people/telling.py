"""Telling employees something: plain text by e-mail, into files while the business rehearses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit.core.effects.rehearsal import folder_of, is_rehearsing
from crmkit.core.errors import Invalid, StoreError
from crmkit.core.files.refusals import refusal_of
from crmkit.core.language import speaking
from crmkit.core.model.acting import Later, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.model.notice import LATER, REFUSED, REHEARSED, SENT, UNCONFIRMED, Notice, Told
from crmkit.core.normalise.text import shown_safely
from crmkit.core.phrase import phrase, shown

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.people import Employee
    from crmkit.core.model.words import Channel


def tell(crm: Crm, who: Sequence[Employee], subject: str, text: str, key: str) -> tuple[Told, ...]:
    """Tell these employees, each by their own e-mail; see `People.tell`."""
    reached = [each for each in who if each.email and each.active]
    subject, text = _in_the_language_of(crm, subject, text)
    notices = [
        Notice(key=_key(key, each), to=str(each.email), name=each.name, subject=subject, text=text)
        for each in reached
    ]
    with crm.kernel.reading() as connection:
        rehearses = is_rehearsing(connection)
    answers = _rehearsed(crm, notices, reached) if rehearses else _handed_over(crm, notices, reached)
    known = {told.employee.id: told for told in answers}
    return tuple(known.get(each.id) or _unreached(each) for each in who)


def _in_the_language_of(crm: Crm, subject: str, text: str) -> tuple[str, str]:
    """A notice in the language of the business, whoever set off what it is of; nothing in it can mislead."""
    with speaking(crm.config.crs.locale):
        return shown_safely(shown(subject)), shown_safely(shown(text), lines=True)


def _unreached(employee: Employee) -> Told:
    why = "has no e-mail address" if employee.active else "does not work here any more"
    return Told(employee=employee, state=REFUSED, reason=f"{employee.name} {why}")


def _key(key: str, employee: Employee) -> str:
    """A key for each reader, of letters and digits."""
    return f"notice-{sha256(f'{key}{chr(0)}{employee.uid}'.encode()).hexdigest()[:24]}"


def _handed_over(crm: Crm, notices: Sequence[Notice], who: Sequence[Employee]) -> list[Told]:
    if not notices:
        return []
    channel = channel_of(crm)
    found = [Told(employee=each, state=UNCONFIRMED, reason="the channel did not say") for each in who]
    assert channel.tell is not None
    for answer in channel.tell(notices, crm):
        found[answer.index] = _told(found[answer.index], answer)
    return found


def _told(told: Told, answer: Any) -> Told:
    if isinstance(answer, Performed):
        return evolve(told, state=SENT, reason="")
    state = LATER if isinstance(answer, Later) else REFUSED if isinstance(answer, Refusal) else UNCONFIRMED
    return evolve(told, state=state, reason=answer.reason)


def channel_of(crm: Crm) -> Channel:
    """The channel that writes to employees. Raises `Invalid` where there is none."""
    channels: Iterable[Channel] = crm.words.channels
    for channel in channels:
        if channel.tell is not None:
            return channel
    raise Invalid(
        "No channel can write to employees",
        hint="Enable one that can, such as the plugin email, with from and host: crm plugins enable email",
    )


def _rehearsed(crm: Crm, notices: Sequence[Notice], who: Sequence[Employee]) -> list[Told]:
    """The texts as files, beside what customers would have got."""
    folder = folder_of(crm.kernel) / "employees"
    found = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notice, employee in zip(notices, who, strict=True):
            written = f"To: {notice.name} <{notice.to}>\nSubject: {notice.subject}\n\n{notice.text}"
            (folder / f"{notice.key}.txt").write_text(written, encoding="utf-8")
            found.append(Told(employee=employee, state=REHEARSED))
    except OSError as error:
        raise StoreError(
            phrase(
                'A rehearsal cannot be written to "{folder}": {reason}',
                folder=folder,
                reason=refusal_of(error),
            )
        ) from error
    return found
