"""Plain pages for what went wrong. They say nothing about what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from crmkit.core.language import N_, speaking, translated
from crmkit.core.privacy.wordings import direction_of
from crmkit.web.pages.texts import best_of

# The title, and what it means for whoever reads it.
_SAID: Final = {
    400: (N_("Bad Request"), N_("The request cannot be understood.")),
    404: (N_("Not Found"), N_("There is no such page. A link may have been cut off: copy all of it.")),
    405: (N_("Method Not Allowed"), N_("This page cannot be used in this way.")),
    408: (N_("Request Timeout"), N_("The request took too long.")),
    411: (N_("Length Required"), N_("The request does not say how long it is.")),
    413: (N_("Too Large"), N_("What was sent is too long.")),
    414: (N_("Address Too Long"), N_("The address is too long.")),
    415: (N_("Unsupported Kind"), N_("What was sent is of a kind that is not taken here.")),
    421: (N_("Misdirected Request"), N_("There is no such site here.")),
    429: (N_("Too Many Requests"), N_("That was too often. Please try again a little later.")),
    431: (N_("Header Too Large"), N_("The request has too much around it.")),
    500: (N_("Server Error"), N_("Something went wrong on our side. Please try again later.")),
    501: (N_("Not Implemented"), N_("This cannot be done here.")),
    503: (N_("Service Unavailable"), N_("We are busy just now. Please try again in a moment.")),
}


def plain_page(status: int, languages: Sequence[str] = ()) -> str:
    """A small page for an error, in the first of the reader's languages that there is, else in English."""
    language = best_of(*languages)
    named = HTTPStatus(status).phrase
    with speaking(language):
        title, said = (translated(each) for each in _SAID.get(status, (named, named)))
    return (
        f'<!doctype html><html lang="{language}" dir="{direction_of(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head><body><h1>{title}</h1><p>{said}</p></body></html>\n"
    )
