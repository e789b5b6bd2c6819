"""Plain pages for what went wrong. They say nothing about what is behind them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

_SAID: Final = {
    400: "The request cannot be understood.",
    404: "There is no such page. A link may have been cut off: copy all of it.",
    405: "This page cannot be used in this way.",
    408: "The request took too long.",
    411: "The request does not say how long it is.",
    413: "What was sent is too long.",
    414: "The address is too long.",
    415: "What was sent is of a kind that is not taken here.",
    421: "There is no such site here.",
    429: "That was too often. Please try again a little later.",
    431: "The request has too much around it.",
    500: "Something went wrong on our side. Please try again later.",
    501: "This cannot be done here.",
    503: "We are busy just now. Please try again in a moment.",
}


def plain_page(status: int) -> str:
    """A small page for an error."""
    title = HTTPStatus(status).phrase
    said = _SAID.get(status, title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head><body><h1>{title}</h1><p>{said}</p></body></html>\n"
    )
