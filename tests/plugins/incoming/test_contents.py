"""What is in a message, as a timeline shows it: trimmed, readable, safe, whatever it was made of."""

from __future__ import annotations

import base64
import importlib.util
import os
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmkit.plugins.email.incoming.bounce_report import bounce_report
from crmkit.plugins.email.incoming.calendar import invitation
from crmkit.plugins.email.incoming.complaint_report import complaint_report
from crmkit.plugins.email.incoming.html_text import text_of_html
from crmkit.plugins.email.incoming.mail import read_mail
from crmkit.plugins.email.incoming.trimming import trimmed

_OWN = "Two loaves, please.\n\n- rye\n- wheat"
_QUOTE = "> How many?\n> And which?"


@pytest.mark.parametrize(
    "after",
    [
        f"\n\nOn Mon, May 4, 2026 at 10:00 AM Rye Bakery <post@rye.example> wrote:\n\n{_QUOTE}",
        f"\n\nOn Mon, May 4, 2026 at 10:00 AM Rye Bakery\n<post@rye.example> wrote:\n\n{_QUOTE}",
        f"\n\nAm 04.05.2026 um 10:00 schrieb Rye Bakery:\n{_QUOTE}",
        f"\n\nLe lun. 4 mai 2026 à 10:00, Rye Bakery <post@rye.example> a écrit :\n{_QUOTE}",
        f"\n\nDnia 4 maja 2026 10:00 Rye Bakery napisał(a):\n{_QUOTE}",
        "\n\nFrom: Rye Bakery\nSent: Monday\nTo: Anna\nSubject: Hello\n\nHow many?",
        "\n\nOd: Piekarnia\nWysłano: poniedziałek\nDo: Anna\nTemat: Chleb\n\nIle?",
        "\n\n-----Original Message-----\nFrom: Rye Bakery\n\nHow many?",
        f"\n{_QUOTE}",
        "\n-- \nAnna Nowak\n+48 600 000 000",
        "\n\nSent from my iPhone",
        "\n\nBest regards,\nAnna Nowak",
        "\n\nPozdrawiam\nAnna",
        "\n\nMit freundlichen Grüßen\nAnna",
    ],
    ids=lambda text: " ".join(text.split())[:24].encode("ascii", "replace").decode(),
)
def test_quotations_and_signatures_are_left_out(after: str) -> None:
    """What was quoted, and the signature, are not what the customer says; lists and words of thanks are."""
    assert trimmed(_OWN + after) == (_OWN, True)


@pytest.mark.parametrize(
    "text",
    [
        _OWN,
        "Thanks, I would like two loaves.\nAlso a cake for Friday, for twelve people.",
        "Thank you,\nbut there was a mistake in my order:\n" + "\n".join(f"line {n}" for n in range(20)),
        "Do: 3 loaves are what I need.",
        "From: here to there, how far is it?",
        "> all of it\n> is quoted",
        "- one\n- two",
        "",
    ],
)
def test_what_is_said_stays(text: str) -> None:
    """Nothing is lost that only looks like a closing, a header or a signature."""
    assert trimmed(text) == (text, False)


def test_html_becomes_text() -> None:
    """The words of HTML are read, without scripts, styles and comments, and without what is quoted."""
    html = (
        "<html><head><title>x</title><style>p{}</style></head><body><!-- no --><p>Dear&nbsp;bakery,</p>"
        "<script>alert('1')</script><ul><li>two <b>loaves</b><li>a cake</ul><p>1 &lt; 2<br>Anna</p>"
        '<div class="gmail_quote">On Monday you wrote: <blockquote>Hi</blockquote></div></body></html>'
    )
    mail = EmailMessage()
    mail["From"] = "anna@example.com"
    mail.set_content(html, subtype="html")
    read = read_mail(mail.as_bytes())
    assert read.text == "Dear bakery,\n\n- two loaves\n- a cake\n\n1 < 2\nAnna"
    assert read.contents.trimmed


