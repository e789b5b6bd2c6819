"""Signatures of messages: another implementation finds them right, and those of changed messages wrong."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dkim  # type: ignore[import-untyped]
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmkit import CrmError, Invalid
from crmkit.plugin import Message
from crmkit.plugins.email.dkim import Signer, dns_records, new_signer, sign, signers_of
from crmkit.plugins.email.mailbox import written_mailbox
from crmkit.plugins.email.mime import Head, Writer
from crmkit.plugins.email.settings import DkimSection, Settings
from crmkit.testing import open_crm, run_crm

_NOW = 1_777_888_800_000_000
_HEAD = Head(
    sender=written_mailbox("Żytnia Piekarnia <post@rye.example>"),
    reply_to=written_mailbox("shop@rye.example"),
    unsubscribe="mailto:stop@rye.example",
)
_MESSAGE = Message(
    key="effect-7@abc", effect=7, customer_id=1, channel="email", purpose="offers", to="anna@example.org",
    name="Anna   Żaneta", text="Bread \t ready  \n\n.\n\n\n", subject="Żytni", html="<p>  Bread</p>\n\n",
    unsubscribe="https://post.rye.example/u/AbC",
)  # fmt: skip
_LINES = st.lists(st.sampled_from(["", " ", "\t", "  a  b ", "Żółć", "آپ", ".", "x" * 300]), max_size=8)


@pytest.fixture(scope="module")
def signers() -> tuple[Signer, Signer]:
    """A key of each kind."""
    rsa, _ = new_signer("rye.example", "one")
    short, _ = new_signer("rye.example", "two", ed25519=True)
    return rsa, short


class _VerifyKey:
    """PyNaCl's way to check an Ed25519 signature: dkimpy asks for it, and it need not be installed."""

    def __init__(self, text: bytes, encoder: object) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._key = Ed25519PublicKey.from_public_bytes(b64decode(text))

    def verify(self, said: bytes, signature: bytes) -> bytes:
        """What was signed. Raises `InvalidSignature`."""
        self._key.verify(signature, said)
        return said


@pytest.fixture(scope="module", autouse=True)
def ed25519_in_dkimpy() -> Iterator[None]:
    """dkimpy does all of its work, and only the arithmetic of Ed25519 is another's."""
    from cryptography.exceptions import InvalidSignature

    before: Any = getattr(dkim, "nacl", None)
    dkim.nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=_VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature),
    )
    yield
    dkim.nacl = before


def is_right(raw: bytes, signers: tuple[Signer, ...], which: int) -> bool:
    """What dkimpy says of one of the signatures, with these keys published."""
    published = {f"{each.record.name}.".encode(): each.record.value.encode() for each in signers}
    return bool(dkim.DKIM(raw).verify(which, dnsfunc=lambda name, timeout=5: published.get(name)))


