"""The connection to the mailbox on a mail server."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import phrase
from crmkit.plugins.email.incoming.imap_settings import ImapSettings
from crmkit.plugins.email.mailbox import one_line

if TYPE_CHECKING:
    from imapclient import IMAPClient

_CONNECT: Final = 20.0
_ANSWER: Final = 60.0


class Unreachable(Exception):
    """The mailbox cannot be read now; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def connected(settings: ImapSettings) -> Iterator[IMAPClient]:
    """A connection that is logged in; raises `Unreachable` for whatever goes wrong on the line."""
    from imapclient.exceptions import IMAPClientError, LoginError

    where = f"{settings.host}:{settings.imap_port}"
    client = None
    try:
        client = _opened(settings)
        try:
            _log_in(client, settings)
        except LoginError as error:
            raise Unreachable(
                phrase(
                    "{where} refused the user or the password: {problem}", where=where, problem=_told(error)
                )
            ) from None
        yield client
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            phrase(
                "{where}: its certificate is not valid: {problem}",
                where=where,
                problem=one_line(error.verify_message),
            )
        ) from None
    except (IMAPClientError, OSError, EOFError) as error:
        raise Unreachable(phrase("{where}: {problem}", where=where, problem=_told(error))) from None
    finally:
        if client is not None:
            with suppress(IMAPClientError, OSError, EOFError):
                client.logout()
            with suppress(OSError):
                client.shutdown()


def _opened(settings: ImapSettings) -> IMAPClient:
    from imapclient import IMAPClient, SocketTimeout

    options: dict[str, Any] = {"timeout": SocketTimeout(_CONNECT, _ANSWER), "use_uid": True}
    if settings.security == "tls":
        options |= {"ssl": True, "ssl_context": ssl.create_default_context()}
    else:
        options["ssl"] = False
    client = IMAPClient(settings.host, settings.imap_port, **options)
    if settings.security == "starttls":
        client.starttls(ssl.create_default_context())
    return client


def _log_in(client: IMAPClient, settings: ImapSettings) -> None:
    try:
        client.login(settings.user, settings.password.reveal())
    except UnicodeError:  # it would show a part of the password
        raise Unreachable(phrase("user and password have to be ASCII")) from None
    except CrmError as error:
        raise Unreachable(phrase("[plugins.email.imap] password: {problem}", problem=error.message)) from None


def _told(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return phrase("it did not answer in time")
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    said = str(error)
    return one_line(said.removeprefix("b'").rstrip("'")) or type(error).__name__
