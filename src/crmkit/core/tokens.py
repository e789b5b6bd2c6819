"""Tokens: what stands in links and addresses in place of a number, so that nobody can read or guess one.

AES-SIV (RFC 5297) with a key of the database's own: the same payload gives the same token, a token is of use
for the kind it was made for only, and one that was changed anywhere is no token.
"""

from __future__ import annotations

import base64
import binascii
from functools import cached_property
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import ConfigError
from crmkit.core.store.token_key import ensure_token_key, kept_token_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    from crmkit.core.kernel import Kernel

_NUMBER_BYTES: Final = 8
_LONGEST: Final = 4_096
_DECOY: Final = bytes(24)


class Tokens:
    """Makes tokens and reads them back."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def issue(self, kind: str, payload: bytes, *, caseless: bool = False) -> str:
        """The token for a payload of at least one byte: letters, digits, `-` and `_`; with `caseless` small
        letters and digits only, for places that do not keep capitals."""
        sealed = self._cipher.encrypt(payload, [kind.encode()])
        if caseless:
            return base64.b32encode(sealed).decode().rstrip("=").lower()
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, kind: str, token: str, *, caseless: bool = False) -> bytes | None:
        """The payload; None for what is no token of this kind and database, whatever is wrong with it."""
        from cryptography.exceptions import InvalidTag

        sealed = _bytes_of(token, caseless=caseless)
        try:
            # What cannot be one takes as long as what could.
            payload = self._cipher.decrypt(sealed or _DECOY, [kind.encode()])
        except InvalidTag:
            return None
        return payload if sealed else None

    def for_effect(self, kind: str, effect: int, extra: bytes = b"", *, caseless: bool = False) -> str:
        """The token that names an effect of the ledger."""
        return self.issue(kind, effect.to_bytes(_NUMBER_BYTES) + extra, caseless=caseless)

    def effect_of(self, kind: str, token: str, *, caseless: bool = False) -> tuple[int, bytes] | None:
        """(number of the effect, what more the token says); None as for `read`."""
        payload = self.read(kind, token, caseless=caseless)
        if payload is None or len(payload) < _NUMBER_BYTES:
            return None
        return int.from_bytes(payload[:_NUMBER_BYTES]), payload[_NUMBER_BYTES:]

    @cached_property
    def _cipher(self) -> AESSIV:
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        except ImportError:
            raise ConfigError(
                "Links in messages need the package cryptography, which is not installed",
                hint="Install it: pip install 'crmkit[web]'",
            ) from None
        return AESSIV(self._key())

    def _key(self) -> bytes:
        with self._kernel.reading() as connection:
            key = kept_token_key(connection)
        if key is None:
            with self._kernel.unit(self._kernel.house) as tx:
                key = ensure_token_key(tx.connection)
        return key


def _bytes_of(token: str, *, caseless: bool) -> bytes | None:
    """What a token is written for; there is one way to write it, and no other counts."""
    if not token.isascii() or len(token) > _LONGEST:
        return None
    try:
        if caseless:
            sealed = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
            written = base64.b32encode(sealed).decode().rstrip("=").lower()
        else:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            written = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    except (binascii.Error, ValueError):
        return None
    return sealed if written == (token.lower() if caseless else token) else None
