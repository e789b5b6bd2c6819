"""Lists of tags, `v=DKIM1; k=rsa; p=…`, as DKIM and DMARC write them (RFC 6376, 3.2)."""

from __future__ import annotations


def tags_of(text: str) -> dict[str, str] | None:
    """The tags in their order, names in small letters; None for what is no such list."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not part.strip():
            continue
        if not equals or not name or name in found:
            return None
        found[name] = value.strip()
    return found


def begins_with_version(text: str, version: str) -> bool:
    """Whether `v=` comes first, with this version."""
    name, equals, value = text.partition(";")[0].partition("=")
    return bool(equals) and name.strip().lower() == "v" and value.strip() == version
