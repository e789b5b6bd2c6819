"""DKIM (RFC 6376): whether what is published of a key is the key that signs."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from crmkit.plugin import phrase
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Line, reason_of
from crmkit.plugins.email.preflight.names import Names, NoAnswer
from crmkit.plugins.email.preflight.subject import Key
from crmkit.plugins.email.preflight.tags import begins_with_version, tags_of

# Servers refuse shorter ones; Gmail does since 2024. The other is what is advised (RFC 8301, 3.2).
_SHORTEST: Final = 1_024
_ADVISED: Final = 2_048


class _BadKey(Exception):
    """Nobody can verify signatures; the text says why."""


@frozen
class _Published:
    """A record as far as it can be read."""

    tags: Mapping[str, str]
    kind: str
    key: str


def key_line(names: Names, key: Key) -> Line:
    """What is published of one key."""
    publish = phrase("Publish: {record}", record=key.record)
    try:
        published = _read(key, names.texts(key.name))
        bits = _bits(published.key) if published.kind == "rsa" else None
    except NoAnswer as error:
        return _line(UNKNOWN, reason_of(error), phrase("Try again later."))
    except _BadKey as error:
        return _line(ERROR, reason_of(error), publish)
    flags = [each.strip().lower() for each in published.tags.get("t", "").split(":")]
    if "y" in flags:
        trial = phrase("The record at {name} says t=y: servers treat signatures as a trial", name=key.name)
        return _line(WARNING, trial, publish)
    if bits is not None and bits < _ADVISED:
        return _weak(key, bits)
    told = {"name": key.name, "kind": published.kind}
    if bits is None:
        return _line(OK, phrase("{name} publishes our key ({kind})", **told))
    return _line(OK, phrase("{name} publishes our key ({kind}, {bits} bits)", bits=bits, **told))


def _weak(key: Key, bits: int) -> Line:
    """That a key is too short."""
    said, another = {"name": key.name, "bits": bits}, phrase("Make another: crm mail key")
    if bits < _SHORTEST:
        return _line(
            ERROR, phrase("The key at {name} has {bits} bits, which servers refuse", **said), another
        )
    weak = phrase("The key at {name} has {bits} bits, which servers trust less and less", **said)
    return _line(WARNING, weak, another)


def _read(key: Key, texts: Sequence[str]) -> _Published:
    """The record, which is our key's. Raises `_BadKey`."""
    if not texts:
        raise _BadKey(phrase("{name} has no record: nobody can verify signatures", name=key.name))
    if len(texts) > 1:
        raise _BadKey(
            phrase(
                "{name} has {count} records, and which one is used is chance", name=key.name, count=len(texts)
            )
        )
    tags, ours = tags_of(texts[0]), tags_of(key.value) or {}
    if tags is None or ("v" in tags and not begins_with_version(texts[0], "DKIM1")):
        raise _BadKey(phrase("The record at {name} cannot be read", name=key.name))
    found = _Published(tags, tags.get("k", "rsa").lower(), "".join(tags.get("p", "").split()))
    if not found.key:
        raise _BadKey(phrase("The key at {name} is revoked: its p is empty", name=key.name))
    if found.key != ours.get("p") or found.kind != ours.get("k", "rsa"):
        raise _BadKey(phrase("Another key is published at {name} than the one that signs", name=key.name))
    hashes = [each.strip().lower() for each in tags.get("h", "sha256").split(":")]
    services = {each.strip().lower() for each in tags.get("s", "*").split(":")}
    if "sha256" not in hashes or not {"*", "email"} & services:
        raise _BadKey(phrase("The record at {name} forbids what we sign with", name=key.name))
    return found


def _bits(published: str) -> int:
    """The length of an RSA key. Raises `_BadKey`."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(b64decode(published, validate=True))
    except (Error, ValueError):
        key = None
    if not isinstance(key, RSAPublicKey):
        raise _BadKey(phrase("What is published is no key of RSA"))
    return key.key_size


def _line(level: str, found: str, do: str = "") -> Line:
    return Line(check="dkim", level=level, found=found, do=do)
