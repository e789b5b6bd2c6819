"""What the columns of files of reviews and posts mean, by their headers in lower case without punctuation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crmkit.plugins.collaborative.reviews.last_rating import REVIEW

POST: Final = "social.post"
TYPES: Final[Mapping[str, str]] = {"review": REVIEW, "post": POST}
_RATING: Final = "rating, stars, score, star rating, rate, ocena, gwiazdki, ستارے"
_BOTH: Final[Mapping[str, str]] = {
    "payload:site": "site, platform, network, website, serwis, portal, سائٹ",
    "payload:text": (
        "text, review, review text, content, body, comment, message, post, caption, tekst, opinia, recenzja, "
        "komentarz, treść, متن, رائے"
    ),
    "payload:url": "url, link, permalink, review url, post url, adres, لنک",
    "payload:author": (
        "author, author name, reviewer, reviewer name, user, username, name, autor, nazwa autora, مصنف"
    ),
    "at": (
        "date, at, created, created at, published, published at, posted, posted at, review date, time, data, "
        "data publikacji, تاریخ"
    ),
    "source_ref": "id, review id, post id",
    "email": "email, author email, reviewer email, e mail, adres e mail, ای میل",
}


def headers_of(kind: str) -> Mapping[str, str]:
    """Header to target, of files of reviews or of posts."""
    from crmkit.plugin import fold

    targets = {**_BOTH, **({"payload:rating": _RATING} if kind == "review" else {})}
    return {fold(header.strip()): target for target, text in targets.items() for header in text.split(",")}
