"""Who follows links and fetches pictures: people, or machines that look at messages before people do.

A request that is no person's is recorded as such, and counts as nothing. In doubt it is a machine's: a
business that believes in readers who were none is worse off than one that misses some. The rules, and where
each is from:

- Apple's Mail Privacy Protection (2021) loads all pictures by way of proxies, whether or not somebody reads
  the message; the proxies name themselves `Mozilla/5.0` and nothing else.
  https://www.apple.com/legal/privacy/data/en/mail-privacy-protection/
- Gmail (since 2013), Yahoo and others fetch pictures by a proxy of their own, often before the message is
  opened, and once for all later opens; the proxies' names are theirs.
  https://support.google.com/a/answer/3299041
- Mail gateways follow every link of a message before they let it in, some under a browser's name: within
  seconds of the delivery, and all links at once.
- Browsers and mail programs that fetch ahead say so: `Sec-Purpose: prefetch` (HTML standard, and Fetch),
  `Purpose: prefetch` and `X-Moz: prefetch` (older browsers), `X-Purpose: preview` (Safari).
- HEAD asks for a page without reading it: no browser does so for a person (RFC 9110, 9.3.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from crmkit.plugin import N_

# A second is a million microseconds. Nobody reads so soon after the message was handed over.
_AT_ONCE: Final = 10_000_000
# Nobody follows two links of a message within such a time.
_TOGETHER: Final = 2_000_000
_AHEAD: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_AHEAD_WORDS: Final = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
_APPLE: Final = "Mozilla/5.0"
_PROXIES: Final = re.compile(r"GoogleImageProxy|YahooMailProxy|ggpht\.com|DuckDuckGo-Image", re.IGNORECASE)
_SCANNERS: Final = re.compile(
    r"bot\b|crawl|spider|slurp|scan|preview|monitor|validator|link.?check|barracuda|mimecast|proofpoint|"
    r"symantec|trend.?micro|sophos|forcepoint|fireeye|cisco|ironport|safelinks|zscaler|fortinet|"
    r"facebookexternalhit|whatsapp|telegram|skypeuri|headless|phantomjs|"
    r"^(?:curl|wget|python|java|go-http|okhttp|apache-httpclient|libwww|ruby|perl|php|node|axios|dart|"
    r"microsoft office|ms-office|postman|httpie)",
    re.IGNORECASE,
)


@frozen(kw_only=True)
class Hit:
    """A request for a link (`link` is its number) or for the image (None) of a message, at an instant
    (microseconds UTC); `machine` says why it was no person's, as far as is known."""

    id: int
    link: int | None
    at: int
    machine: str = ""


def told_by_request(method: str, headers: Mapping[str, str], *, image: bool) -> str:
    """Why a request is a machine's, by itself alone; empty if nothing says so."""
    agent = headers.get("user-agent", "").strip()
    if method == "HEAD":
        return N_("it asked for the head only")
    if any(_AHEAD_WORDS.search(headers.get(name, "")) for name in _AHEAD):
        return N_("fetched ahead")
    if not agent:
        return N_("it has no name")
    if image and agent == _APPLE:
        return N_("Apple's privacy proxy")
    if _PROXIES.search(agent):
        return N_("a mail service's proxy")
    return N_("a scanner by its name") if _SCANNERS.search(agent) else ""


def told_by_time(hit: Hit, others: Sequence[Hit], delivered_at: int | None) -> str:
    """Why a hit is a machine's, by when it came: after its message was handed over (None: before that is
    known) and beside the other hits of the message; empty if nothing says so."""
    if hit.machine:
        return hit.machine
    if delivered_at is None or hit.at - delivered_at < _AT_ONCE:
        return N_("within seconds of the delivery")
    if hit.link is not None and any(
        each.link not in (None, hit.link) and abs(each.at - hit.at) < _TOGETHER for each in others
    ):
        return N_("several links at once")
    return ""
