"""Signatures of webhooks, after the Standard Webhooks specification (symmetric, `v1`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final

from crmkit.core.errors import ConfigError
from crmkit.core.phrase import phrase

_PREFIX: Final = "whsec_"
_SHORTEST: Final = 24
_TOLERANCE: Final = 5 * 60
_MOST: Final = 10
_LONGEST_ID: Final = 255


def key_of(secret: str) -> bytes:
    """The key that a secret stands for: base64, `whsec_` before it or not.

    Raises `ConfigError`, which does not repeat it.
    """
    text = secret.strip().removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _SHORTEST:
        raise ConfigError(
            phrase(
                "the secret of the webhook is not base64 of at least {shortest} bytes", shortest=_SHORTEST
            ),
            hint="Make one: openssl rand -base64 32",
        )
    return key


def headers(key: bytes, id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers by which the other side knows the sender; `timestamp` is in seconds since 1970."""
    signed = b".".join((id_.encode(), str(timestamp).encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def is_signed(keys: Iterable[bytes], said: Mapping[str, str], body: bytes, now: int) -> bool:
    """Whether one of the signatures in the headers `said` was made with one of the keys, for this body, at
    most five minutes away from `now`, in seconds since 1970. Takes as long for a wrong one as for a right."""
    id_, written = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
    shaped = 0 < len(id_) <= _LONGEST_ID and id_.isascii() and id_.isprintable()
    timestamp = int(written) if written.isascii() and written.isdecimal() and len(written) < 12 else 0
    found = False
    for signature in said.get("webhook-signature", "").split()[:_MOST]:
        for key in keys:
            expected = headers(key, id_, timestamp, body)["webhook-signature"]
            found |= hmac.compare_digest(signature.encode(), expected.encode())
    return found and shaped and abs(now - timestamp) <= _TOLERANCE
