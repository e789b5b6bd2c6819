"""E-mail addresses as keys for matching."""

from __future__ import annotations

import re
import unicodedata

from crmkit.core.errors import Invalid
from crmkit.core.language import N_
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

# The longest address that mail servers pass on, in octets.
_LONGEST_ADDRESS = 254
# Beyond this no spelling of an address can shrink to 254 octets, so the library need not read it.
_LONGEST_INPUT = 1_000
_REMEMBERED_DOMAINS = 50_000

# What the library finds wrong, told by a part of its message, in a few sentences of our own: the first that
# fits.
_FOUND = (
    ("must have an @-sign", N_("An email address must have an @-sign.")),
    ("at-sign", N_("Another sign stands in the place of its @-sign.")),
    ("before the @-sign.", N_("There must be something before the @-sign.")),
    ("something after the @-sign", N_("There must be something after the @-sign.")),
    ("should have a period", N_("The part after the @-sign is not valid. It should have a period.")),
    ("too long", N_("It is too long.")),
    ("so many characters", N_("It is too long.")),
    ("special-use", N_("No mail can reach the part after the @-sign: the name is reserved.")),
    ("top-level", N_("No mail can reach the part after the @-sign: there is no such domain.")),
    ("uot", N_("Quotes, brackets or a name stand around it.")),
    ("display name", N_("Quotes, brackets or a name stand around it.")),
    ("bracket", N_("Quotes, brackets or a name stand around it.")),
    ("anything after", N_("Quotes, brackets or a name stand around it.")),
    ("two periods", N_("Two periods stand in a row.")),
    ("period", N_("A period or a hyphen stands where none can.")),
    ("hyphen", N_("A period or a hyphen stands where none can.")),
    ("two dashes", N_("A period or a hyphen stands where none can.")),
    ("character", N_("It has a character that no address has there.")),
)


class EmailNormaliser:
    """Turns an address as written into the key by which it is matched.

    The key is the address as email-validator normalises it (domain in lower case and in Unicode, local part
    in NFC) with the local part case-folded: mail servers may tell `Anna@` from `anna@`, but the same person
    writes both. The domain is not case-folded, because `faß.de` and `fass.de` are two domains. The key is
    for comparing; mail goes to the address as it was written.

    Only syntax is checked, never DNS. Addresses under `.test`, `.invalid`, `.local` and other names that no
    mail can reach are refused; `example.org` and its like are accepted. Quoted local parts, address literals
    and display names are refused.

    Ordinary ASCII addresses take a short path that asks the library once per domain. One instance serves all
    threads; it remembers up to 50,000 domains.
    """

    def __init__(self) -> None:
        self._domains: dict[str, str] = {}
        atom = r"[\w!#$%&'*+\-/=?^`{|}~]+"
        self._is_dot_atom = re.compile(rf"{atom}(?:\.{atom})*", re.ASCII).fullmatch

    def normalise(self, text: str) -> str:
        """The matching key of the address `text`; white space around it does not count.

        Raises `Invalid` with the reason when it is not an address that mail can reach.
        """
        local, _, domain = text.rpartition("@")
        known = self._domains.get(domain)
        if known is not None and len(text) <= _LONGEST_ADDRESS and self._is_dot_atom(local):
            return f"{local.lower()}@{known}"
        return self._normalise_carefully(text.strip())

    def _normalise_carefully(self, text: str) -> str:
        local, _, domain = text.rpartition("@")
        if self._is_dot_atom(local) and domain.isascii() and len(text) <= _LONGEST_ADDRESS:
            self._learn(domain, text)
            if domain in self._domains:
                return f"{local.lower()}@{self._domains[domain]}"
        return self._ask_library(text)

    def _learn(self, domain: str, text: str) -> None:
        """Remember a domain that reads the same before and after; others change the length that counts."""
        if domain in self._domains or self._ask_library("a@" + domain, text) != "a@" + domain.lower():
            return
        if len(self._domains) >= _REMEMBERED_DOMAINS:
            self._domains.clear()
        self._domains[domain] = domain.lower()

    def _ask_library(self, address: str, written: str | None = None) -> str:
        from email_validator import validate_email

        if len(address) > _LONGEST_INPUT:
            raise _invalid(
                address,
                phrase("It is {count} characters long; an address has at most 254.", count=len(address)),
            )
        try:
            parts = validate_email(address, check_deliverability=False)
        except ValueError as error:
            raise _invalid(address if written is None else written, _found(error)) from None
        return f"{_folded_local_part(parts.local_part)}@{parts.domain}"


def _folded_local_part(local: str) -> str:
    # Unicode's canonical caseless form, composed again as mail standards want it.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())


def _found(error: ValueError) -> str:
    said = str(error)
    return phrase(
        next(
            (meant for part, meant in _FOUND if part in said),
            N_("It is not written as addresses are."),
        )
    )


def _invalid(text: str, reason: str) -> Invalid:
    return Invalid(
        phrase("{text} is not a usable e-mail address. {reason}", text=quoted(text), reason=reason),
        hint="Write an address such as anna@example.org, without quotes or a name around it.",
        value=text,
    )
