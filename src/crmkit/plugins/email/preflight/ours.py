"""What preflight finds without asking anybody: the business's own settings and templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

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
        yield Line(check="postal address", level=OK, found="It is set")
    else:
        yield Line(
            check="postal address", level=WARNING, found="There is none, and marketing has to name one",
            do='Set it under [crs]: address = "Rynek 1, 31-042 Kraków, Poland", and write it in templates.',
        )  # fmt: skip


def _encryption(subject: Subject) -> Line:
    line = partial(Line, check="encryption")
    if subject.host is None:
        return line(level=UNKNOWN, found="No mail server is named", do="Set host under [plugins.email].")
    if subject.security == "none":
        return line(
            level=WARNING,
            found=f"{subject.host} gets messages unencrypted",
            do="See that it encrypts what it sends on: Gmail asks for TLS.",
        )
    return line(level=OK, found=f"{subject.host} gets messages encrypted ({subject.security})")


def _bounces(subject: Subject) -> Line:
    line = partial(Line, check="bounces")
    if subject.reads_bounces and subject.has_return_path:
        return line(level=OK, found="What comes back is read")
    if subject.reads_bounces:
        return line(
            level=WARNING,
            found="What comes back does not say for sure whose it is",
            do="Set return_path under [plugins.email].",
        )
    return line(
        level=WARNING,
        found="Nobody reads what comes back, so dead addresses are written to again",
        do="Name the mailbox under [plugins.email.imap], or a maildir, and its address as return_path.",
    )


def _unsubscribe(subject: Subject) -> Line:
    line = partial(Line, check="one-click unsubscribe")
    if subject.web is None:
        return line(
            level=ERROR,
            found="Messages cannot be ended by one click: [web] has no url",
            do='Run crm serve, and set [web] url = "https://…" to where the public reaches it.',
        )
    if not subject.web.startswith("https://"):
        return line(
            level=ERROR,
            found=f"{subject.web} is not encrypted, and mail services ignore it",
            do="Let the public reach it by https:// (RFC 8058).",
        )
    return line(level=OK, found=f"Messages are ended at {subject.web}")


def templates(crm: Crm) -> Iterator[Line]:
    """What is wrong with templates."""
    found = list(crm.messages.check())
    for each in found:
        level = {"error": ERROR, "warning": WARNING}.get(each.level)
        if level is not None:
            yield Line(check="templates", level=level, found=each.message, do=each.hint)
    if not any(each.level in ("error", "warning") for each in found):
        yield Line(check="templates", level=OK, found="Nothing is wrong with them")
