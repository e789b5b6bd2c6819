"""Why a message did not arrive, and what that says of the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

HARD: Final = "hard"
SOFT: Final = "soft"
BLOCKED: Final = "blocked"
DELAYED: Final = "delayed"

_FULL: Final = re.compile(
    r"quota|mail ?box (?:is )?(?:too )?full|mailfolder is full|full mailbox"
    r"|insufficient (?:system )?storage|exceed\w* (?:\w+ ){0,3}"
    r"(?:storage|space|disk)|out of (?:disk )?space|not enough (?:disk )?space|storage (?:space )?limit"
    r"|skrzynk\w+ \w* ?(?:pełna|przepełniona)|postfach (?:ist )?(?:voll|überfüllt)"
    r"|bo[îi]te (?:\w+ ){0,3}pleine|buz[óo]n lleno"
    r"|mailbox (?:\w+ ){0,4}size limit|mailbox has exceeded|account is full|user.{0,20} is full"
    r"|exceeds? allowed size|too many messages|zu ?viele mails",
    re.IGNORECASE,
)
_UNKNOWN: Final = re.compile(
    r"(?:user|recipient|account|mail ?box|address|addressee|rcpt|name|mail-box)\S*(?: \S+){0,3} (?:is "
    r"|was )?(?:unknown|not (?:found|exist|known"
    r"|listed|active|available for)|doesn'?t exist|does not\s+exist|disabled|suspended|deactivated"
    r"|discontinued"
    r"|inactive|closed|no longer|unavailable|invalid|is not valid|not recogni[sz]ed|not valid)|(?:no"
    r"|not a|unknown|invalid|nonexistent|bad|not an) "
    r"(?:such |known |valid |active |longer |local |final |delivery )*(?:users?(?:id)?|recipients?"
    r"|mail ?box|account|address(?:es)?|customer|person|mail box)|not our customer"
    r"|no mail ?box|recipient rejected|deactivated mailbox|BAD_RECIPIENT|bad ?rcpt ?to"
    r"|dd (?:sorry|this user)|user unknown|unknown user|mailbox (?:currently )?(?:suspended|unavailable"
    r"|disabled)"
    r"|unrouteable|unroutable|host (?:\S+ )?(?:unknown|not found)|domain (?:\S+ )?not (?:found|exist)"
    r"|no such domain|unknown host"
    r"|name or service not known|name service error|malformed or unexpected name server reply"
    r"|no longer (?:on|valid|available|with|works|has)"
    r"|nie\s+istnieje|odbiorca .{0,40}nieznany|zablokowan\w+ kont|konto .{0,30}(?:zablokowane"
    r"|nieaktywne)|unbekannt|inconnu|n'existe (?:pas|plus)|desconocido|sconosciut",
    re.IGNORECASE,
)
_POLICY: Final = re.compile(
    r"spam|\bSPF\b|\bDKIM\b|\bDMARC\b|black ?list|block ?list|blocked|\bRBL\b|\bDNSBL\b|spamhaus|spamcop"
    r"|unsolicited|polic(?:y|ies)|requires confirmation|whitelist"
    r"|reputation|virus|relay|not accepting mail with attach|too (?:large|big|long)|size limit"
    r"|maximum (?:message )?size"
    r"|exceeds? (?:\w+ ){0,5}size|message size|content (?:rejected|filter)|access denied|greylist"
    r"|bulk (?:e-?)?mail|junk|denied by|rcpthosts",
    re.IGNORECASE,
)
_SIZE: Final = re.compile(
    r"(?:max\w*|allowed) (?:message )?size|message (?:too|size)|too (?:large|big)|size limit", re.IGNORECASE
)
_STATUS: Final = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.#:/-])([45]\d\d)(?![\d.:/])(?=[\s<-])")
# What follows from the status alone (RFC 3463), where words say nothing more exact.
_BY_STATUS: Final = {
    "1.7": BLOCKED, "1.8": BLOCKED, "2.2": SOFT, "2.3": BLOCKED, "2.4": SOFT, "3.1": SOFT, "3.2": SOFT,
    "3.4": BLOCKED, "4.1": SOFT, "4.2": SOFT, "4.5": SOFT, "4.6": SOFT, "4.7": SOFT,
}  # fmt: skip


@frozen
class Failure:
    """One address that a message did not reach. `address` is empty where the report names none; `kind` is
    `hard` (nobody is there), `soft` (may work another time), `blocked` (they did not want this message) or
    `delayed` (they are still trying); `code` is such as `5.1.1`, `text` what was said."""

    address: str
    kind: str
    code: str = ""
    text: str = ""


def kind_of(code: str, text: str) -> str:
    """What a failure for good says of the address: `hard`, `soft` or `blocked`."""
    for applies, kind in _evidence(code, text):
        if applies:
            return kind
    # Without a reason it may be any: it counts against the address, and does not end it.
    return HARD if code else SOFT


def _evidence(code: str, text: str) -> Iterator[tuple[bool, str]]:
    """What the code and the words speak for, the surest first."""
    first, _, rest = code.partition(".")
    yield first == "4" or (not code and text[:1] == "4"), SOFT
    yield code == "5.2.2" or _FULL.search(text) is not None, SOFT
    yield _SIZE.search(text) is not None, BLOCKED
    is_unknown = says_unknown(text)
    known = _BY_STATUS.get(rest)
    yield known is not None and not (known == BLOCKED and is_unknown), known or ""
    yield code.startswith(("5.1.", "5.2.")) and code not in ("5.1.0", "5.2.0"), HARD
    yield is_unknown, HARD
    yield code.startswith(("5.6.", "5.7.")) or _POLICY.search(text) is not None, BLOCKED


def says_unknown(text: str) -> bool:
    """Whether it says in words that nobody has that address."""
    return _UNKNOWN.search(text) is not None


def code_in(text: str) -> str:
    """The status in what a server said, such as `5.1.1`, or the number of its answer, such as `550`."""
    if found := _STATUS.search(text):
        return found.group()
    reply = _REPLY.search(text)
    return reply.group(1) if reply else ""
