"""`/u/{token}`: stop what a message was sent for. Looking changes nothing, a POST acts at once (RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.core.customers.asking import effect_note
from crmkit.core.customers.consent import GRANTED, WITHDRAWN
from crmkit.core.customers.unsubscribing import REGRET, SOURCE
from crmkit.core.model.web import FORM, MULTIPART, Route
from crmkit.web.pages.choice import choice_of
from crmkit.web.pages.gone import gone_page
from crmkit.web.pages.layout import language_of, page, rendered
from crmkit.web.pages.letter import PREFERENCES, UNSUBSCRIBE, Letter, letter_of
from crmkit.web.pages.masking import masked
from crmkit.web.pages.texts import Texts, texts_in

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request, Response

# RFC 8058 has mail programs send either of the first two; some are careless.
_ANY_BODY: Final = (FORM, MULTIPART, "text/plain", "")


def unsubscribe_routes() -> Iterator[Route]:
    """The page and what its buttons do."""
    path = "/u/{token}"
    yield Route(method="GET", path=path, handle=_look, doc="What unsubscribing would stop")
    yield Route(
        method="POST", path=path, handle=_act, doc="Unsubscribe, by the page or by a mail program",
        # A provider asks from few addresses for many people.
        accepts=_ANY_BODY, per_minute=1_000,
    )  # fmt: skip


def _look(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, UNSUBSCRIBE, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    view = _view(request, crm, letter)
    if _state(crm, letter) == WITHDRAWN:
        return view.done()
    return view.page("unsubscribe.html", "unsubscribe.title")


def _act(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, UNSUBSCRIBE, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    view, wanted = _view(request, crm, letter), request.value("do")
    if letter.is_rehearsed:
        return view.page("unsubscribe.html", "unsubscribe.title")
    if wanted == "back":
        return _taken_back(crm, view)
    # Only the page's own button asks for less: whoever presses that of a mail program sees no page, was given
    # no choice, and wants to be left alone.
    scope = "purpose" if wanted == "stop" else "marketing"
    how = view.how if wanted else "one click in a mail program"
    done = crm.consent.withdraw_by_effect(letter.effect, scope=scope, evidence=how)
    if done.state == "not marketing":
        return gone_page(request, crm)
    return view.done(everything=scope == "marketing")


def _taken_back(crm: Crm, view: _View) -> Response:
    letter = view.letter
    crm.consent.restore_by_effect(letter.effect, evidence=view.how)
    state = _state(crm, letter)
    title = "unsubscribe.back_title" if state == GRANTED else "unsubscribe.late_title"
    return view.page("back.html", title, late=state != GRANTED)


@frozen(kw_only=True)
class _View:
    crm: Crm
    letter: Letter
    texts: Texts

    @property
    def how(self) -> str:
        return f"page in {self.texts.language}"

    def done(self, *, everything: bool = False) -> Response:
        title = "unsubscribe.done_title"
        mistake = _can_be_taken_back(self.crm, self.letter)
        return self.page("unsubscribed.html", title, everything=everything, mistake=mistake)

    def page(self, template: str, title: str, **values: object) -> Response:
        crm, letter, language = self.crm, self.letter, self.texts.language
        token = crm.tokens.for_effect(PREFERENCES, letter.effect)
        body = rendered(
            template,
            language,
            business=crm.config.crs.name,
            address=masked(letter.address),
            choice=choice_of(crm, self.texts, letter.purpose, letter.channel),
            preferences=f"../p/{token}?lang={language}",
            **values,
        )
        return page(crm, language, self.texts.say(title), body, rehearses=letter.is_rehearsed)


def _view(request: Request, crm: Crm, letter: Letter) -> _View:
    return _View(crm=crm, letter=letter, texts=texts_in(language_of(request, crm, letter.locale)))


def _state(crm: Crm, letter: Letter) -> str | None:
    current = crm.consent.current(letter.customer_id).get((letter.purpose, letter.channel))
    return None if current is None else current.state


def _can_be_taken_back(crm: Crm, letter: Letter) -> bool:
    """Whether this message's link withdrew something so lately that it may have been a mistake."""
    note, since = effect_note(letter.effect), crm.clock.now() - REGRET
    return any(
        consent.state == WITHDRAWN
        and consent.source == SOURCE
        and consent.evidence.partition(",")[0] == note
        and consent.at >= since
        for consent in crm.consent.current(letter.customer_id).values()
    )
