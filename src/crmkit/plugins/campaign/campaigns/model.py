"""The values of campaigns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from crmkit.plugin import N_
from crmkit.plugins.campaign.campaigns.file import CampaignFile

# What a campaign is: its file alone, then each run of it.
DRAFT: Final = N_("draft")
SCHEDULED: Final = N_("scheduled")
RUNNING: Final = N_("running")
PAUSED: Final = N_("paused")
HELD: Final = N_("held")
DONE: Final = N_("done")
CANCELLED: Final = N_("cancelled")
OPEN: Final = (SCHEDULED, RUNNING, PAUSED, HELD)


@frozen(kw_only=True)
class Counts:
    """What has become of an audience, from the tables: sent + failed + unconfirmed + skipped + withheld +
    waiting = audience. `skipped_for` counts the skipped by gate or reason."""

    sent: int = 0
    failed: int = 0
    unconfirmed: int = 0
    skipped: int = 0
    withheld: int = 0
    waiting: int = 0
    audience: int = 0
    skipped_for: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Run:
    """One time that a campaign was sent, or the time since a recurring one began.

    `said` is what was confirmed, as a rule with its templates pinned; `digest` is of the file then.
    `rehearsed` says that what it sends goes to files. `held` is why it waits for a person. Instants are
    microseconds UTC.
    """

    id: int
    campaign: str
    number: int
    kind: str
    state: str
    rehearsed: bool
    said: Mapping[str, Any]
    digest: str
    confirmed_at: int
    confirmed_by: str
    looked_at: int
    looked_seq: int
    max_audience: int | None = None
    held: str | None = None
    allowed: int | None = None
    finished_at: int | None = None

    @property
    def rule(self) -> str:
        """Its rule: `campaign:spring`."""
        return f"campaign:{self.campaign}"

    @property
    def is_open(self) -> bool:
        """Whether anything may still be sent."""
        return self.state in OPEN

    def occasion(self, turn: str = "") -> str:
        """What is sent once in this run: the run itself, or a turn of it."""
        return f"{self.number}:{turn}" if turn else f"run:{self.number}"


@frozen(kw_only=True)
class Campaign:
    """A campaign: its file, its newest run if there is one, and how that stands. `is_changed` says that the
    file is another than was confirmed, while the run goes on; `file` is None where it is gone, or cannot be
    read."""

    name: str
    file: CampaignFile | None
    run: Run | None = None
    counts: Counts = field(factory=Counts)
    is_changed: bool = False

    @property
    def state(self) -> str:
        """`draft`, `scheduled`, `running`, `paused`, `held`, `done` or `cancelled`."""
        return self.run.state if self.run else DRAFT


@frozen(kw_only=True)
class Asked:
    """One gate, as it was asked about a customer: `answer` is `passed`, `decided` or `not asked`."""

    gate: str
    answer: str
    reason: str = ""


@frozen(kw_only=True)
class Why:
    """How a customer stands in a campaign: `state` in a few words, since when or until when (`at`), and the
    gates in their order. `is_now` says that the gates were asked at this moment, and not when it was
    decided."""

    campaign: str
    customer_id: int
    state: str
    reason: str = ""
    at: int | None = None
    arm: str | None = None
    run: int | None = None
    gates: Sequence[Asked] = ()
    is_now: bool = True