@given(
    text=_LINES, html=_LINES | st.none(), subject=st.sampled_from(["", "Bread", "Żytni  chleb", "x " * 90])
)
def test_signatures_are_right(
    signers: tuple[Signer, Signer], text: list[str], html: list[str] | None, subject: str
) -> None:
    """Both signatures of a message stand, however its text is laid out."""
    said = "\n".join(text)
    message = evolve(
        _MESSAGE, text=said, html=None if html is None else "\n".join(html), subject=subject.strip()
    )
    raw = sign(Writer(_HEAD).write(message, now=_NOW, marketing=True).raw, signers, _NOW // 1_000_000)
    assert is_right(raw, signers, 0)
    assert is_right(raw, signers, 1)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_what_is_signed(signers: tuple[Signer, Signer]) -> None:
    """Every header that says what a message is; what a reader goes by so that no second one can be added."""
    raw = sign(Writer(_HEAD).write(_MESSAGE, now=_NOW, marketing=True).raw, signers[:1], _NOW // 1_000_000)
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
    (names,) = [each[2:] for each in head.split("\r\n")[0].split("; ") if each.startswith("h=")]
    signed = names.split(":")
    assert {signed.count(name) for name in ("from", "to", "subject", "date", "content-type")} == {2}
    assert set(signed) >= {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to",
        "list-unsubscribe", "list-unsubscribe-post",
    }  # fmt: skip
    assert "c=relaxed/relaxed" in head
    assert "d=rye.example" in head


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: ", b"Subject: Re: "),
        (b"<anna@example.org>", b"<jan@example.org>"),
        (b"MIME-Version", b"From: bank@example.org\r\nMIME-Version"),
        (b"https://post.rye", b"https://post.evil"),
        (b"Bread", b"Stone"),
    ],
    ids=["subject", "recipient", "second-sender", "link", "body"],
)
def test_what_was_changed_is_not_right(signers: tuple[Signer, Signer], before: bytes, after: bytes) -> None:
    """A message that anybody changed on the way has no signature that stands."""
    raw = sign(Writer(_HEAD).write(_MESSAGE, now=_NOW, marketing=True).raw, signers, _NOW // 1_000_000)
    changed = raw.replace(before, after)
    assert changed != raw
    for which in (0, 1):
        with suppress(dkim.DKIMException):
            assert not is_right(changed, signers, which)


def business(folder: Path, more: str = "") -> Path:
    """The `crm.toml` of a business that sends."""
    settings = f'[plugins.email]\nfrom = "Rye <post@rye.example>"\nhost = "localhost"\n{more}'
    with open_crm(folder, settings, plugins=("email",)) as crm:
        return crm.config.path


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """`crm mail key` makes a file that only its owner reads, prints the record, and overwrites nothing."""
    config = business(tmp_path)
    said = run_crm("--config", config, "mail", "key", "--selector", "k1")
    file = tmp_path / "dkim-k1.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert 'k1._domainkey.rye.example. IN TXT "v=DKIM1; k=rsa; p=' in said.stdout
    assert '[plugins.email.dkim.k1]\nkey = "file:dkim-k1.pem"' in said.stdout
    assert "PRIVATE" not in said.stdout + said.stderr
    made = file.read_bytes()
    again = run_crm("--config", config, "mail", "key", "--selector", "k1")
    assert again.status != 0
    assert "is never overwritten" in again.stderr
    assert file.read_bytes() == made


@pytest.mark.parametrize("flags", [(), ("--ed25519",)])
def test_a_key_that_was_made_signs(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Named in `crm.toml`, the key's record is the one that was printed."""
    config = business(tmp_path)
    printed = run_crm("--config", config, "mail", "key", "--selector", "k1", "--json", *flags).json
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[plugins.email.dkim.k1]\nkey = "file:dkim-k1.pem"\n',
        encoding="utf-8",
    )
    shown = run_crm("--config", config, "mail", "key", "--show", "--json").json
    assert shown == [{"name": "k1._domainkey.rye.example", "value": printed["value"]}]
    assert run_crm("--config", config, "doctor").status == 0


@pytest.mark.parametrize("selector", ["", "a b", "../x", "K1", "a_b", "-a", "ż"])
def test_names_of_keys(tmp_path: Path, selector: str) -> None:
    """What is no name in the DNS makes no key, and no file."""
    with pytest.raises(Invalid, match="is no name of a key"):
        new_signer("rye.example", selector)
    assert not list(tmp_path.iterdir())


def test_records_as_they_stand_in_a_zone(signers: tuple[Signer, Signer]) -> None:
    """A long text is several of at most 255 characters, which are the value together."""
    line = signers[0].record.line
    texts = line.partition(" IN TXT ")[2].strip('"').split('" "')
    assert all(len(text) <= 255 for text in texts)
    assert "".join(texts) == signers[0].record.value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not a key", "is no private key in PEM"),
        ("-----BEGIN PRIVATE KEY-----\nc2VzYW1l\n-----END PRIVATE KEY-----\n", "is no private key in PEM"),
        (None, "is missing"),
    ],
)
def test_keys_that_are_none(tmp_path: Path, content: str | None, said: str) -> None:
    """`crm doctor` tells of them, and shows nothing of what is in the file."""
    config = business(tmp_path, '[plugins.email.dkim.k1]\nkey = "file:key.pem"\n')
    if content is not None:
        (tmp_path / "key.pem").write_text(content, encoding="utf-8")
    answer = run_crm("--config", config, "doctor")
    assert answer.status != 0
    assert said in " ".join((answer.stdout + answer.stderr).split())
    assert "c2VzYW1l" not in answer.stdout + answer.stderr


def test_short_keys_are_refused(tmp_path: Path) -> None:
    """What can be broken signs nothing."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    from crmkit.plugin import Secret

    short = generate_private_key(65_537, 1_024)
    pem = short.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    settings = Settings(
        from_="post@rye.example", dkim={"k1": DkimSection(key=Secret("file:key.pem", tmp_path))}
    )
    with pytest.raises(CrmError, match="neither RSA of 2048 bits or more nor Ed25519"):
        signers_of(settings)
    with pytest.raises(CrmError):
        dns_records(settings)


def test_a_key_for_another_domain_is_told(tmp_path: Path) -> None:
    """Where no key signs for the domain that messages are from, `crm doctor` says so."""
    config = business(
        tmp_path, '[plugins.email.dkim.k1]\nkey = "file:dkim-k1.pem"\ndomain = "other.example"\n'
    )
    run_crm("--config", config, "mail", "key", "--selector", "k1")
    assert "no key signs for it" in " ".join(run_crm("--config", config, "doctor").stdout.split())
