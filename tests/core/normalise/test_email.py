"""E-mail addresses become keys for matching, exactly as the library reads them."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Final

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.normalise import EmailNormaliser

LOCAL_PARTS: Final = [
    "anna", "Anna.Maria", "a", "o'brien", "x+tag", "_under_", "first-last", "1234", "{odd}", "a=b", "a/b",
    "%x", "POSTMASTER", "Info", ".dot", "dot.", "two..dots", "with space", '"quoted"', '"a b"', "", "ł",
    "Ärger", "straße", "علی", "张伟", "a\u0301", "a\u202eb", "x" * 64, "x" * 65, "a@b", "a\\b",
    "a,b", "<a", "a\x00b",
]  # fmt: skip
DOMAINS: Final = [
    "example.org", "EXAMPLE.org", "mail.Example.COM", "example.co.uk", "łódź.pl", "ŁÓDŹ.pl",
    "xn--d-uga0v4h.pl", "straße.de", "strasse.de", "例え.jp", "example",
    "localhost", "shop.test", "x.invalid", "printer.local",
    "a-b.example", "-a.org", "a-.org", "a..org", ".org", "org.", "ab--cd.org", "xn--bad-.org", "1.2.3.4",
    "[127.0.0.1]", f"{'a' * 63}.org", f"{'a' * 64}.org", ".".join(["a" * 60] * 4) + ".org", "exa mple.org",
    "example.org>", "@example.org", "", "example．org", "exa_mple.org", "example.c0m", "hidden.onion",
]  # fmt: skip
CORPUS: Final = [
    *(f"{local}@example.org" for local in LOCAL_PARTS),
    *(f"Anna.K@{domain}" for domain in DOMAINS),
    *(
        f"{local}@{domain}"
        for local, domain in itertools.product(LOCAL_PARTS[:24:2], DOMAINS[::2])
    ),
    *(f"{local}@{domain}" for local, domain in itertools.product(LOCAL_PARTS[1::4], DOMAINS[1::3])),
    "", "@", "plain", "Anna <anna@example.org>", "<anna@example.org>", "mailto:anna@example.org",
    "a@b@example.org",
    "anna＠example.org", "anna@example.org, jan@example.org", "anna@example.org\n",
    f"{'x' * 242}@example.org",
    f"{'x' * 243}@example.org", f"{'x' * 2000}@example.org",
]  # fmt: skip


def by_library(text: str) -> str | None:
    """The key by the library alone, as the class's docstring defines it; None where the library refuses."""
    try:
        parts = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return None
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFD", parts.local_part).casefold())
    return f"{local}@{parts.domain}"


def by_normaliser(normaliser: EmailNormaliser, text: str) -> str | None:
    """The normaliser's key; None where it refuses."""
    try:
        return normaliser.normalise(text)
    except Invalid:
        return None


def test_corpus_is_large_enough() -> None:
    """The corpus that compares the two paths has some 400 different addresses."""
    assert len(set(CORPUS)) >= 380


@pytest.mark.parametrize("order", [1, -1])
def test_short_path_agrees_with_library(order: int) -> None:
    """Every address of the corpus gives what the library gives, first seen or with its domain known."""
    normaliser = EmailNormaliser()
    for text in [*CORPUS[::order], *CORPUS]:
        assert by_normaliser(normaliser, text) == by_library(text), text


@settings(deadline=None)  # the first address imports the library
@given(
    st.lists(
        st.one_of(
            st.emails(),
            st.builds(
                "{}@{}".format,
                st.text("abcXYZ09.+-'\"_ @łßÉ<>", max_size=12),
                st.sampled_from(DOMAINS) | st.text("abz.-XN09ß@", max_size=15),
            ),
            st.text(max_size=20),
        ),
        max_size=8,
    )
)
def test_any_text_agrees_with_library(texts: list[str]) -> None:
    """Whatever was seen before, any text is accepted or refused as the library does, and never crashes."""
    normaliser = EmailNormaliser()
    for text in [*texts, *texts]:
        assert by_normaliser(normaliser, text) == by_library(text)


