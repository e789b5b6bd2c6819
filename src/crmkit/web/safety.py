"""What every answer carries: headers by which a browser runs, frames, keeps and tells nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "permissions-policy": "browsing-topics=(), camera=(), geolocation=(), interest-cohort=(), microphone=(), "
    "payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
_HSTS: Final = "max-age=31536000"


def safe_headers(content_type: str, *, style: str = "", encrypted: bool = False) -> dict[str, str]:
    """The headers for an answer of `content_type`; `style` is the source of styles that its page may have."""
    policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    headers = dict(_ALWAYS)
    headers["content-security-policy"] = f"{policy}; style-src {style}" if style else policy
    # A picture in a message is fetched from the pages of whoever shows the message.
    images = content_type.startswith("image/")
    headers["cross-origin-resource-policy"] = "cross-origin" if images else "same-origin"
    if encrypted:
        headers["strict-transport-security"] = _HSTS
    return headers


def refused_headers(headers: Mapping[str, str]) -> list[str]:
    """The names of headers that cannot be sent as they are: they would begin another line."""
    return [name for name, value in headers.items() if any(c in "\r\n\0" for c in name + value)]
