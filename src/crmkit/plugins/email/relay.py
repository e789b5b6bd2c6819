"""The mail server that takes the business's messages: one connection, for as many messages as it takes."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from typing import Final

from attrs import define, field, frozen

from crmkit.plugin import N_, phrase
from crmkit.plugins.email.mailbox import one_line
from crmkit.plugins.email.mime import Letter

_GOODBYE: Final = 5.0
_CLOSING: Final = 421
# The server wants to know who we are: that is about the account, and not about one message.
_ACCOUNT: Final = (530, 534, 535, 538)
# Likewise: it would say so of every recipient, and none of them is to blame.
_RELAYING: Final = re.compile(
    r"\brelay(?:ing)?\b.*\b(?:denied|not permitted|not allowed|prohibited)", re.IGNORECASE
)


class Unreachable(Exception):
    """Nothing goes out by this server now; the text says why."""


class Broken(Exception):
    """The line broke; the text says how. `sent` tells whether the message may have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@frozen
class Reply:
    """What the server said to one message: 2xx it has it, 4xx not now, 5xx never. `stage` is to what: `MAIL`,
    `RCPT`, `DATA`, or empty."""

    code: int
    text: str
    stage: str = ""


@frozen(kw_only=True)
class Account:
    """Where and as whom to log in. `helo` is the name we give; `ends` (monotonic seconds) is when the
    connection is cut, whatever it is doing; after `per_connection` messages another one is made."""

    host: str
    port: int
    security: str
    timeout: float
    helo: str
    ends: float
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    per_connection: int = 100


