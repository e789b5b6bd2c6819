"""The one stylesheet of all public pages: it stands in each page, and its hash is what the server allows."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def style() -> str:
    """The stylesheet."""
    return files("crmkit.web.pages").joinpath("style.css").read_text(encoding="utf-8")


def style_hash(text: str | None = None) -> str:
    """The source expression that lets it, or another text, through a Content-Security-Policy: `'sha256-…'`,
    quotes included."""
    return f"'sha256-{b64encode(sha256((text or style()).encode()).digest()).decode()}'"
