"""Messages as customers, their machines and other mail servers write them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

_DATE = "Mon, 04 May 2026 11:00:00 +0200"


def letter(sender: str, to: str, text: str = "Is it fresh?", **headers: str) -> bytes:
    """A plain message; `headers` have `_` for `-`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Date"] = sender, to, _DATE
    for name, value in {"Subject": "Bread", **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def bounce(
    to: str, message_id: str, *, by: str = "post@rye.example", status: str = "5.1.1", action: str = "failed",
    said: str = "550 5.1.1 no such user", copied_to: str | None = None,
) -> bytes:  # fmt: skip
    """A report of a mail server that the message to `to` did not arrive; it comes in at `by`."""
    return f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: {by}
Subject: Undelivered Mail Returned to Sender
Date: {_DATE}
Message-ID: <report-{status}-{action}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=xx

--xx
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--xx
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--xx
Content-Type: text/rfc822-headers

From: Rye Bakery <post@rye.example>
To: {copied_to or to}
Message-ID: {message_id}

--xx--
""".replace("\n", "\r\n").encode()


def complaint(to: str, message_id: str, *, sort: str = "abuse") -> bytes:
    """A report of a mail service that somebody called the message spam."""
    return f"""\
From: feedback@isp.example
To: post@rye.example
Subject: FW: Bread
Date: {_DATE}
Message-ID: <arf@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=xx

--xx
Content-Type: text/plain

This is an email abuse report.
--xx
Content-Type: message/feedback-report

Feedback-Type: {sort}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <post@rye.example>
Original-Rcpt-To: <{to}>

--xx
Content-Type: message/rfc822

From: Rye Bakery <post@rye.example>
To: {to}
Message-ID: {message_id}

Hello
--xx--
""".replace("\n", "\r\n").encode()
