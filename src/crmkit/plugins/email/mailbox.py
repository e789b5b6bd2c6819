"""Addresses as mail servers take them."""

from __future__ import annotations

import re
import unicodedata
from binascii import b2a_base64
from email.header import Header
from email.quoprimime import header_encode
from functools import lru_cache
from typing import Final

from attrs import evolve, frozen

from crmkit import Invalid
from crmkit.plugin import phrase

# What is longer is written in encoded words, which can be broken into lines anywhere.
_LONGEST_PLAIN: Final = 60
_LONGEST_LINE: Final = 76
# An address about whose part before the @ there is nothing to find out.
_USUAL: Final = re.compile(
    r"(?!(?i:postmaster)@)([a-z0-9_+-]{1,40}(?:\.[a-z0-9_+-]{1,20})?)@([a-z0-9.-]{3,120})"
)
_WRITTEN: Final = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<inside>[^<>]*)>|(?P<bare>[^<>]*))\s*")
_BREAKS: Final = ("Cc", "Cs", "Zl", "Zp")


@frozen
class Mailbox:
    """An address with the name of whom it belongs to. `local` is in any script, `domain` in ASCII."""

    local: str
    domain: str
    name: str = ""

    @property
    def address(self) -> str:
        """The address as it is handed to a mail server."""
        return f"{self.local}@{self.domain}"

    @property
    def is_international(self) -> bool:
        """Whether only servers with SMTPUTF8 take it: the domain alone never needs that."""
        return not self.local.isascii()

    @property
    def header(self) -> str:
        """The mailbox as it stands in a header."""
        if not self.name:
            return self.address
        name = _phrase(self.name)
        between = "\r\n " if len(name) + len(self.address) > _LONGEST_PLAIN else " "
        return f"{name}{between}<{self.address}>"


def mailbox(address: str, name: str = "") -> Mailbox:
    """A single address, with a name in any script. Raises `Invalid` for what no mail can reach."""
    usual = _USUAL.fullmatch(address)
    try:
        local, domain = (usual[1], _domain(usual[2])) if usual else _parts(address)
    except ValueError:
        raise Invalid(
            phrase('"{address}" is no address that mail can reach', address=one_line(address))
        ) from None
    return Mailbox(local, domain, unbroken(name, "name"))


def written_mailbox(text: str) -> Mailbox:
    """A mailbox as people write it: `Rye Bakery <post@rye.org>`, or the address alone. Raises `Invalid`."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise Invalid(phrase('"{text}" is not written as Name <address>', text=one_line(text)))
    if found["bare"] is not None:
        return mailbox(found["bare"].strip())
    name = found["name"]
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return evolve(mailbox(found["inside"].strip()), name=unbroken(name[1:-1] if quoted else name, "name"))


def encoded(text: str, header: str) -> str:
    """One line of text, as the value of a header: plain where that says the same, else in encoded words."""
    if _is_plain(text):
        return text
    return _one_word(text, header) or Header(
        text, "utf-8", header_name=header, maxlinelen=_LONGEST_LINE
    ).encode(linesep="\r\n")


def _one_word(text: str, header: str) -> str | None:
    """What the library writes where it fits into one encoded word; the library itself looks at it character
    by character, and takes a hundred times as long."""
    data = text.encode("utf-8", "replace")
    word = f"=?utf-8?b?{b2a_base64(data, newline=False).decode('ascii')}?="
    quoted = header_encode(data, "utf-8")
    shorter = word if len(word) < len(quoted) else quoted
    return shorter if len(header) + 2 + len(shorter) <= _LONGEST_LINE else None


def unbroken(text: str, what: str) -> str:
    """The text, which must not hold what could begin another header. Raises `Invalid`."""
    if not text.isprintable() and any(unicodedata.category(char) in _BREAKS for char in text):
        raise Invalid(
            phrase("the {what} has line breaks or control characters: {text!a}", what=what, text=text[:80])
        )
    return text


def one_line(text: str, limit: int = 200) -> str:
    """What somebody else said, fit to be shown: one line, bounded, without control characters."""
    shown = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * limit]).split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _parts(address: str) -> tuple[str, str]:
    """What stands before the @, and the domain in ASCII. Raises `ValueError`."""
    from email_validator import validate_email

    found = validate_email(address, check_deliverability=False)
    if found.ascii_domain is None:
        raise ValueError(address)
    return found.local_part, found.ascii_domain


# Many people have their addresses at one, and it is looked at character by character.
@lru_cache(maxsize=2_000)
def _domain(name: str) -> str:
    return _parts(f"a@{name}")[1]


def _phrase(name: str) -> str:
    if not _is_plain(name):
        return encoded(name, "Resent-From")
    if re.fullmatch(r"[A-Za-z0-9 ]+", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(text: str) -> bool:
    # What looks like an encoded word would be read as one.
    return (
        text.isascii()
        and text.isprintable()
        and len(text) <= _LONGEST_PLAIN
        and "=?" not in text
        and text == " ".join(text.split())
    )
