"""`/quote/{token}`: a quote as the customer sees it, with a button that accepts it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import Response, today_of
from crmkit.plugins.operational.quotes.document import html_of
from crmkit.plugins.operational.quotes.model import DRAFT, EXPIRED, SENT, Quote
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.routes import KIND, PATH
from crmkit.plugins.operational.quotes.texts import texts_for

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Request
    from crmkit.plugins.operational.quotes.settings import QuoteSettings

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_BYTES: Final = 8


def link_of(crm: Crm, quote: Quote) -> str | None:
    """The address at which the customer sees a quote that was sent; None without `[web] url`."""
    if crm.config.web.base is None or quote.state == DRAFT:
        return None
    token = crm.tokens.issue(KIND, quote.id.to_bytes(_BYTES))
    return crm.config.web.base + PATH.replace("{token}", token)


def look(request: Request, crm: Crm, settings: QuoteSettings) -> Response:
    """A quote that was sent."""
    quote = _asked(request, crm, settings)
    return _gone(request, crm) if quote is None else _page(crm, settings, quote)


def accept(request: Request, crm: Crm, settings: QuoteSettings) -> Response:
    """What its button does."""
    quote = _asked(request, crm, settings)
    if quote is None:
        return _gone(request, crm)
    with suppress(Conflict, Invalid):  # accepted before, or too late: the page tells what it is now
        Quotes(crm, settings).accept(quote.id)
    return _page(crm, settings, Quotes(crm, settings).get(quote.id))


def _asked(request: Request, crm: Crm, settings: QuoteSettings) -> Quote | None:
    """The quote that a token names; none for one that is a draft, put away, or of nobody on record."""
    try:
        payload = crm.tokens.read(KIND, request.parameters["token"])
        if payload is None or len(payload) != _BYTES:
            return None
        quote = Quotes(crm, settings).get(int.from_bytes(payload))
    except NotFound:
        return None
    return None if quote.state == DRAFT or quote.record.archived_at else quote


def _page(crm: Crm, settings: QuoteSettings, quote: Quote) -> Response:
    state = quote.state
    if state == SENT:
        is_late = quote.valid_until is not None and quote.valid_until < today_of(crm)
        state = EXPIRED if is_late else "ask"
    html = html_of(crm, settings, quote, answer=state)
    found = _STYLE.search(html)
    return Response(body=html, style=found[1] if found else "")


def _gone(request: Request, crm: Crm) -> Response:
    from markupsafe import Markup

    texts = texts_for(*request.languages, crm.config.crs.locale)
    html = Markup(
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title></head>'
        "<body><h1>{}</h1><p>{}</p></body></html>"
    ).format(texts.language, texts.direction, texts["gone_title"], texts["gone_title"], texts["gone"])
    return Response(status=404, body=str(html))
