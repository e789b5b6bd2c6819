"""Marketing messages with links that tell when they are followed, and an image that tells of opens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from crmkit import CrmError
from crmkit.plugin import N_, Message, rewritten_text
from crmkit.plugins.email.tracking.links import Links
from crmkit.plugins.email.tracking.markup import rewritten, with_image

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.settings import Settings

log = logging.getLogger("crmkit.email")

CLICK: Final = "email.click"
OPEN: Final = "email.open"
NUMBER_BYTES: Final = 8


def tracker_of(crm: Crm) -> Callable[[Message], Message]:
    """What delivery does to each message, before it is written: nothing, unless `clicks` or `opens` are on,
    `[web] url` is set, and the message is for a purpose of the type marketing.

    Made once for a pass of delivery, and called on the thread that reads the messages. Only links that the
    template has for everybody alike are replaced; others may say who gets them, and are left alone, as are
    those to pages of our own.
    """
    settings: Settings = crm.plugins.settings("email")
    base = crm.config.web.base
    if base is None or not (settings.clicks or settings.opens):
        return _as_it_is
    return _Tracker(crm, base, Links(crm), settings.clicks, settings.opens)


def _as_it_is(message: Message) -> Message:
    return message


@frozen
class _Tracker:
    crm: Crm
    base: str
    links: Links
    clicks: bool
    opens: bool

    def __call__(self, message: Message) -> Message:
        purpose = self.crm.words.purposes.get(message.purpose)
        # A message of effect 0 is nobody's: a test, or a preview. One that asks for consent has none yet.
        is_asking = "confirm" in message.links
        if purpose is None or purpose.type != "marketing" or not message.effect or is_asking:
            return message
        try:
            return self._tracked(message)
        except CrmError as error:
            # What is not known does not hold up what is sent.
            log.warning(N_("A message goes out without tracked links: %s"), error.message)
            return message

    def _tracked(self, message: Message) -> Message:
        text, html = message.text, message.html
        if self.clicks and message.fixed_links:
            leading = cache(partial(self._leading, message))
            text = rewritten_text(text, leading)
            html = html and rewritten(html, leading)
        if self.opens and html is not None:
            token = self.crm.tokens.for_effect(OPEN, message.effect)
            html = with_image(html, f"{self.base}/o/{token}")
        return evolve(message, text=text, html=html)

    def _leading(self, message: Message, url: str) -> str:
        """The address that leads to `url` by way of us; `url` itself where it is to be left alone."""
        if url not in message.fixed_links or url.startswith(self.base) or url in message.links.values():
            return url
        number = self.links.number(url, message.fixed_links)
        if number is None:
            return url
        token = self.crm.tokens.for_effect(CLICK, message.effect, number.to_bytes(NUMBER_BYTES))
        return f"{self.base}/c/{token}"
