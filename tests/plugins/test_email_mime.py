"""Messages as they go over the wire: whatever customers are called, nothing is added and nothing is lost."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import Any

import pytest
from attrs import evolve
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Invalid
from crmkit.plugin import Message
from crmkit.plugins.email.mailbox import encoded, mailbox, written_mailbox
from crmkit.plugins.email.mime import Head, Letter, Writer, message_id

_NOW = 1_777_888_800_000_000
_HEAD = Head(sender=written_mailbox("Rye Bakery <post@rye.example>"), unsubscribe="mailto:stop@rye.example")
_USUAL = Message(
    key="effect-7@abc", effect=7, customer_id=1, channel="email", purpose="offers", to="anna@example.org",
    name="Anna", text="Bread", subject="Hello",
)  # fmt: skip
_WRITER = Writer(_HEAD)
_HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
]  # fmt: skip
# Whatever a name or a subject can be: one line, of any characters that are text.
_LINES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300).map(
    lambda text: " ".join(text.split())
)

# Lines as templates and customers write them, and as nobody should.
_PIECES = st.sampled_from(
    [
        "", " ", ".", "..", ". dotted", "ends in blanks  ",
        "tab\t", "\tindented", "From here", "--=_00", "%s %b %",
        "Zażółć gęślą jaźń", "آپ کی روٹی تیار ہے", "🍞👩\u200d🍳", "a=b", "=C5=BB", "\xa0", "\u2028",
        "x" * 75, "x" * 76, "x" * 77, "x" * 998, "word " * 300, "żółć " * 200, "خبز" * 90, "ż" + " " * 80,
        "a" * 73 + "ż ", "a" * 74 + " ", "\x0b", "\r", "<p style='color:#333'>Bread</p>", "\x85",
    ]
)  # fmt: skip
_TEXTS = st.lists(_PIECES | st.text(st.characters(codec="utf-8")), min_size=1, max_size=14)


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


def by_the_library(letter: Letter, text: str, html: str | None) -> bytes:
    """The same message as the library writes it: the headers as they are, the content its own.

    `EmailMessage` is a `MIMEPart` that says MIME-Version in each of its parts, where once is enough.
    """
    rules = policy.SMTP.clone(cte_type="7bit", max_line_length=76, refold_source="none")
    made = MIMEPart(policy=rules)
    read = message_from_bytes(letter.raw, policy=policy.compat32)
    for name, value in read.items():
        if not name.startswith("Content-"):
            made.set_raw(name, value)
    made.set_content(text, charset="utf-8")
    if html is not None:
        made.add_alternative(html, subtype="html", charset="utf-8")
        made.set_boundary(str(read.get_boundary()))
    return made.as_bytes()


@given(text=_TEXTS, html=_TEXTS | st.none(), marketing=st.booleans())
def test_content_is_what_the_library_makes(text: list[str], html: list[str] | None, marketing: bool) -> None:
    """Whatever is written, in whichever script, byte for byte as the standard library writes it; also by a
    writer that has written other messages before."""
    words, rich = "\n".join(text), "\n".join(html) if html is not None else None
    message = evolve(_USUAL, text=words, html=rich, unsubscribe="https://rye.example/u/abc")
    for _ in range(2):
        letter = _WRITER.write(message, now=_NOW, marketing=marketing)
        assert letter.raw == by_the_library(letter, words, rich)


@given(
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,9}( [A-Za-z][A-Za-z0-9]{0,9})?", fullmatch=True),
    subject=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9!?,.:]{0,8}( [A-Za-z0-9!?,.:]{1,8}){0,4}", fullmatch=True),
    local=st.from_regex(r"[a-z0-9]{1,9}([.+_-][a-z0-9]{1,8})?", fullmatch=True),
)
def test_plain_headers_are_what_the_library_makes(name: str, subject: str, local: str) -> None:
    """Where a header needs no encoding, the whole message is the library's, byte for byte."""
    message = evolve(_USUAL, name=name, subject=subject, to=f"{local}@example.org")
    letter = write_letter(message, _HEAD, now=_NOW, marketing=False)
    made = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit", max_line_length=76))
    made["From"] = Address("Rye Bakery", "post", "rye.example")
    made["To"] = Address(name, local, "example.org")
    made["Subject"] = subject
    made["Date"] = "Mon, 04 May 2026 10:00:00 +0000"
    made["Message-ID"] = "<effect-7.abc@rye.example>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    made["MIME-Version"] = "1.0"
    made.set_content(message.text, charset="utf-8")
    assert letter.raw == made.as_bytes()


@given(
    text=_LINES.filter(lambda text: not text.isascii()), header=st.sampled_from(["Subject", "Resent-From"])
)
def test_encoded_words_are_what_the_library_makes(text: str, header: str) -> None:
    """A header in any script is encoded as the library's `Header` does it."""
    assert encoded(text, header) == Header(text, "utf-8", header_name=header, maxlinelen=76).encode(
        linesep="\r\n"
    )


@given(
    local=st.from_regex(r"[a-zA-Z0-9.+_-]{1,20}", fullmatch=True),
    domain=st.sampled_from(
        ["example.org", "rye..example", "-rye.example", "rye", "xn--yto-22a.pl", "xn--a.pl", "EXAMPLE.org"]
    ),
)
def test_addresses_are_those_that_the_library_takes(local: str, domain: str) -> None:
    """An address is taken or refused as the library takes or refuses it whole."""
    address = f"{local}@{domain}"
    try:
        wanted = validate_email(address, check_deliverability=False)
    except ValueError:
        with pytest.raises(Invalid, match=re.escape(f'"{address}" is no address')):
            mailbox(address)
    else:
        assert (mailbox(address).local, mailbox(address).domain) == (wanted.local_part, wanted.ascii_domain)


def test_a_list_of_letters_is_ended_by_one_click() -> None:
    """A marketing message names the page and the address that end it, and the list it belongs to."""
    url = "https://post.rye.example/u/AbC-_123"
    message = written(True, unsubscribe=url)
    assert message["List-Unsubscribe"] == f"<{url}>, <mailto:stop@rye.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<offers.rye.example>"
    assert message["Precedence"] == "bulk"
    service = written(False, unsubscribe=url)
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence"} & set(service.keys())


def test_one_click_needs_encryption() -> None:
    """A page without encryption is named, and not promised to work by one click (RFC 8058)."""
    message = written(True, unsubscribe="http://127.0.0.1:8484/u/abc")
    assert "http://127.0.0.1:8484/u/abc" in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "url",
    ["https://a.example/\r\nBcc: b@example.org", "https://a.example/>,<mailto:b@example.org", "javascript:x"],
)
def test_no_header_is_smuggled_in_by_a_link(url: str) -> None:
    """A link that would end its header is refused."""
    with pytest.raises(Invalid, match="the link to unsubscribe is no address of a page"):
        written(True, unsubscribe=url)


@pytest.mark.parametrize("purpose", ["offers\r\nBcc: x@example.org", "campaign:spring sale", "Żółć", "<>"])
def test_no_header_is_smuggled_in_by_a_purpose(purpose: str) -> None:
    """The name of a list is letters, digits and hyphens."""
    found = written(True, purpose=purpose)["List-Id"]
    assert found is None or found.strip("<>").removesuffix(".rye.example").replace("-", "").isalnum()


def test_bounces_go_where_the_envelope_says() -> None:
    """The envelope names its own sender, the message the business."""
    letter = _WRITER.write(_USUAL, now=_NOW, marketing=False, envelope=mailbox("bounces+abc@rye.example"))
    assert letter.envelope.address == "bounces+abc@rye.example"
    assert b"bounces" not in letter.raw