def test_characters_that_deceive_are_left_out() -> None:
    """Overrides, zero-width and control characters go; joiners, emoji and every script stay."""
    mail = EmailMessage()
    mail["From"] = "anna@example.com"
    mail["Subject"] = "Pay\u202eelbisrever\u200b \u0627\u0631\u062f\u0648"
    mail.set_content("a\u200bb\u2066c\x1b[31m\x07 می\u200cروم 👩\u200d🍳")
    read = read_mail(mail.as_bytes())
    assert read.subject == "Payelbisrever \u0627\u0631\u062f\u0648"
    assert read.text == "abc[31m می\u200cروم 👩\u200d🍳"


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        (None, "Zażółć".encode(), "Zażółć"),
        ("us-ascii", "Zażółć".encode(), "Zażółć"),
        ("iso-8859-2", "Zażółć".encode("iso-8859-2"), "Zażółć"),
        ("klingon", "café".encode("cp1252"), "café"),
        ("utf-8", b"caf\xe9", "caf\ufffd"),
        ("hex", b"abc", "abc"),
        ("punycode", b"abc-" * 3, "abc-abc-abc-"),
    ],
)
def test_encodings(charset: str | None, content: bytes, text: str) -> None:
    """The named encoding, or what it looks like."""
    named = f'; charset="{charset}"' if charset else ""
    raw = f"From: anna@example.com\r\nContent-Type: text/plain{named}\r\n\r\n".encode() + content
    assert read_mail(raw).text == text


def test_headers_are_decoded() -> None:
    """Encoded words, raw UTF-8, folded and damaged headers are read as well as can be."""
    raw = (
        'From: =?utf-8?q?=C5=81ucja?= <LUCJA@example.com>, "a@b.c" <other@example.com>\r\n'
        "To: Żółw <zolw@example.com>,\r\n =?utf-8?b?broken?= <x@example.com>\r\n"
        "Subject: =?iso-8859-2?q?=A3=F3d=BC?= i\r\n  =?bad?x?y?= Żywiec\r\nDate: never\r\n\r\n"
    ).encode()
    read = read_mail(raw)
    assert read.sender == "lucja@example.com"
    assert read.recipients == ("zolw@example.com", "x@example.com")
    assert read.subject == "Łódź i =?bad?x?y?= Żywiec"
    assert read.at is None
    assert read.message_id == read_mail(raw.replace(b"\r\n", b"\n")).message_id


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer's own zone is nine hours ahead."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
@pytest.mark.parametrize("zone", ["-0000", "+0000", "GMT", ""])
def test_a_sender_who_does_not_say_where_means_utc(zone: str) -> None:
    """It is not the time of day of whoever's computer reads the letter."""
    read = read_mail(
        f"From: anna@example.com\r\nDate: Mon, 04 May 2026 09:00:00 {zone}\r\n\r\nhello".encode()
    )
    assert read.at == 1_777_885_200_000_000