@settings(deadline=None)  # the first address imports the library
@given(
    st.emails() | st.builds("{}@example.org".format, st.text("aßΣςİıéﬁ\u0345\u0301", min_size=1, max_size=5))
)
def test_a_key_is_its_own_key(text: str) -> None:
    """Normalising a key again leaves it as it is, so stored keys can be compared with fresh ones."""
    normaliser = EmailNormaliser()
    key = by_normaliser(normaliser, text)
    if key is not None and by_normaliser(normaliser, key) is not None:
        assert normaliser.normalise(key) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Anna.Kowalska@Example.ORG", "anna.kowalska@example.org"),
        ("  anna@example.org\t", "anna@example.org"),
        ("POSTMASTER@Example.org", "postmaster@example.org"),
        ("anna@XN--D-UGA0V4H.pl", "anna@łódź.pl"),
        ("anna@Łódź.pl", "anna@łódź.pl"),
        ("Straße@straße.de", "strasse@straße.de"),
    ],
)
def test_spellings_share_a_key(written: str, key: str) -> None:
    """Case, outer space and the two spellings of an international domain do not make another person."""
    assert EmailNormaliser().normalise(written) == key


@pytest.mark.parametrize("text", ["anna@shop.test", "anna@x.invalid", "anna@localhost", "anna@printer.local"])
def test_undeliverable_names_are_refused(text: str) -> None:
    """Names that no mail can ever reach are refused."""
    with pytest.raises(Invalid, match=r"the name is reserved|period"):
        EmailNormaliser().normalise(text)


def test_refusal_quotes_the_value_and_gives_the_reason() -> None:
    """The message shows what was given, safely and in bounds, and says what is wrong with it."""
    with pytest.raises(Invalid, match=r'"anna\.example\.org" is not a usable e-mail address\. .*@-sign'):
        EmailNormaliser().normalise("anna.example.org")
    with pytest.raises(Invalid, match=r'"a␛b@example\.org"'):
        EmailNormaliser().normalise("a\x1bb@example.org")
    with pytest.raises(Invalid) as long:
        EmailNormaliser().normalise("x" * 5_000 + "@example.org")
    assert len(long.value.message) < 300


def test_refusal_of_a_domain_quotes_the_address_that_was_given() -> None:
    """A bad domain is reported with the person's own address."""
    with pytest.raises(Invalid, match=r'"jan@shop\.test"'):
        EmailNormaliser().normalise("jan@shop.test")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("anna", "An email address must have an @-sign."),
        ("anna＠example.org", "Another sign stands in the place of its @-sign."),
        ("@example.org", "There must be something before the @-sign."),
        ("anna@", "There must be something after the @-sign."),
        ("anna@example", "The part after the @-sign is not valid. It should have a period."),
        ("anna@shop.test", "No mail can reach the part after the @-sign: the name is reserved."),
        ("anna@example.1", "No mail can reach the part after the @-sign: there is no such domain."),
        ("anna@" + "x" * 64 + ".org", "It is too long."),
        ("anna..maria@example.org", "Two periods stand in a row."),
        ("anna@-example.org", "A period or a hyphen stands where none can."),
        ("an na@example.org", "It has a character that no address has there."),
        ("Anna <anna@example.org>", "Quotes, brackets or a name stand around it."),
        ("anna@[192.0.2.1]", "Quotes, brackets or a name stand around it."),
        ('"an na"@example.org', "Quotes, brackets or a name stand around it."),
    ],
)
def test_why_is_said_in_our_own_sentences(text: str, reason: str) -> None:
    """Each kind of fault has a sentence that the catalogues translate, whatever the library says of it."""
    with pytest.raises(Invalid) as caught:
        EmailNormaliser().normalise(text)
    assert caught.value.message.endswith(f"is not a usable e-mail address. {reason}")
