"""Results: what came of everything that campaigns, journeys and rules write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from attrs import fields_dict

from crmkit import CrmError, Invalid, NotFound
from crmkit.plugin import did_you_mean, phrase
from crmkit.plugins.campaign.results.model import MessageFigures, Results
from crmkit.plugins.campaign.results.settings import MODELS, micros

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period, RuleReport
    from crmkit.plugins.campaign.results.credits import Division
    from crmkit.plugins.campaign.results.messages import Whose
    from crmkit.plugins.campaign.results.settings import AttributionSettings

_KINDS: Final = ("campaign", "journey", "rule")
# By what messages are grouped: what customers are, when, and what the messages are themselves.
_GROUPS: Final = ("customer", "time", "origin", "step", "variant", "channel")
_CLOSING: Final = phrase("it is being cancelled, and the worker has not done with it")
_TOLD_BY_TYPE: Final = {
    "bounced": ("delivered", "bounced"), "complained": ("complained",),
    "opened": ("opened", "opened_by_machines"), "clicked": ("clicked", "clicked_by_machines"),
}  # fmt: skip


class CampaignResults:
    """What came of messages, of customers whom the acting person sees."""

    def __init__(self, crm: Crm, attribution: AttributionSettings) -> None:
        self._crm = crm
        self._attribution = attribution

    def every(
        self, *, period: str | Period = "all time", where: str | None = None, model: str | None = None,
        as_of: int | None = None,
    ) -> Mapping[str, MessageFigures]:  # fmt: skip
        """What came of each origin that has written to anybody, by origin; who came to an outcome is not
        among it. Arguments and errors as in `of`."""
        asked = {"period": period, "where": where, "as_of": as_of, "by": "origin", "groups": _GROUPS}
        counted, credited = self._counted(self._whose(), asked), self._credited(self._whose(), asked, model)
        known = self._told(as_of)
        return {
            str(row["group"]): _figures(known, row, credited.get(row["group"], {}))
            for row in counted.values()
            if row["planned"]
        }

    def of(
        self,
        name: str,
        *,
        by: str | None = None,
        period: str | Period = "all time",
        where: str | None = None,
        model: str | None = None,
        as_of: int | date | None = None,
    ) -> Results:
        """What came of `name`: an origin such as `journey:win-back`, or the name of a campaign, journey or
        rule alone.

        Messages of `period` count, to customers who meet the predicate `where`. `by` groups them: `step`,
        `variant`, `channel`, `day`, `week`, `month`, `segment:NAME`, a field and whatever else groups metrics
        of customers; who somebody is, is what they are at `as_of`. `model` divides purchases (first, last,
        linear, position, decay). Raises `NotFound` with the nearest name, `Invalid`, `MissingRate`.
        """
        origin = self.origin_of(name)
        report, untold = self._report(origin)
        is_closing = report is None and self._is_closing(origin)
        outcome, within = self._awaited(report)
        whose = self._whose(origin)
        asked = {"period": period, "where": where, "as_of": as_of, "groups": _GROUPS}
        known = self._told(as_of)
        whole = self._all(whose, asked, known, model, outcome, within)
        groups = self._all(whose, asked | {"by": by}, known, model, outcome, within) if by else []
        is_whole = (period, where) == ("all time", None)
        return Results(
            origin=origin, currency=self._crm.config.crs.currency, outcome=outcome, within=within,
            model=self._model(model), whole=whole[0] if whole else MessageFigures(), by=by,
            groups=tuple(groups), report=report,
            untold=_CLOSING if is_closing else untold, is_closing=is_closing,
            left_out=self._left_out(origin, whose) if is_whole else {},
        )  # fmt: skip

    def origin_of(self, name: str) -> str:
        """The origin that `name` means. Raises `NotFound` with the nearest."""

        known = self._origins()
        candidates = [name] if ":" in name else [f"{kind}:{name}" for kind in _KINDS]
        for each in candidates:
            if each in known:
                return each
        hint = did_you_mean(
            name,
            [*known, *(each.partition(":")[2] for each in known)],
            phrase("See them: crm campaigns results"),
        )
        raise NotFound(phrase('Nothing called "{name}" writes to anybody', name=name), hint=hint)

    def _origins(self) -> set[str]:
        """Of what is declared, and of what has ever written."""
        import sqlalchemy as sa

        from crmkit.plugins.campaign.results.messages import Whose

        declared = {
            each.name if ":" in each.name else f"rule:{each.name}" for each in self._crm.strategy.every_rule()
        }
        effect = self._crm.tables.effect
        with self._crm.reading() as execute:
            written = execute(
                sa.select(effect.c.origin).where(Whose(rehearsed=True).among(effect)).distinct()
            ).scalars()
            return declared | set(written)

    def _whose(self, origin: str | None = None) -> Whose:
        from crmkit.plugins.campaign.results.messages import Whose

        return Whose(origin=origin, rehearsed=self._crm.rehearsal.is_on)

    def _all(
        self,
        whose: Whose,
        asked: dict[str, Any],
        known: frozenset[str],
        model: str | None,
        outcome: str,
        within: str,
    ) -> list[MessageFigures]:
        from crmkit.plugins.campaign.results.outcomes import Awaited, reached

        awaited = Awaited(outcome=outcome, within=micros(within))
        came = self._by_group(partial(reached, whose=whose, awaited=awaited), asked)
        credited = self._credited(whose, asked, model)
        return [
            _figures(known, row, came.get(group, {}), credited.get(group, {}))
            for group, row in self._counted(whose, asked).items()
        ]

    def _counted(self, whose: Whose, asked: dict[str, Any]) -> dict[Any, Mapping[str, Any]]:
        from crmkit.plugins.campaign.results.messages import counted

        return self._by_group(partial(counted, whose=whose), asked)

    def _credited(
        self, whose: Whose, asked: dict[str, Any], model: str | None
    ) -> dict[Any, Mapping[str, Any]]:
        from crmkit.plugins.campaign.results.credits import credited

        return self._by_group(partial(credited, whose=whose, division=self._division(model)), asked)

    def _by_group(self, compute: Any, asked: dict[str, Any]) -> dict[Any, Mapping[str, Any]]:
        return {row.get("group"): row for row in self._crm.metrics.figures(compute, **asked)}

    def _division(self, model: str | None) -> Division:
        from crmkit.plugins.campaign.results.credits import Division

        said = self._attribution
        return Division(
            model=self._model(model), window=micros(said.window), half_life=micros(said.half_life)
        )

    def _model(self, model: str | None) -> str:
        if model is not None and model not in MODELS:
            raise Invalid(
                phrase('There is no attribution "{model}"', model=model),
                hint=phrase("There are: {names}", names=", ".join(MODELS)),
                value=model,
            )
        return model or self._attribution.model

    def _report(self, origin: str) -> tuple[RuleReport | None, str]:
        """(the comparison of the groups, why there is none)."""
        try:
            return self._crm.strategy.report(origin.removeprefix("rule:")), ""
        except CrmError as error:
            return None, error.message

    def _is_closing(self, origin: str) -> bool:
        """Whether this is a campaign that was cancelled, and the worker still has to settle what waited."""
        from crmkit.plugins.campaign.campaigns.model import CANCELLED
        from crmkit.plugins.campaign.campaigns.runs import newest_runs

        kind, _, name = origin.partition(":")
        if kind != "campaign":
            return False
        with self._crm.reading() as execute:
            run = newest_runs(self._crm, execute, [name]).get(name)
        return run is not None and run.state == CANCELLED and run.finished_at is None

    def _awaited(self, report: RuleReport | None) -> tuple[str, str]:
        """(outcome, within): what the rule itself waits for; else purchases, as attribution does."""
        if report is None or report.within is None:
            return "purchase", self._attribution.window
        return report.outcome, report.within

    def _told(self, as_of: int | date | None) -> frozenset[str]:
        """What is known of messages at all: where no channel says so, or none ever did, nobody knows."""
        import sqlalchemy as sa

        from crmkit.plugins.campaign.results.messages import heard_types

        question = self._crm.metrics.question(as_of=as_of)
        interaction, types = self._crm.tables.interaction, heard_types(question)
        known: set[str] = set()
        with self._crm.reading() as execute:
            for name, fields in _TOLD_BY_TYPE.items():
                ever = (
                    sa.select(interaction.c.seq).where(interaction.c.type.in_(types.get(name, []))).limit(1)
                )
                is_tracked = name not in ("opened", "clicked") or execute(ever).first() is not None
                if name in types and is_tracked:
                    known |= set(fields)
        return frozenset(known)

    def _left_out(self, origin: str, whose: Whose) -> dict[str, int]:
        """Recipients of a campaign of whom the ledger knows nothing (yet), by why."""
        from crmkit.plugins.campaign.results.recipients import unwritten

        kind, _, name = origin.partition(":")
        return unwritten(self._crm, name, rehearsed=whose.rehearsed) if kind == "campaign" else {}


def _figures(known: frozenset[str], *parts: Mapping[str, Any]) -> MessageFigures:
    """The figures of one group, from rows that each have some of them."""
    found: dict[str, Any] = {}
    telling = {name for names in _TOLD_BY_TYPE.values() for name in names}
    for name in fields_dict(MessageFigures):
        value = next((part[name] for part in parts if name in part), None)
        if name == "group":
            found[name] = value
        elif value is not None and (name not in telling or name in known):
            found[name] = int(value)
    return MessageFigures(**found)
