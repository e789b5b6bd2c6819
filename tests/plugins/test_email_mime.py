"""Messages as they go over the wire: whatever customers are called, nothing is added and nothing is lost."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Invalid
from crmkit.plugin import Message
from crmkit.plugins.email.mailbox import mailbox, written_mailbox
from crmkit.plugins.email.mime import Head, Letter, Writer, message_id

_NOW = 1_777_888_800_000_000
_HEAD = Head(sender=written_mailbox("Rye Bakery <post@rye.example>"), unsubscribe="mailto:stop@rye.example")
_USUAL = Message(
    key="effect-7@abc", effect=7, customer_id=1, channel="email", purpose="offers", to="anna@example.org",
    name="Anna", text="Bread", subject="Hello",
)  # fmt: skip
_HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
]  # fmt: skip
# Whatever a name or a subject can be: one line, of any characters that are text.
_LINES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300).map(
    lambda text: " ".join(text.split())
)


def write_letter(message: Message, head: Head, *, now: int, marketing: bool) -> Letter:
    """A message by a writer that has written none before."""
    return Writer(head).write(message, now=now, marketing=marketing)


def written(marketing: bool = False, **values: Any) -> EmailMessage:
    """A message as the standard library reads it back."""
    letter = write_letter(evolve(_USUAL, **values), _HEAD, now=_NOW, marketing=marketing)
    assert all(len(line) <= 998 for line in letter.raw.split(b"\r\n"))
    assert b"\n" not in letter.raw.replace(b"\r\n", b"")
    return message_from_bytes(letter.raw, policy=policy.default)


def decoded(message: EmailMessage, name: str) -> str:
    """A header's value, by the simpler of the library's two readers."""
    (value,) = [value for key, value in message.raw_items() if key == name]
    return str(make_header(decode_header(str(value).replace("\r\n", "")))).strip()


@given(subject=_LINES)
def test_subjects_come_through(subject: str) -> None:
    """Whatever the script or length, the subject is read as it was written, and adds no header."""
    message = written(subject=subject)
    assert list(message) == [name for name in _HEADERS if subject or name != "Subject"]
    if subject:
        assert decoded(message, "Subject") == subject


@given(name=_LINES)
def test_names_come_through(name: str) -> None:
    """Whatever a customer is called, the message is to them and to nobody else."""
    message = written(name=name)
    assert list(message) == _HEADERS
    (to,) = message["To"].addresses
    assert to.addr_spec == "anna@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "Anna Nowak",
        'Anna "the baker" O\'Neil',
        "Nowak, Anna",
        "Nowak, Żaneta (VIP) <boss@example.org>",
        "all@example.org, Anna",
        "back\\slash",
        "محمد علی",
        "דוד בן־גוריון",
        "\u202eannA\u202c",
        "=?utf-8?q?=0D=0ABcc:_all=40example.org?=",
        "undisclosed-recipients:;",
        "Ż" * 250,
        "word " * 60 + "end",
        "x" * 300,
        "👩‍🍳 Bäckerei",
    ],
)
def test_hostile_names_are_only_names(name: str) -> None:
    """Quotes, commas, addresses, encoded words, other directions: all of it stays a name."""
    message = written(name=name)
    (to,) = message["To"].addresses
    assert to.addr_spec == "anna@example.org"
    shown, address = parseaddr("".join(str(value) for key, value in message.raw_items() if key == "To"))
    # Blanks between encoded words are none of the name; this reader of the library knows that.
    assert (str(make_header(decode_header(shown))), address) == (name, "anna@example.org")
    assert message["Bcc"] is None


@pytest.mark.parametrize("part", ["name", "subject"])
@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x00", "\x1b", "\x85", "\u2028", "\u2029", "\ud800"])
def test_no_header_is_smuggled_in(part: str, breaks: str) -> None:
    """Line breaks and control characters are refused, by a reason that holds none."""
    said: dict[str, Any] = {part: f"Anna{breaks}Bcc: all@example.org"}
    with pytest.raises(Invalid, match=f"the {part} has line breaks or control characters") as refused:
        written(**said)
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    "address",
    [
        "", "anna", "anna@", "@example.org", '"anna k"@example.org', "a@example.org, b@example.org",
        "a@example.org\r\nRCPT TO:<b@example.org>", "<a@example.org>", "a b@example.org", "a@[127.0.0.1]",
        "a@example.org>", "a" * 300 + "@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    """Only a single plain address is handed to a server."""
    with pytest.raises(Invalid, match="is no address that mail can reach"):
        written(to=address)


def test_domains_are_ascii_on_the_wire() -> None:
    """A domain in any script goes out as every server knows it, also the sender's."""
    message = written(to="zofia@żyto.pl", name="")
    assert message["To"] == "zofia@xn--yto-22a.pl"
    assert not mailbox("zofia@żyto.pl").is_international
    assert mailbox("żółw@example.org").is_international
    assert message_id("k", mailbox("a@żyto.pl").domain) == "<k@xn--yto-22a.pl>"


def test_text_and_html() -> None:
    """The text comes first, the HTML as its alternative, both whole."""
    text, html = "Chleb żytni\n" + "x" * 3_000 + "\n.\nFrom here\n", "<p>خبز 🍞</p>\n"
    message = written(text=text, html=html)
    assert message.get_content_type() == "multipart/alternative"
    plain, rich = message.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert plain.get_content().replace("\r\n", "\n") == text
    assert rich.get_content().replace("\r\n", "\n") == html


@given(text=st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1), html=st.booleans())
def test_texts_come_through(text: str, html: bool) -> None:
    """Every text is read as it was written, in seven bits."""
    letter = write_letter(
        evolve(_USUAL, text=text, html=text if html else None), _HEAD, now=_NOW, marketing=False
    )
    assert letter.raw.isascii()
    message = message_from_bytes(letter.raw, policy=policy.default)
    for part in message.iter_parts() if html else [message]:
        assert part.get_content().rstrip("\r\n") == text


def test_the_same_again() -> None:
    """A message that is tried again is the same bytes; another one has another identifier."""
    given = evolve(_USUAL, html="<p>Bread</p>")
    one, two = (write_letter(given, _HEAD, now=_NOW, marketing=False) for _ in range(2))
    assert one.raw == two.raw
    assert one.message_id == "<effect-7.abc@rye.example>"
    assert message_id("effect-8@abc", "rye.example") != one.message_id
    assert message_id("a\r\nBcc: b", "rye.example").count("\n") == 0


@pytest.mark.parametrize(("marketing", "found"), [(True, "<mailto:stop@rye.example>"), (False, None)])
def test_unsubscribing_is_named_where_it_is_meant(marketing: bool, found: str | None) -> None:
    """The header stands in marketing messages only."""
    assert written(marketing)["List-Unsubscribe"] == found


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("post@rye.example", "", "post@rye.example"),
        ("Rye Bakery <post@rye.example>", "Rye Bakery", "post@rye.example"),
        ('"Rye, Bakery" <post@rye.example>', "Rye, Bakery", "post@rye.example"),
        ("Żytni Chleb<poczta@żyto.pl>", "Żytni Chleb", "poczta@xn--yto-22a.pl"),
    ],
)
def test_senders_as_people_write_them(text: str, name: str, address: str) -> None:
    """With or without a name, quoted or not."""
    found = written_mailbox(text)
    assert (found.name, found.address) == (name, address)
