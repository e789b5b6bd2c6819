"""What must always hold of deals, whoever saves them: stages, moves, dates, money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from crmkit import Invalid, Money
from crmkit.plugin import day_of, decisions, fold, phrase
from crmkit.plugins.operational.deals.settings import LOST, WON, Pipeline, Stage

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft, Refusal, Replace, Transaction
    from crmkit.plugins.operational.deals.settings import DealSettings
    from crmkit.plugins.operational.settings import Settings


def decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Settings,
) -> Iterable[Replace | Refusal]:
    """Each draft with what follows from it filled in, or why it cannot be."""
    today = day_of(crm, tx.at)

    def completed(draft: RecordDraft, before: Record | None) -> RecordDraft:
        return Decision(crm, settings.deals, today, tx.at, before).of(draft)

    return decisions(drafts, records, completed)


@frozen
class Decision:
    """What one draft comes to. `before` is the deal as it is, None for a new one."""

    crm: Crm
    deals: DealSettings
    today: date
    at: int
    before: Record | None

    def of(self, draft: RecordDraft) -> RecordDraft:
        """The draft with what follows from it. Raises `Invalid`."""
        fields = dict(draft.fields)
        name = self._pipeline(fields)
        pipeline = self.deals.all[name]
        if self.before is None or "pipeline" in fields:
            fields["pipeline"] = name
        stage = self._stage(draft, name, pipeline)
        enters = self.before is None or stage.name != self.before.state
        if enters:
            self._enter(fields, stage)
        self._money(fields, stage)
        self._check(fields, stage)
        if enters:
            self._require(fields, stage)
        state = stage.name if enters or draft.state is not None else None
        return evolve(draft, fields=fields, state=state)

    def _pipeline(self, fields: dict[str, Any]) -> str:
        said = fields.get("pipeline") or self._had("pipeline") or self.deals.usual
        found = next((each for each in self.deals.all if fold(each) == fold(said)), None)
        if found is None:
            raise Invalid(
                phrase('There is no pipeline "{pipeline}"', pipeline=said),
                hint=phrase("Give the deal another: {names}.", names=", ".join(self.deals.all)),
            )
        return found

    def _stage(self, draft: RecordDraft, name: str, pipeline: Pipeline) -> Stage:
        was = self.before.state if self.before else None
        wanted = draft.state or was or pipeline.open[0].name
        stage = next((each for each in pipeline.every if fold(each.name) == fold(wanted)), None)
        if stage is None:
            known = ", ".join(each.name for each in pipeline.every)
            raise Invalid(
                phrase('The pipeline "{name}" has no stage "{wanted}"', name=name, wanted=wanted),
                hint=phrase("Its stages: {known}.", known=known),
            )
        if was is None or stage.name == was or pipeline.stage(was) is None:
            return stage
        allowed = pipeline.leads_to(was)
        if stage.name not in allowed:
            hint = (
                phrase('From "{was}" it can move to: {allowed}.', was=was, allowed=", ".join(allowed))
                if allowed
                else phrase("There it ends.")
            )
            raise Invalid(
                phrase(
                    'A deal in "{name}" cannot move from "{was}" to "{stage}"',
                    name=name,
                    was=was,
                    stage=stage.name,
                ),
                hint=hint,
            )
        return stage

    def _enter(self, fields: dict[str, Any], stage: Stage) -> None:
        """What follows from coming into a stage."""
        if stage.name in (WON, LOST) or fields.get("probability") is None:
            fields["probability"] = stage.chance
        if not fields.get("stage_since"):
            fields["stage_since"] = self.at
        if stage.name not in (WON, LOST):
            if self.before is None and not fields.get("opened_on"):
                fields["opened_on"] = self.today
            if self.before is not None and self._had("lost_reason"):
                fields.setdefault("lost_reason", None)
        elif self.before is not None and not fields.get("close_on"):
            fields["close_on"] = self.today

    def _money(self, fields: dict[str, Any], stage: Stage) -> None:
        """What is given in another currency, in the business's own."""
        own = self.crm.config.crs.currency
        if not {"amount", "currency", "value"} & {*fields}:
            return
        given = {name: fields[name] for name in ("amount", "currency") if name in fields}
        if "value" in fields and fields["value"] not in (None, "") and given.get("amount") not in (None, ""):
            return  # both are given: an export that comes back
        if not given:  # another value: it is no longer the one that was converted
            if self._had("currency"):
                fields |= {"amount": None, "currency": None}
            return
        currency = str(given.get("currency") or self._had("currency") or own).strip().upper()
        amount = given.get("amount") or fields.get("value") or self._had("amount")
        if amount in (None, ""):
            return
        worth = amount if isinstance(amount, Money) else Money.of(_exact(amount), currency)
        on = self._day(fields, "close_on") if stage.name in (WON, LOST) else self.today
        fields["value"] = Money(self.crm.rates.convert(worth.minor, currency, on or self.today), own)
        foreign = currency != own
        fields["currency"] = currency if foreign else None
        fields["amount"] = str(worth).partition(" ")[0] if foreign else None

    def _check(self, fields: dict[str, Any], stage: Stage) -> None:
        value = self._value(fields)
        if value is not None and value.minor < 0:
            raise Invalid(phrase("A deal cannot be worth less than nothing: {value}", value=value))
        chance = fields.get("probability")
        if chance not in (None, "") and not 0 <= Decimal(str(chance)) <= 100:
            raise Invalid(
                phrase("{chance} is not a probability", chance=chance),
                hint="Give a percentage from 0 to 100.",
            )
        opened, closes = self._day(fields, "opened_on"), self._day(fields, "close_on")
        if opened and closes and closes < opened:
            raise Invalid(
                phrase(
                    "The deal would close on {closes}, before it began on {opened}",
                    closes=closes,
                    opened=opened,
                )
            )
        if stage.name in (WON, LOST):
            self._check_closed(stage, closes)

    def _check_closed(self, stage: Stage, closes: date | None) -> None:
        if closes is None:
            raise Invalid(
                phrase("A deal that is {stage} has a day on which it was closed", stage=stage.name),
                hint="Give it as close_on.",
            )
        if closes > self.today:
            raise Invalid(
                phrase(
                    "A deal cannot have been {stage} on {closes}, which has not come yet",
                    stage=stage.name,
                    closes=closes,
                )
            )

    def _require(self, fields: dict[str, Any], stage: Stage) -> None:
        """Whoever moves a deal to `lost` says why; one that comes as lost, as out of a file, need not."""
        needs = [*stage.needs]
        if stage.name == LOST and self.before is not None:
            needs.append("lost_reason")
        for name in needs:
            given = fields[name] if name in fields else self._had(name)
            if given in (None, ""):
                hint = phrase("Give it: --set {name}=…", name=name)
                if name == "lost_reason":
                    hint = phrase("Say why: {lost_reasons}.", lost_reasons=", ".join(self.deals.lost_reasons))
                raise Invalid(
                    phrase('A deal cannot be "{stage}" without {name}', stage=stage.name, name=name),
                    hint=hint,
                )

    def _value(self, fields: dict[str, Any]) -> Money | None:
        own = self.crm.config.crs.currency
        value = fields.get("value")
        if isinstance(value, str) and value:
            return Money.of(value.removesuffix(own).removeprefix(own).strip(), own)
        return Money.of(value, own) if isinstance(value, Decimal) else value or None

    def _day(self, fields: dict[str, Any], name: str) -> date | None:
        value = fields[name] if name in fields else self._had(name)
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        return _local_day(value, self.today) if value else None

    def _had(self, name: str) -> Any:
        return self.before.fields.get(name) if self.before else None


def _exact(amount: Any) -> str | Decimal | int:
    return amount.strip() if isinstance(amount, str) else amount


def _local_day(text: str, today: date) -> date:
    """As the core reads it, which has done so once: it is valid."""
    from datetime import timedelta

    shift = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(text.strip().lower())
    return date.fromisoformat(text.strip()) if shift is None else today + timedelta(days=shift)
