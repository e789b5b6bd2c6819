"""`/p/{token}`: what somebody may be sent, in which language, and by which channel best.

A message may be forwarded: the page shows nothing of whoever it was for but what they chose and the masked
address. What they like (`crm customers prefer`) stays off it for that reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.core.model.suppression import COMPLAINT
from crmkit.core.model.web import Route
from crmkit.web.pages.choice import channel_label
from crmkit.web.pages.choosing import Outcome, choose, set_attributes
from crmkit.web.pages.gone import gone_page
from crmkit.web.pages.layout import language_of, page, rendered
from crmkit.web.pages.letter import PREFERENCES, Letter, letter_of
from crmkit.web.pages.masking import masked
from crmkit.web.pages.offers import Key, channels_for, offers_for
from crmkit.web.pages.texts import Texts, every_language, texts_in

if TYPE_CHECKING:
    from markupsafe import Markup

    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Customer
    from crmkit.core.model.web import Request, Response
    from crmkit.core.model.words import Channel

_UNSAID: Final = ""
# Of languages that the pages do not speak but a business may: what their speakers call them.
_NAMES: Final[Mapping[str, str]] = {
    "ar": "العربية", "be": "Беларуская", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "es": "Español",
    "et": "Eesti", "fi": "Suomi", "fr": "Français", "hi": "हिन्दी", "hu": "Magyar", "it": "Italiano",
    "lt": "Lietuvių", "lv": "Latviešu", "nl": "Nederlands", "no": "Norsk", "pa": "پنجابی", "pt": "Português",
    "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "sv": "Svenska",
    "tr": "Türkçe", "uk": "Українська", "zh": "中文",
}  # fmt: skip


def preference_routes() -> Iterator[Route]:
    """The page and what its buttons do."""
    path = "/p/{token}"
    yield Route(method="GET", path=path, handle=_look, doc="What somebody chose to receive")
    yield Route(method="POST", path=path, handle=_save, doc="Save what they choose")


def _look(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, PREFERENCES, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    return _view(request, crm, letter).page("preferences.title")


def _save(request: Request, crm: Crm) -> Response:
    letter = letter_of(crm, PREFERENCES, request.parameters["token"])
    if letter is None:
        return gone_page(request, crm)
    view = _view(request, crm, letter)
    if letter.is_rehearsed:
        return view.page("preferences.title")
    with crm.transaction():
        outcome = view.stopped() if request.value("do") == "all" else view.saved(request)
    title = "preferences.done_title" if outcome.changes else "preferences.unchanged_title"
    # What they chose is on the page anew, in the language that they chose.
    return _view(request, crm, letter).page(title, outcome)


def _view(request: Request, crm: Crm, letter: Letter) -> _View:
    customer = crm.customers.get(letter.customer_id)
    texts = texts_in(language_of(request, crm, customer.locale))
    return _View(crm=crm, letter=letter, customer=customer, texts=texts)


@frozen(kw_only=True)
class _View:
    crm: Crm
    letter: Letter
    customer: Customer
    texts: Texts

    @property
    def how(self) -> str:
        return f"page in {self.texts.language}"

    @property
    def language(self) -> str:
        """The language that they are written to in."""
        return _base(self.customer.locale or self.crm.config.crs.locale)

    @property
    def channels(self) -> tuple[Channel, ...]:
        return channels_for(self.crm, self.customer, self.letter)

    def stopped(self) -> Outcome:
        done = self.crm.consent.withdraw_by_effect(self.letter.effect, scope="marketing", evidence=self.how)
        return Outcome(changes=len(done.withdrawn))

    def saved(self, request: Request) -> Outcome:
        on, off = self._switched(request)
        outcome = choose(self.crm, self.letter, on=on, off=off, evidence=self.how)
        outcome.changes += set_attributes(self.crm, self.customer, dict(self._said(request)))
        return outcome

    def _switched(self, request: Request) -> tuple[set[Key], set[Key]]:
        """What they turned on, and off: what the page did not show they did not decide about."""
        offers = offers_for(self.crm, self.texts, self.customer, self.channels)
        known = {way.value: way.key for offer in offers for way in offer.ways}
        ticked = set(request.form.get("on") or ())
        shown, before = (set(request.value(name).split(",")) for name in ("shown", "was"))
        return (
            {known[value] for value in ticked - before if value in known},
            {known[value] for value in (before & shown) - ticked if value in known},
        )

    def _said(self, request: Request) -> Iterator[tuple[str, str | None]]:
        """How they want to be written to, where they changed that."""
        language, channel = request.value("language"), request.value("channel")
        if language in dict(self._languages()) and language != request.value("language_was"):
            yield "locale", language
        names = {_UNSAID, *(each.name for each in self.channels)}
        if "channel" in request.form and channel in names and channel != request.value("channel_was"):
            yield "preferred_channel", channel or None

    def page(self, title: str, outcome: Outcome | None = None) -> Response:
        crm, letter, texts = self.crm, self.letter, self.texts
        channels = self.channels
        offers = offers_for(crm, texts, self.customer, channels)
        ways = [way for offer in offers for way in offer.ways]
        body = rendered(
            "preferences.html",
            texts.language,
            business=crm.config.crs.name,
            address=masked(letter.address),
            offers=offers,
            shown=[way.value for way in ways],
            was=[way.value for way in ways if way.is_on],
            notes=() if outcome is None else tuple(self._notes(outcome)),
            languages=tuple(self._languages()),
            language=self.language,
            channels=tuple((each.name, channel_label(crm, texts, each.name)) for each in channels),
            channel=self.customer.preferred_channel or _UNSAID,
        )
        return page(crm, texts.language, texts.say(title), body, rehearses=letter.is_rehearsed)

    def _notes(self, outcome: Outcome) -> Iterator[Markup]:
        """What has to be said of what was done."""
        say = self.texts.say
        if outcome.changes:
            yield say("preferences.saved", count=outcome.changes)
        if outcome.asked:
            yield say("preferences.asked")
        if outcome.refused:
            yield say("preferences.refused")
        elif outcome.changes and self._is_blocked():
            yield say("preferences.blocked")

    def _is_blocked(self) -> bool:
        """Whether somebody there reported spam: only they themselves can lift that, by getting in touch."""
        word = self.crm.words.channels.get(self.letter.channel)
        if word is None or word.contact_kind is None or not self.letter.address:
            return False
        standing = self.crm.suppressions.state(word.contact_kind, self.letter.address)
        agreed = any(
            way.is_on
            for offer in offers_for(self.crm, self.texts, self.customer, self.channels)
            for way in offer.ways
        )
        return agreed and any(each.reason == COMPLAINT for each in standing)

    def _languages(self) -> Sequence[tuple[str, str]]:
        """(code, name) of those to choose from: what the pages speak, the business's and their own."""
        found = {each.language: each.name for each in every_language()}
        for code in (_base(self.crm.config.crs.locale), self.language):
            found.setdefault(code, _NAMES.get(code, code))
        return tuple(found.items())


def _base(locale: str) -> str:
    """The language of a locale."""
    return locale.replace("-", "_").partition("_")[0].lower()
