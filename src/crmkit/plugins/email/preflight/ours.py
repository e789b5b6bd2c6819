"""What preflight finds without asking anybody: the business's own settings and templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from crmkit.plugin import N_, phrase
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Line

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.preflight.subject import Subject


def settings(subject: Subject) -> Iterator[Line]:
    """What is set."""
    yield _encryption(subject)
    yield _bounces(subject)
    yield _unsubscribe(subject)
    if subject.address.strip():
        yield Line(check=N_("postal address"), level=OK, found=phrase("It is set"))
    else:
        yield Line(
            check=N_("postal address"),
            level=WARNING,
            found=phrase("There is none, and marketing has to name one"),
            do=phrase(
                'Set it under [crs]: address = "Rynek 1, 31-042 Kraków, Poland", and write it in templates.'
            ),
        )


def _encryption(subject: Subject) -> Line:
    line = partial(Line, check=N_("encryption"))
    if subject.host is None:
        return line(
            level=UNKNOWN,
            found=phrase("No mail server is named"),
            do=phrase("Set host under [plugins.email]."),
        )
    if subject.security == "none":
        return line(
            level=WARNING,
            found=phrase("{host} gets messages unencrypted", host=subject.host),
            do=phrase("See that it encrypts what it sends on: Gmail asks for TLS."),
        )
    return line(
        level=OK,
        found=phrase(
            "{host} gets messages encrypted ({security})", host=subject.host, security=subject.security
        ),
    )


def _bounces(subject: Subject) -> Line:
    line = partial(Line, check=N_("bounces"))
    if subject.reads_bounces and subject.has_return_path:
        return line(level=OK, found=phrase("What comes back is read"))
    if subject.reads_bounces:
        return line(
            level=WARNING,
            found=phrase("What comes back does not say for sure whose it is"),
            do=phrase("Set return_path under [plugins.email]."),
        )
    return line(
        level=WARNING,
        found=phrase("Nobody reads what comes back, so dead addresses are written to again"),
        do=phrase(
            "Name the mailbox under [plugins.email.imap], or a maildir, and its address as return_path."
        ),
    )


def _unsubscribe(subject: Subject) -> Line:
    line = partial(Line, check=N_("one-click unsubscribe"))
    if subject.web is None:
        return line(
            level=ERROR,
            found=phrase("Messages cannot be ended by one click: [web] has no url"),
            do=phrase('Run crm serve, and set [web] url = "https://…" to where the public reaches it.'),
        )
    if not subject.web.startswith("https://"):
        return line(
            level=ERROR,
            found=phrase("{web} is not encrypted, and mail services ignore it", web=subject.web),
            do=phrase("Let the public reach it by https:// (RFC 8058)."),
        )
    return line(level=OK, found=phrase("Messages are ended at {web}", web=subject.web))


def templates(crm: Crm) -> Iterator[Line]:
    """What is wrong with templates."""
    found = list(crm.messages.check())
    for each in found:
        level = {"error": ERROR, "warning": WARNING}.get(each.level)
        if level is not None:
            yield Line(check=N_("templates"), level=level, found=each.message, do=each.hint)
    if not any(each.level in ("error", "warning") for each in found):
        yield Line(check=N_("templates"), level=OK, found=phrase("Nothing is wrong with them"))
