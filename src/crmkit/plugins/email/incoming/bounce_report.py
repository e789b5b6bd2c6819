"""Reports that a message of ours did not arrive (RFC 3464, or in a server's own words)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from crmkit.plugins.email.incoming.automatic import has_no_return_path, is_from_a_daemon
from crmkit.plugins.email.incoming.characters import safe_line
from crmkit.plugins.email.incoming.contents import plain_text
from crmkit.plugins.email.incoming.failure import DELAYED, Failure, code_in, kind_of, says_unknown
from crmkit.plugins.email.incoming.headers import addresses, header, message_ids, raw_headers
from crmkit.plugins.email.incoming.parsing import Parsed, head_of, leaves, type_of

_FAILURES: Final = 100
_LONGEST: Final = 200_000
_ADDRESS: Final = re.compile(r"[^\s<>@;,\"]{1,128}@[^\s<>@;,\"]{1,253}")
# A subject says it, where the sender does not: mail programs of people write none of these by themselves.
_SUBJECTS: Final = re.compile(
    r"(?:undeliver\w+|delivery (?:status|failure|failed|notification|report|error)|mail delivery"
    r"|failure notice|returned mail"
    r"|(?:mail|message) (?:delivery )?(?:failed|failure|returned|status)|non[- ]?deliver\w*"
    r"|could not (?:be )?deliver\w*|unzustellbar"
    r"|unable to deliver|mail system error|nondeliverable|rejected (?:mail|message)|nie ?dor[eę]cz\w+"
    r"|non remis|no entregado|mancata consegna"
    r"|zwrot poczty|onbestelbaar|warning: could not send|message (?:not|un)deliver\w*|bounce[ds]?\b|NDN:"
    r"|user unknown|unknown user|returning message)",
    re.IGNORECASE,
)
_SAYS_SO: Final = re.compile(
    r"(?:could|can|was|did|were|is) ?n[o']t (?:be )?(?:been )?(?:deliver|reach|sent|accept"
    r"|able to deliver|complete)|undeliver|permanent (?:fatal )?error"
    r"|fatal error|delivery (?:\w+ ){0,5}failed|unable to (?:deliver|relay)|did not reach|rejected"
    r"|was not delivered|has failed|not accepting",
    re.IGNORECASE,
)
_ORIGINAL: Final = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
_COPY: Final = re.compile(r"^(?:message-id):[ \t]*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_COPIED_TO: Final = re.compile(r"^(?:>\s*)?to:[ \t]*(.{3,300})$", re.IGNORECASE | re.MULTILINE)


@frozen
class BounceReport:
    """What it says: which addresses were not reached; `original` are the identifiers of messages it is about,
    `copied_to` whom the copy of the message in it was to."""

    failures: tuple[Failure, ...]
    original: tuple[str, ...]
    copied_to: tuple[str, ...]


def bounce_report(message: Parsed) -> BounceReport | None:
    """The report, if the message is one. One without failures tells that something arrived, or is opened."""
    blocks = list(_blocks(message))
    is_standard = any(header(block, "action") for block in blocks)
    failures = tuple(filter(None, map(_failure, blocks)))[:_FAILURES]
    if any(not each.text for each in failures):
        failures = _explained(failures, message)
    if not failures and not is_standard:
        if not blocks and not _may_report(message):
            return None
        failures = _guessed(message)
        if not failures and not blocks:
            return None
    return BounceReport(failures, *_original(message, blocks))


def _blocks(message: Parsed) -> Iterator[Parsed]:
    """The blocks of fields of a delivery status, one for each recipient."""
    for part in leaves(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        inside: Any = part.get_payload()
        if isinstance(inside, list):
            yield from inside[:_FAILURES]


def _failure(block: Parsed) -> Failure | None:
    action = header(block, "action").lower()
    address = _recipient(block)
    if not action.startswith(("fail", "error", "delayed")) or not address:
        return None
    said = header(block, "diagnostic-code").partition(";")
    text = (said[2] or said[0]).strip()
    status = code_in(header(block, "status") + " ")
    inner = code_in(text + " ")
    # `5.0.0` says less than what the server answered.
    code = inner if inner and (not status or status.endswith(".0.0")) else status
    if action.startswith("delayed"):
        return Failure(address, DELAYED, code, text)
    return Failure(address, kind_of(code, text), code, text)


def _explained(failures: tuple[Failure, ...], message: Parsed) -> tuple[Failure, ...]:
    """With what the report says in words to people, where it says nothing to programs."""
    text = plain_text(message)

    def told(each: Failure) -> Failure:
        if each.text or each.kind == DELAYED:
            return each
        near = _told(each.address, text)
        code = near.code if each.code in ("", "5.0.0") and near.code else each.code
        return Failure(each.address, kind_of(code, near.text), code, near.text)

    return tuple(map(told, failures))


def _recipient(block: Parsed) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        for value in raw_headers(block, name):
            found = _ADDRESS.search(value.partition(";")[2] or value)
            if found:
                return found.group().lower().rstrip(".")
    return ""


def _may_report(message: Parsed) -> bool:
    """Whether a machine that carries mail wrote it: what people write about bounces is no bounce."""
    return (
        has_no_return_path(message)
        or is_from_a_daemon(message)
        or message.get_content_type() == "multipart/report"
        or any(raw_headers(message, "x-failed-recipients"))
        or _SUBJECTS.search(header(message, "subject")) is not None
    )


def _guessed(message: Parsed) -> tuple[Failure, ...]:
    """What a report in free words says."""
    from flufl.bounce import all_failures

    try:
        delayed, failed = all_failures(message) if _is_short(message) else (frozenset(), frozenset())
    except Exception:  # noqa: BLE001 - its patterns meet what nobody foresaw
        delayed, failed = frozenset(), frozenset()
    text = plain_text(message)
    named = sorted({_plain(each) for each in failed} | set(addresses(message, "x-failed-recipients")))
    if named:
        return tuple(_told(each, text) for each in named[:_FAILURES])
    if delayed:
        return tuple(Failure(_plain(each), DELAYED) for each in sorted(delayed))
    is_of_a_server = is_from_a_daemon(message) or has_no_return_path(message)
    is_said = _SAYS_SO.search(text) or says_unknown(text) or message.get_content_type() == "multipart/report"
    is_titled = _SUBJECTS.search(header(message, "subject")) and _SAYS_SO.search(text)
    return (_told("", text),) if (is_of_a_server and is_said) or is_titled else ()


def _is_short(message: Parsed) -> bool:
    """Whether the words of the report are as many as a report has: the library takes its time over others."""
    texts = (part.get_payload() for part in leaves(message) if type_of(part).startswith("text/"))
    return sum(len(each) for each in texts if isinstance(each, str)) < _LONGEST


def _told(address: str, text: str) -> Failure:
    """The failure with the words that stand near the address."""
    at = max(text.lower().find(address), 0) if address else 0
    near = text[max(at - 300, 0) : at + 700]
    code = code_in(near + " ")
    return Failure(address, kind_of(code, near), code, safe_line(near, 300))


def _plain(address: bytes) -> str:
    return address.decode("ascii", "replace").lower()


def _original(message: Parsed, blocks: list[Parsed]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(identifiers of the messages it is about, whom their copies are to)."""
    ids = [
        id_ for block in blocks for id_ in message_ids(block, "original-message-id", "x-original-message-id")
    ]
    to: list[str] = []
    for part in leaves(message):
        if part.get_content_type() in _ORIGINAL:
            copy = copied(part)
            ids += message_ids(copy, "message-id")
            to += addresses(copy, "to")
    if not ids:  # servers of old put the copy into the text
        text = plain_text(message)
        ids += _COPY.findall(text)
        to += [each.lower() for line in _COPIED_TO.findall(text) for each in _ADDRESS.findall(line)]
    ids += message_ids(message, "in-reply-to", "references")
    return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(to))


def copied(part: Parsed) -> Parsed:
    """The headers of the message, or of its headers, that the part holds a copy of."""
    inside: Any = part.get_payload()
    if isinstance(inside, list) and inside and isinstance(inside[0], Parsed):
        return inside[0]
    content = part.get_payload(decode=True)
    return head_of(content if isinstance(content, bytes) else b"")
