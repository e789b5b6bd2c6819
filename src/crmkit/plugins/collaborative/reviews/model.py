"""The values of the collaborative plugin."""

from __future__ import annotations

from attrs import field, frozen, validators


@frozen(kw_only=True)
class Review:
    """The payload of `review.posted`: 1 to 5 stars, on which site, and the words; where it stands, and by
    what name it was signed."""

    rating: int = field(validator=[validators.ge(1), validators.le(5)])
    site: str = ""
    text: str = ""
    url: str = ""
    author: str = ""


@frozen(kw_only=True)
class SocialPost:
    """The payload of `social.post`: in which network, the words, where it stands, and who signed it."""

    site: str = ""
    text: str = ""
    url: str = ""
    author: str = ""
