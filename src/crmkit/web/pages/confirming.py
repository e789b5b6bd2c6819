"""`/y/{token}`: whether somebody really asked for what they were entered for (double opt-in)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import evolve

from crmkit.core.customers.asking import EXPIRES, effect_note
from crmkit.core.customers.consent import ASKED, GRANTED, last_words
from crmkit.core.model.web import Route
from crmkit.web.pages.choice import choice_of, purpose_named
from crmkit.web.pages.gone import gone_page
from crmkit.web.pages.layout import language_of, page, rendered
from crmkit.web.pages.letter import CONFIRM, Letter, letter_of
from crmkit.web.pages.masking import masked
from crmkit.web.pages.texts import texts_in

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Consent
    from crmkit.core.model.web import Request, Response

_OPEN: Final = "open"
_LATE: Final = "late"


def confirm_routes() -> Iterator[Route]:
    """The page and what its button does."""
    path = "/y/{token}"
    yield Route(method="GET", path=path, handle=_look, doc="What somebody is asked to confirm")
    yield Route(method="POST", path=path, handle=_agree, doc="Confirm it")


def _look(request: Request, crm: Crm) -> Response:
    letter, asked = _asked(request, crm)
    if letter is None or asked is None:
        return gone_page(request, crm)
    return _page(request, crm, letter, asked, _standing(crm, letter, asked))


def _agree(request: Request, crm: Crm) -> Response:
    letter, asked = _asked(request, crm)
    if letter is None or asked is None:
        return gone_page(request, crm)
    if letter.is_rehearsed:
        return _page(request, crm, letter, asked, _OPEN)
    language = language_of(request, crm, letter.locale)
    answer = crm.consent.confirm(letter.effect, evidence=f"page in {language}")
    return _page(request, crm, letter, asked, GRANTED if answer.is_granted else _LATE)


def _asked(request: Request, crm: Crm) -> tuple[Letter | None, Consent | None]:
    """The message, and the entry in the consent history that waits for its answer."""
    letter = letter_of(crm, CONFIRM, request.parameters["token"])
    if letter is None:
        return None, None
    note = effect_note(letter.effect)
    history = crm.consent.show(letter.customer_id)
    found = (each for each in history if each.state == ASKED and each.evidence.partition(",")[0] == note)
    return letter, next(found, None)


def _standing(crm: Crm, letter: Letter, asked: Consent) -> str:
    """What the question has come to by now, as `Consents.confirm` would find it."""
    history = crm.consent.show(asked.customer_id)
    since = [each for each in history if (each.at, each.id or 0) > (asked.at, asked.id or 0)]
    said = last_words(since).get((asked.purpose, asked.channel))
    if said is not None:
        return GRANTED if said.state == GRANTED else _LATE
    points = crm.customers.get(asked.customer_id).contact_points
    is_theirs = not letter.address or any(point.normalised == letter.address for point in points)
    return _OPEN if is_theirs and crm.clock.now() - asked.at <= EXPIRES else _LATE


def _page(request: Request, crm: Crm, letter: Letter, asked: Consent, standing: str) -> Response:
    language = language_of(request, crm, letter.locale)
    texts = texts_in(language)
    choice = choice_of(crm, texts, asked.purpose, asked.channel)
    word = purpose_named(crm, asked.purpose)
    if asked.wording_version not in (None, word.wording_version):
        # They were asked about another sentence than that of today.
        choice = evolve(choice, wording="", title=word.doc if word.doc != word.wording else word.name)
    body = rendered(
        "confirm.html",
        language,
        business=crm.config.crs.name,
        address=masked(letter.address),
        choice=choice,
        standing=standing,
    )
    titles = {_OPEN: "confirm.title", GRANTED: "confirm.done_title", _LATE: "confirm.late_title"}
    return page(crm, language, texts.say(titles[standing]), body, rehearses=letter.is_rehearsed)
