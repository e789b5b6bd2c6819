"""Signatures of messages (DKIM: RFC 6376; with Ed25519: RFC 8463), both parts in the relaxed form."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit import CrmError, Invalid
from crmkit.plugin import phrase
from crmkit.plugins.email.settings import is_selector

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from crmkit.plugins.email.settings import Settings

# Those that a message has are signed.
SIGNED: Final = (
    "from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
# And these once more than they are there, so that none can be added. Lists add headers of their own, which is
# why those are not among them.
_ONLY_ONE: Final = ("from", "to", "subject", "date", "content-type")
SHORTEST_RSA: Final = 2_048
_BLANKS: Final = re.compile(rb"[ \t]+")
_MANY_BLANKS: Final = re.compile(rb"[ \t]{2,}|\t")
_LAST_BLANKS: Final = re.compile(rb"[ \t]+(?=\r\n)")
_SIGNATURE_LINE: Final = 72
_TEXT: Final = 255


@frozen
class DnsRecord:
    """A record to publish: the name without a last dot, the type, and the value in one piece."""

    name: str
    type: str
    value: str

    @property
    def line(self) -> str:
        """It as it stands in a zone file: a text of more than 255 characters is several."""
        parts = (self.value[at : at + _TEXT] for at in range(0, len(self.value), _TEXT))
        return f"{self.name}. IN {self.type} " + " ".join(f'"{part}"' for part in parts)


@frozen
class Signer:
    """A key, ready to sign with for `domain`, which publishes its public half as `selector`."""

    domain: str
    selector: str
    _key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        """`rsa` or `ed25519`."""
        return "rsa" if hasattr(self._key, "key_size") else "ed25519"

    @property
    def record(self) -> DnsRecord:
        """What has to be published."""
        from cryptography.hazmat.primitives import serialization as form

        public = self._key.public_key()
        if self.algorithm == "rsa":
            said = public.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
        else:
            said = public.public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
        value = f"v=DKIM1; k={self.algorithm}; p={b64encode(said).decode()}"
        return DnsRecord(f"{self.selector}._domainkey.{self.domain}", "TXT", value)

    def signature(self, content: Content) -> bytes:
        """The header that signs a message, with its line break."""
        value = (
            f"v=1; a={self.algorithm}-sha256; c=relaxed/relaxed; d={self.domain};\r\n"
            f" s={self.selector}; t={content.at}; h={content.names};\r\n"
            f" bh={content.body_hash};\r\n b="
        )
        plain = b"dkim-signature:" + value.replace("\r\n", "").encode("ascii")
        signed = b64encode(self._signed(content.headers + plain)).decode("ascii")
        lines = (signed[at : at + _SIGNATURE_LINE] for at in range(0, len(signed), _SIGNATURE_LINE))
        return ("DKIM-Signature: " + value + "\r\n ".join(lines) + "\r\n").encode("ascii")

    def _signed(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(sha256(data).digest())


@frozen
class Content:
    """What all signatures of a message sign: its headers in their relaxed form, each ended by a line break,
    their `names` with colons between, the hash of the body; `at` is in seconds."""

    headers: bytes
    names: str
    body_hash: str
    at: int


def sign(raw: bytes, signers: Sequence[Signer], at: int) -> bytes:
    """The message with a signature by each key before it; `at` is in seconds."""
    if not signers:
        return raw
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = dict(_relaxed_headers(head))
    names = [name for name in SIGNED if name in headers]
    content = Content(
        b"".join(headers[name] for name in names),
        ":".join((*names, *_ONLY_ONE)),
        b64encode(sha256(_relaxed_body(body)).digest()).decode("ascii"),
        at,
    )
    return b"".join((*(signer.signature(content) for signer in signers), raw))


def signers_of(settings: Settings) -> tuple[Signer, ...]:
    """The keys, read now. Raises `CrmError` for what is missing, or is no key to sign with."""
    return tuple(
        Signer(domain_of(settings, selector), selector, _key(selector, section.key.reveal()))
        for selector, section in settings.dkim.items()
    )


def new_signer(domain: str, selector: str, *, ed25519: bool = False) -> tuple[Signer, bytes]:
    """A new key and its file's content in PEM. Raises `CrmError`."""
    if not is_selector(selector):
        raise Invalid(
            phrase('"{selector}" is no name of a key: small letters, digits and hyphens', selector=selector)
        )
    key: RSAPrivateKey | Ed25519PrivateKey
    try:
        from cryptography.hazmat.primitives import serialization as form
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    except ImportError:
        raise _missing() from None
    key = Ed25519PrivateKey.generate() if ed25519 else generate_private_key(65_537, SHORTEST_RSA)
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return Signer(domain, selector, key), pem


def dns_records(settings: Settings) -> Mapping[str, DnsRecord]:
    """What is to be published for each selector. Raises `CrmError` as `signers_of`."""
    return {signer.selector: signer.record for signer in signers_of(settings)}


def domain_of(settings: Settings, selector: str) -> str:
    """The domain that a key signs for: its own, or that of `from`. Raises `Invalid`."""
    from crmkit.plugins.email.mailbox import mailbox, written_mailbox

    own = settings.dkim[selector].domain if selector in settings.dkim else None
    if own:
        return mailbox(f"post@{own}").domain
    if not settings.from_:
        raise Invalid(
            "It is not known for which domain the key is",
            hint='Set from under [plugins.email] first, such as from = "Rye Bakery <post@rye.example>".',
        )
    return written_mailbox(settings.from_).domain


def _key(selector: str, pem: str) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise _missing() from None
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):  # what it says may show parts of the key
        raise Invalid(
            phrase(
                "the key of dkim.{selector} is no private key in PEM without a password", selector=selector
            )
        ) from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= SHORTEST_RSA:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise Invalid(
        phrase(
            "the key of dkim.{selector} is neither RSA of {shortest_rsa} bits or more nor Ed25519",
            selector=selector,
            shortest_rsa=SHORTEST_RSA,
        )
    )


def _missing() -> CrmError:
    return CrmError(
        "Signatures need the package cryptography, which is not installed",
        hint="Install it: pip install 'crmkit[email]'",
    )


def _relaxed_headers(head: bytes) -> Iterator[tuple[str, bytes]]:
    """(name in small letters, the header in its relaxed form)."""
    for line in head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        name, _, value = line.partition(b":")
        known = name.strip().lower()
        yield known.decode("ascii"), known + b":" + _BLANKS.sub(b" ", value).strip() + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    if b" \r\n" in body or b"\t\r\n" in body:
        body = _LAST_BLANKS.sub(b"", body)
    if b"  " in body or b"\t" in body:
        body = _MANY_BLANKS.sub(b" ", body)
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body else b""
