"""The file of a campaign: `campaigns/spring.toml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit import CrmError
from crmkit.plugin import N_, DeclaredFile, _, declared_files, joined, phrase, written_schedule
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.audiences.model import Audience
from crmkit.plugins.campaign.files import CAMPAIGNS, Condition, Fault, one_of

if TYPE_CHECKING:
    from crmkit import Crm

ORIGIN: Final = "campaign"
ONCE, RECURRING, TRIGGERED = "once", "recurring", "triggered"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ELSEWHERE: Final = {
    "do": N_("a campaign has one action; several steps are a journey"),
    "ask_first": N_("a campaign asks once: crm campaigns send"),
    "enabled": N_("a campaign does nothing until it is sent"),
    "max_acts": N_("a campaign has max_audience"),
}


@frozen(kw_only=True)
class CampaignFile:
    """What a campaign's file says. `said` has the action with its parameters, and whatever else stands in a
    rule: variants, control_group, outcome, within, priority, ends."""

    name: str = field(default="", metadata={"doc": "What people call it; the file's name, if not given."})
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    at: dt.datetime | None = field(default=None, metadata={"doc": "When it goes out, once."})
    run: str = field(default="", metadata={"doc": "When it goes out again and again: daily at 09:00."})
    on: str = field(default="", metadata={"doc": "The interaction type upon which it goes out."})
    who: str = field(default="", metadata={"doc": "The condition that its customers meet."})
    segment: str = field(default="", metadata={"doc": "In place of who: a segment."})
    view: str = field(default="", metadata={"doc": "In place of who: a saved view."})
    list: str = field(default="", metadata={"doc": "In place of who: a list that is kept by hand."})
    in_their_time: bool = field(
        default=False, metadata={"doc": "Whether at and run go by each customer's own clock."}
    )
    max_age: str = field(default="", metadata={"doc": "With on: events older than this it leaves alone."})
    max_audience: int | None = field(
        default=None, metadata={"doc": "It is held when there would be more at once."}
    )
    said: Mapping[str, Any] = field(
        default=_NOTHING, metadata={"rest": True, "doc": "The action, and what else a rule can say."}
    )

    @property
    def kind(self) -> str:
        """`once`, `recurring` or `triggered`."""
        return RECURRING if self.run else TRIGGERED if self.on else ONCE

    @property
    def audience(self) -> Audience:
        """For whom it is."""
        return Audience(who=self.who, segment=self.segment, view=self.view, list=self.list)

    @property
    def has_audience(self) -> bool:
        """Whether it says for whom; upon an event it need not."""
        return bool(self.audience.said)

    def rule(self) -> dict[str, Any]:
        """What stands in a rule, without when and who."""
        return dict(self.said) | ({"doc": self.doc} if self.doc else {})

    def timed(self, crm: Crm) -> dict[str, Any]:
        """As `rule`, with when and who, of one that goes out more than once."""
        who = Audiences(crm).condition(self.audience) if self.has_audience else ""
        timing = {"run": self.run, "on": self.on, "who": who, "max_age": self.max_age}
        own = {key: value for key, value in timing.items() if value}
        return self.rule() | own | ({"in_their_time": True} if self.run and self.in_their_time else {})

    def timing(self) -> str:
        """When it goes out, in a few words."""
        if self.kind == TRIGGERED:
            return _("upon each {type}", type=self.on)
        if self.run:
            when = written_schedule(self.run)
        else:
            when = f"{self.at:%Y-%m-%d %H:%M}" if self.at else _("when it is sent")
        return _("{when}, by each customer's clock", when=when) if self.in_their_time else when


def campaign_files(crm: Crm) -> Mapping[str, DeclaredFile[CampaignFile]]:
    """Every file of a campaign, by its name."""
    return declared_files(crm.config, CAMPAIGNS, CampaignFile)


def campaign_file(crm: Crm, name: str) -> DeclaredFile[CampaignFile]:
    """The file of one campaign. Raises `NotFound` with the nearest."""
    return one_of(campaign_files(crm), name, N_('There is no campaign "{name}"'), "crm campaigns")


def conditions_of(file: CampaignFile) -> Iterator[Condition]:
    """The conditions on whom it is for, and what it goes out upon."""
    yield ("who",), file.who, ""
    if file.segment:
        yield ("segment",), f"in({file.segment})", ""
    if file.on:
        yield ("on",), "", file.on


def faults_of(crm: Crm, name: str, file: CampaignFile) -> Iterator[Fault]:
    """(keys, what is wrong there, what to do) of a campaign that can be read."""
    yield from _faults_of_timing(file)
    for key, why in _ELSEWHERE.items():
        if key in file.said:
            yield (key,), phrase("{key} is not for campaigns: {why}", key=key, why=phrase(why)), ""
            return
    if file.has_audience or file.kind != TRIGGERED:
        try:
            condition = Audiences(crm).condition(file.audience)
            crm.predicates.parse(condition)
        except CrmError as error:
            keys = tuple(key for key, _ in file.audience.said)[:1]
            yield keys, error.message, error.hint or ""
            return
    said = file.rule() if file.kind == ONCE else file.timed(crm)
    yield from crm.strategy.draft(f"{ORIGIN}:{name}", said).faults()


def _faults_of_timing(file: CampaignFile) -> Iterator[Fault]:
    given = [key for key in ("at", "run", "on") if getattr(file, key)]
    if len(given) > 1:
        yield (
            (given[1],),
            phrase("{given} cannot go together", given=joined(phrase(" and "), given)),
            phrase("Keep one of them."),
        )
    if file.in_their_time and not (file.at or file.run):
        yield ("in_their_time",), phrase("in_their_time needs at or run: an hour by their clocks"), ""
    if file.in_their_time and file.at is not None and file.at.tzinfo is not None:
        yield (
            ("at",),
            phrase("at has an offset, and in_their_time means each customer's own"),
            phrase("Leave it out."),
        )
    if file.max_age and not file.on:
        yield ("max_age",), phrase("max_age is about events, and without on there are none"), ""
    if file.max_audience is not None and file.max_audience < 1:
        yield (
            ("max_audience",),
            phrase("max_audience is {max_audience}: nobody", max_audience=file.max_audience),
            "",
        )