@define
class Relay:
    """A connection that is made when it is needed, and again when the server has dropped it."""

    account: Account
    _smtp: smtplib.SMTP | None = None
    _timer: Timer | None = None
    _carried: int = 0

    def send(self, letter: Letter) -> Reply:
        """Hand one message over. Raises `Unreachable` and `Broken`."""
        if self._carried >= self.account.per_connection:
            self.close()
        is_fresh = self._smtp is None
        try:
            return self._sent(letter)
        except Broken as error:
            if is_fresh or error.sent:
                raise
        # Servers close what was idle, or has carried enough: a new connection may do.
        return self._sent(letter)

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None and self._smtp.sock is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.sock.settimeout(_GOODBYE)
                self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Let go of the connection, if there is one."""
        if self._timer is not None:
            self._timer.cancel()
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()
        self._smtp = self._timer = None
        self._carried = 0

    def cut(self) -> None:
        """Break the connection off, whatever another thread is doing with it."""
        smtp = self._smtp
        if smtp is not None:
            _cut(smtp)

    def _sent(self, letter: Letter) -> Reply:
        smtp = self._smtp or self._opened()
        self._carried += 1
        is_sending = False
        try:
            reply = self._addressed(smtp, letter)
            if reply is None:
                is_sending = True
                smtp.send(letter.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
                reply = _understood(*smtp.getreply())
                is_sending = False
        except (Broken, OSError, smtplib.SMTPException) as error:
            self.drop()
            broke = (
                N_("the line broke after the message was sent, without an answer: {reason}")
                if is_sending
                else N_("the line broke before a message was sent: {reason}")
            )
            raise Broken(phrase(broke, reason=told(error)), sent=is_sending) from None
        except Unreachable:
            self.drop()
            raise
        if reply.code == _CLOSING:
            self.drop()
            raise Broken(phrase("the server is closing: {answer}", answer=reply.text), sent=False)
        if reply.code >= 400:
            self._reset(smtp)
        return reply

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Begin anew after a message that was not taken; its answer is known, whatever comes of this."""
        try:
            is_anew = smtp.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            is_anew = False
        if not is_anew:
            self.drop()

    def _addressed(self, smtp: smtplib.SMTP, letter: Letter) -> Reply | None:
        """Sender and recipient named and taken: None; else the answer that ends it."""
        options = ""
        if letter.is_international:
            if not smtp.has_extn("smtputf8"):
                return Reply(553, phrase("the mail server takes no addresses beyond ASCII (SMTPUTF8)"))
            options = " SMTPUTF8"
        sender = letter.envelope.address
        refused = self._refused(
            smtp,
            {
                "MAIL": f"MAIL FROM:<{sender}>{options}\r\n",
                "RCPT": f"RCPT TO:<{letter.to.address}>\r\n",
                "DATA": "DATA\r\n",
            },
        )
        if refused is None or refused.code == _CLOSING:
            return refused
        if refused.stage == "MAIL" and refused.code >= 500 and not options:
            raise Unreachable(
                phrase(
                    'the server takes nothing from "{sender}": {answer}', sender=sender, answer=refused.text
                )
            )
        if refused.code in _ACCOUNT and refused.stage != "DATA":
            raise Unreachable(phrase("the server wants another log-in: {answer}", answer=refused.text))
        if refused.stage == "RCPT" and refused.code >= 500 and _RELAYING.search(refused.text):
            raise Unreachable(phrase("the server passes nothing on for us: {answer}", answer=refused.text))
        return refused

    def _refused(self, smtp: smtplib.SMTP, commands: dict[str, str]) -> Reply | None:
        """The first answer that is no consent. Where the server knows how, all are said in one go (RFC 2920),
        and each is answered."""
        is_piped = smtp.has_extn("pipelining")
        refused: Reply | None = None
        for reply in _said(smtp, commands, is_piped=is_piped):
            if reply.stage == "DATA" and reply.code == 354:
                if refused is not None:  # it waits for a message that is for nobody
                    smtp.send(b".\r\n")
                    smtp.getreply()
                break
            if reply.code >= 400 and refused is None:
                refused = reply
                if not is_piped or reply.code == _CLOSING:
                    break
        return refused

    def _opened(self) -> smtplib.SMTP:
        account = self.account
        where = f"{account.host}:{account.port}"
        try:
            return self._connected()
        except smtplib.SMTPAuthenticationError as error:
            answer = _text(error.smtp_code, error.smtp_error)
            reason = phrase("{where} refused the user or the password: {answer}", where=where, answer=answer)
        except smtplib.SMTPResponseException as error:
            answer = _text(error.smtp_code, error.smtp_error)
            reason = phrase("{where} does not serve us: {answer}", where=where, answer=answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing has been sent
            reason = phrase("{where} cannot be reached: {reason}", where=where, reason=told(error))
        self.drop()
        raise Unreachable(reason)

    def _connected(self) -> smtplib.SMTP:
        account = self.account
        left = account.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock = socket.create_connection((account.host, account.port), min(account.timeout, left))
        # The name is given: the library would ask the network for one.
        smtp = self._smtp = smtplib.SMTP(timeout=account.timeout, local_hostname=account.helo)
        smtp.sock, smtp.file = sock, None
        sock.settimeout(account.timeout)
        # A message's last few bytes wait for nothing.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._timer = Timer(left, _cut, (smtp,))
        self._timer.daemon = True
        self._timer.start()
        if account.security == "tls":
            self._encrypt(smtp)
        _expect(smtp.getreply(), 220)
        _expect(smtp.ehlo(), 250)
        if account.security == "starttls":
            if not smtp.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError(phrase("it does not offer encryption (STARTTLS)"))
            _expect(smtp.docmd("STARTTLS"), 220)
            self._encrypt(smtp)
            _expect(smtp.ehlo(), 250)
        if account.user is not None and account.password is not None:
            _log_in(smtp, account.user, account.password)
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        """Encrypt the connection, with a certificate that is the server's; what came before is forgotten."""
        context = ssl.create_default_context()
        sock = smtp.sock
        assert sock is not None
        # Kept before the handshake, so that it can be cut in the middle of it.
        encrypted = context.wrap_socket(
            sock, server_hostname=self.account.host, do_handshake_on_connect=False
        )
        smtp.sock, smtp.file = encrypted, None
        encrypted.do_handshake()


def _said(smtp: smtplib.SMTP, commands: dict[str, str], *, is_piped: bool) -> Iterator[Reply]:
    """The answer to each command, as it comes."""
    if is_piped:
        smtp.send("".join(commands.values()).encode())
    for stage, command in commands.items():
        if not is_piped:
            smtp.send(command.encode())
        yield _understood(*smtp.getreply(), wanted=354 if stage == "DATA" else None, stage=stage)


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    try:
        smtp.login(user, password)
    except UnicodeError:  # it would show a part of the password
        raise smtplib.SMTPException(phrase("user and password have to be ASCII")) from None


def told(error: Exception) -> str:
    """The error in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return phrase("its certificate is not valid: {reason}", reason=one_line(error.verify_message))
    if isinstance(error, ssl.SSLError):
        reason = one_line(error.reason) if error.reason else phrase("no reason was given")
        return phrase("encryption failed: {reason}", reason=reason)
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return phrase("it did not answer in time")
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    return one_line(str(error)) or type(error).__name__


def _understood(code: int, said: bytes, wanted: int | None = None, stage: str = "") -> Reply:
    """The answer, if it is one. Raises `Broken` for what is not SMTP; the caller knows what was sent."""
    if not (code == wanted or (wanted is None and 200 <= code < 300) or 400 <= code < 600):
        raise Broken(
            phrase("the server said what is no answer: {answer}", answer=_text(code, said)), sent=False
        )
    # Of consent nobody reads the words.
    return Reply(code, _text(code, said) if code >= 400 else "", stage)


def _text(code: int, said: bytes | str) -> str:
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    return one_line(f"{code} {text}" if code > 0 else text)


def _expect(answer: tuple[int, bytes], wanted: int) -> None:
    if answer[0] != wanted:
        raise smtplib.SMTPResponseException(*answer)


def _cut(smtp: smtplib.SMTP) -> None:
    sock = smtp.sock
    if sock is not None:
        with suppress(OSError):
            # The plain socket's own, beneath encryption: whoever reads from it is told of the end.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
