"""Another system's suppression list, from a CSV file: addresses, and what else it says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.formulas import unguarded
from crmkit.core.files.short_csv import listed_problems, rows_of
from crmkit.core.instants import parse_instant
from crmkit.core.model.suppression import (
    BOUNCE,
    COMPLAINT,
    ERASED,
    MANUAL,
    OBJECTION,
    REASONS,
    SOFT_BOUNCES,
)
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.suppressions.addresses import normalised
from crmkit.core.suppressions.service import Suppressed
from crmkit.core.suppressions.strikes import REST

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("address", "email", "e-mail", "email address", "e-mail address", "recipient", "phone",
                "phone number", "number", "contact"),
    "kind": ("kind",),
    "reason": ("reason", "type", "status", "event"),
    "purpose": ("purpose", "list"),
    "scope": ("scope",),
    "at": ("at", "date", "created", "created_at", "created at", "time", "since"),
    "until": ("until", "expires"),
    "note": ("note", "comment", "description"),
}  # fmt: skip
# As other systems call them.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    OBJECTION: ("objection", "unsubscribe", "unsubscribed", "unsubscribes", "optout", "optedout"),
    ERASED: ("erased", "erasure", "forgotten", "deleted"),
    COMPLAINT: ("complaint", "complained", "spam", "spamcomplaint", "spamreport", "abuse"),
    BOUNCE: ("bounce", "bounced", "hardbounce", "hardbounced", "permanent", "invalid", "cleaned", "dead"),
    SOFT_BOUNCES: ("softbounces", "softbounce", "softbounced", "transient", "blocked", "deferred"),
    MANUAL: ("manual", "suppressed", "blacklist", "blacklisted", "blocklist", "blocklisted", "denied"),
}  # fmt: skip


def kind_of(address: str, kind: str | None = None) -> str:
    """The kind of an address: as it is said, else by how it looks. Raises `Invalid`."""
    if kind:
        return kind
    text = address.strip()
    if "@" in text.strip("@"):
        return "email"
    if text.removeprefix("+")[:1].isdigit():
        return "phone"
    raise Invalid(
        phrase("{text} is neither an e-mail address nor a phone number", text=quoted(text)),
        hint="Say what it is: --kind handle",
    )


def suppressed_in(
    kernel: Kernel, path: Path, *, reason: str | None = None, purpose: str = "", kind: str | None = None
) -> list[Suppressed]:
    """What a file lists, in its order; where a line has no reason of its own it has this one.

    Without a header there is one column. Raises `NotFound` for a missing file and `Invalid`, which names the
    first lines that cannot be used.
    """
    found, wrong = list[Suppressed](), list[str]()
    for line, cells in _lines(path):
        try:
            found.append(_listed(kernel, cells, reason, purpose, kind))
        except CrmError as error:
            wrong.append(phrase("line {line}: {problem}", line=line, problem=error.message))
    if wrong:
        raise Invalid(
            phrase(
                "{path} has lines that cannot be listed; none was kept\n{lines}",
                path=quoted(path.name),
                lines=listed_problems(wrong),
            ),
            hint=phrase(
                "Each line is an address, and perhaps a reason: {reasons}", reasons=", ".join(REASONS)
            ),
            problems=wrong,
        )
    return found


def _listed(
    kernel: Kernel, cells: Mapping[str, str], reason: str | None, purpose: str, kind: str | None
) -> Suppressed:
    now = kernel.clock.now()
    address = cells["address"]
    what = kind_of(address, cells.get("kind") or kind)
    normalised(kernel, what, address)
    why = _reason(cells.get("reason", ""), reason)
    at, until = _instant(kernel, cells.get("at", "")), _instant(kernel, cells.get("until", ""))
    if why == SOFT_BOUNCES and until is None:
        until = (at or now) + REST
    return Suppressed(
        kind=what, address=address, reason=why, purpose=cells.get("purpose", "") or purpose,
        scope=cells.get("scope") or None, at=at, until=until, note=cells.get("note", ""),
        # A line without a day may be old: it does not outweigh what somebody agreed to since.
        renews=at is not None,
    )  # fmt: skip


def _reason(text: str, default: str | None) -> str:
    word = "".join(char for char in text.casefold() if char.isalnum())
    if not word:
        return default or OBJECTION
    found = next((reason for reason, words in _WORDS.items() if word in words), None)
    if found is None:
        raise Invalid(
            phrase("{text} is no reason; there are: {reasons}", text=quoted(text), reasons=", ".join(REASONS))
        )
    return found


def _instant(kernel: Kernel, text: str) -> int | None:
    return parse_instant(text, kernel.tz, kernel.clock.now()) if text else None


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    places: dict[str, int] | None = None
    for line, cells in rows_of(path):
        if places is None:
            places = _places([cell.strip().lower() for cell in cells])
            if places is not None:
                continue
            places = {"address": 0}
        yield (
            line,
            {name: unguarded(cells[at].strip()) if at < len(cells) else "" for name, at in places.items()},
        )


def _places(header: list[str]) -> dict[str, int] | None:
    """Where each column stands; None where the first line is no header."""
    found = {
        name: header.index(each)
        for name, spellings in _HEADERS.items()
        if (each := next((each for each in spellings if each in header), None)) is not None
    }
    return found if "address" in found else None