def _bombs() -> Iterator[tuple[str, bytes]]:
    start = b"From: anna@example.com\r\n"
    yield "headers", start + b"X-A: b\r\n" * 500_000 + b"\r\nhello"
    yield "long header", start + b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\r\n\r\nhello"
    yield "addresses", start + b"To: " + b"a@b.c, " * 200_000 + b"\r\n\r\nhello"
    yield "comments", start + b"To: " + b"(" * 200_000 + b"\r\n\r\nhello"
    yield "quotes", start + b"To: " + b'"<' * 100_000 + b"\r\n\r\nhello"
    depth = 3_000
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)
    )
    yield "nesting", start + nested
    yield "messages", start + b"Content-Type: message/rfc822\r\n\r\n" * 3_000 + b"\r\nx"
    yield (
        "parts",
        start + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    )
    html = start + b"Content-Type: text/html\r\n\r\n"
    for name, piece in {
        "tags": b"<div>", "open": b"<a ", "comments of html": b"<!--", "declarations": b"<![",
        "entities": b"&#x", "attributes": b"<a a=", "ends": b"</", "scripts": b"<script>", "pis": b"<?",
    }.items():  # fmt: skip
        yield name, html + piece * (1_000_000 // len(piece))
    plain = start + b"Content-Type: text/plain\r\n\r\n"
    for name, piece in {
        "on": b"On a ", "on lines": b"On a\r\n", "from": b"From: a\r\n", "blanks": b" ", "lines": b"\r\n",
        "quoted": b">", "quoted lines": b"> > On x\r\n",
        "underscores": b"_", "thanks": b"Thanks,\r\n", "am": b"Am schrieb ", "original": b"-----",
        "colons": b"From:To:Cc: ",
        "le": b"Le 4 mai \r\n", "regards": b"regards, \xc2\xa0",
    }.items():  # fmt: skip
        yield name, plain + piece * (600_000 // len(piece))
    yield (
        "calendar",
        start + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 4_000,
    )
    report = start.replace(b"anna", b"mailer-daemon") + b"Content-Type: text/plain\r\n\r\n"
    for name, piece in {
        "bounce words": b"could not be delivered user a b c ",
        "bounce codes": b"550 5.1.1 ",
        "bounce ids": b"Message-ID: <a\r\n",
    }.items():
        yield name, report + piece * (500_000 // len(piece))
    yield (
        "base64",
        plain.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") + b"=A" * 300_000,
    )
    yield (
        "uu",
        plain.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n")
        + b"begin 644 x\n" * 9_000,
    )
    status = start + b"Content-Type: %s\r\n\r\n" + b"a: b\n\n" * 1_500_000
    yield "reports", status % b"message/delivery-status"
    yield (
        "reports within",
        status % b"multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: MESSAGE/Delivery-Status",
    )
    yield "nul", b"\x00" * 1_000_000
    yield "one line", b"a" * 5_000_000


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in _bombs()])
def test_bombs_are_read_in_bounds(raw: bytes) -> None:
    """Whatever somebody sends is read with little text and few names of it; nothing hangs, nothing fails."""
    begun = time.process_time()
    read = read_mail(raw)
    bounce_report(read.message)
    complaint_report(read.message)
    assert len(read.text) <= 20_000
    assert len(read.subject) <= 500
    assert len(read.recipients) <= 200
    assert len(read.contents.attachments) <= 50
    # Not how fast it is, but that its time does not run away: these take seconds at most, or hours.
    assert time.process_time() - begun < 60


def test_a_report_of_millions_of_recipients_is_not_taken_apart() -> None:
    """Each of its blocks would be a message of its own: one mail would take all memory that there is."""
    raw = b"From: a@b.c\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * 100_000
    assert not read_mail(raw).message.get_payload()
    assert len(read_mail(raw[:6_000]).message.get_payload()) > 500


def test_calendars_that_cannot_be_read_are_none() -> None:
    """A damaged calendar file is an attachment like any other."""
    for content in (
        b"",
        b"BEGIN:VCALENDAR",
        b"\xff\x00",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"x" * 300_000,
    ):
        assert invitation(content) is None
    assert text_of_html("") == ("", False)


def _messages_of_python() -> list[Path]:
    """The messages with which Python tests its own library; some distributions leave them out."""
    if importlib.util.find_spec("test.test_email") is None:
        return []
    from test import test_email  # type: ignore[import-not-found]  # not everywhere installed

    return sorted((Path(test_email.__file__).parent / "data").glob("*.txt"))


def test_the_messages_of_python_itself() -> None:
    """Each message of the corpus that comes with Python is read, also when parts of it are missing."""
    paths = _messages_of_python()
    if not paths:
        reason = "this Python comes without its own tests (package test), and so without sample messages"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    assert len(paths) > 40
    for path in paths:
        raw = path.read_bytes()
        for damaged in (
            raw,
            raw[: len(raw) // 2],
            raw[len(raw) // 3 :],
            raw.replace(b"\n", b"\r"),
            raw[::-1],
            base64.b64encode(raw),
        ):
            read = read_mail(damaged)
            bounce_report(read.message)
            complaint_report(read.message)
            assert "\x00" not in read.subject + read.text
