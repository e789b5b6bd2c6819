"""`/u/{token}`: stop what a message was sent for. Looking changes nothing; one POST acts at once (RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.core.customers.consent import WITHDRAWN
from crmkit.core.model.web import Route
from crmkit.web.pages.choice import choice_of
from crmkit.web.pages.gone import gone_page
from crmkit.web.pages.layout import language_of, page, rendered
from crmkit.web.pages.letter import PREFERENCES, UNSUBSCRIBE, Letter, letter_of
from crmkit.web.pages.masking import masked
from crmkit.web.pages.texts import Texts, texts_in
from crmkit.web.pages.withdrawing import is_fresh, stop, stop_all, take_back

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request, Response

_ONE_CLICK: Final = "List-Unsubscribe"


def unsubscribe_routes() -> Iterator[Route]:
    """The page and what its buttons do."""
    path = "/u/{token}"
    yield Route(method="GET", path=path, handle=_look, doc="What unsubscribing would stop")
    yield Route(method="POST", path=path, handle=_act, doc="Unsubscribe, by the page or by a mail program")


def _look(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, UNSUBSCRIBE, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    view = _view(request, crm, letter)
    current = crm.consent.current(letter.customer_id).get((letter.purpose, letter.channel))
    if current is not None and current.state == WITHDRAWN:
        return view.done()
    return view.page("unsubscribe.html", "unsubscribe.title")


def _act(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, UNSUBSCRIBE, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    view, wanted = _view(request, crm, letter), request.value("do")
    if wanted == "back":
        taken = take_back(crm, letter, how=view.how)
        title = "unsubscribe.back_title" if taken else "unsubscribe.late_title"
        return view.page("back.html", title, late=not taken, everything=False)
    if wanted == "all":
        stop_all(crm, letter, how=view.how)
    else:  # whatever was sent, somebody wants to be left alone
        stop(crm, letter, how="one click in the mail program" if _ONE_CLICK in request.form else view.how)
    return view.done(everything=wanted == "all")


@frozen(kw_only=True)
class _View:
    crm: Crm
    letter: Letter
    texts: Texts

    @property
    def how(self) -> str:
        return f"page in {self.texts.language}"

    def done(self, *, everything: bool = False) -> Response:
        fresh = is_fresh(self.crm, self.letter)
        title = "unsubscribe.done_title"
        return self.page("unsubscribed.html", title, everything=everything, mistake=fresh)

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
        return page(crm, language, self.texts.say(title), body)


def _view(request: Request, crm: Crm, letter: Letter) -> _View:
    return _View(crm=crm, letter=letter, texts=texts_in(language_of(request, crm, letter.locale)))
