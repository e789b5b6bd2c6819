"""Signatures of webhooks, after the Standard Webhooks specification (symmetric, `v1`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

from crmkit.core.errors import ConfigError

_PREFIX: Final = "whsec_"
_SHORTEST: Final = 24


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
            f"the secret of the webhook is not base64 of at least {_SHORTEST} bytes",
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
