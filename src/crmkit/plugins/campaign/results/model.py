"""What came of messages, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from crmkit.plugin import RuleReport


@frozen(kw_only=True)
class MessageFigures:
    """Counts of messages; of all that were planned, or of one `group`.

    `planned` = sent + unconfirmed + failed + skipped + withheld + waiting + undone. What was heard counts
    messages, each once: `delivered` were sent and did not come back, `opened` and `clicked` are people's;
    `opened_by_machines` and `clicked_by_machines` count those that nobody but a machine touched. Whoever
    follows a link or answers has opened the message. None is what nobody tells: no channel in use says so.

    `reached` of the `customers` who were sent any came to the outcome in time, and what they brought is
    `revenue`; `credited` is what attribution puts down to the messages (both minor units of the business's
    currency, less refunds), for `purchases`.
    """

    group: str | None = None
    planned: int = 0
    people: int = 0
    sent: int = 0
    unconfirmed: int = 0
    failed: int = 0
    skipped: int = 0
    withheld: int = 0
    waiting: int = 0
    undone: int = 0
    delivered: int | None = None
    bounced: int | None = None
    opened: int | None = None
    opened_by_machines: int | None = None
    clicked: int | None = None
    clicked_by_machines: int | None = None
    replied: int = 0
    complained: int | None = None
    unsubscribed: int = 0
    customers: int = 0
    reached: int = 0
    revenue: int = 0
    credited: int = 0
    purchases: int = 0

    def rate(self, name: str) -> float | None:
        """A share between 0 and 1: `delivered` and `bounced` of what was sent, the others of what was
        delivered; `click_to_open` of what was opened. None where there is nothing to divide, or to tell."""
        if name == "click_to_open":
            return _share(self.clicked, self.opened)
        if name in ("delivered", "bounced"):
            return _share(getattr(self, name), self.sent)
        return _share(getattr(self, name), self.sent if self.delivered is None else self.delivered)


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


@frozen(kw_only=True)
class Results:
    """What came of everything that one `origin` wrote.

    `report` compares the groups, where some customers are left alone or variants are tried: it comes first,
    for nothing else tells what was changed; `untold` says why there is none; `is_closing` that it is
    cancelled, and compared once the worker has settled what waited. `whole` and the `groups` (of
    `by`) count messages. `outcome` and `within` say what `reached` waits for. `left_out` are recipients of a
    campaign of whom the ledger knows nothing, by why: left out by a gate, erased, or still to come.
    Attribution by `model` is descriptive.
    """

    origin: str
    currency: str
    outcome: str
    within: str
    model: str
    whole: MessageFigures
    by: str | None = None
    groups: tuple[MessageFigures, ...] = ()
    report: RuleReport | None = None
    untold: str = ""
    is_closing: bool = False
    left_out: Mapping[str, int] = field(factory=dict)

    @property
    def audience(self) -> int:
        """Everybody for whom a message was meant: sent + unconfirmed + failed + skipped + withheld + waiting
        + undone + left out."""
        return self.whole.planned + sum(self.left_out.values())
