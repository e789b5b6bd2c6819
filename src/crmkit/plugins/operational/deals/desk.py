"""The sales desk: what is done with deals, over the records of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from crmkit import RecordDraft
from crmkit.plugins.operational.deals.board import BoardStage, board
from crmkit.plugins.operational.deals.contacts import Contact, Contacts
from crmkit.plugins.operational.deals.forecast import Forecast, forecast
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.saving import saved
from crmkit.plugins.operational.deals.settings import LOST, WON
from crmkit.plugins.operational.deals.waterfall import Waterfall, waterfall

if TYPE_CHECKING:
    from crmkit import Crm, Money
    from crmkit.plugin import Period, Record
    from crmkit.plugins.operational.settings import Settings

Ref = int | str


class SalesDesk:
    """The deals of one business, for whoever `crm` acts for.

    A deal is named by its number, `deal:12`, or words that only its name has. Methods raise `NotFound`,
    `Ambiguous`, `Invalid` for what a pipeline does not allow, `Conflict` for another `version`.
    """

    def __init__(self, crm: Crm, settings: Settings) -> None:
        self._crm = crm
        self._settings = settings

    def add(
        self,
        customer: Ref,
        name: str,
        value: Money | str | None = None,
        *,
        stage: str | None = None,
        owner: Ref | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Record:
        """A new deal of a customer, in the first stage of its pipeline unless `stage` says otherwise."""
        given = {"name": name, "value": value, **(fields or {})}
        present = {key: each for key, each in given.items() if each is not None}
        return saved(self._crm, RecordDraft(customer=customer, fields=present, state=stage, owner=owner))

    def move(
        self, deal: Ref, stage: str, version: int | None = None, fields: Mapping[str, Any] | None = None
    ) -> Record:
        """Move a deal to another stage, and set fields that the stage may need, at once.

        Raises `Conflict`, with the `version` that it has now, where somebody changed it since `version`, or
        without one since it was read here.
        """
        found = self._crm.records.get(DEAL, deal)
        seen = found.version if version is None else version
        return saved(
            self._crm, RecordDraft(id=found.id, state=stage, version=seen, fields=dict(fields or {}))
        )

    def win(self, deal: Ref, on: date | None = None) -> Record:
        """The deal is won, today unless `on` says otherwise."""
        return self.move(deal, WON, fields={"close_on": on} if on else None)

    def lose(self, deal: Ref, reason: str, on: date | None = None) -> Record:
        """The deal is lost, for one of the `lost_reasons`."""
        return self.move(deal, LOST, fields={"lost_reason": reason} | ({"close_on": on} if on else {}))

    def next(self, deal: Ref, step: str | None, on: date | None = None) -> Record:
        """What is to be done next, and by when; None for nothing."""
        found = self._crm.records.get(DEAL, deal)
        return saved(self._crm, RecordDraft(id=found.id, fields={"next_step": step, "next_on": on}))

    def board(
        self, pipeline: str | None = None, owner: Ref | None = None, top: int = 5
    ) -> Sequence[BoardStage]:
        """The open stages of a pipeline (the usual one, when None) with what is in them."""
        return board(self._crm, self._settings.deals, pipeline, owner, top)

    def forecast(
        self, period: Period | None = None, *, by: str | None = None, as_of: int | None = None
    ) -> Forecast:
        """What open and won deals that close in `period` come to; `by` is employee, team, pipeline or
        quarter. `as_of` is an instant in the past as of which to tell, by the change log."""
        return forecast(self._crm, self._settings, period, by, as_of)

    def waterfall(self, since: int, period: Period | None = None, *, until: int | None = None) -> Waterfall:
        """How the open deals that close in `period` came from what they were worth at `since` to now."""
        return waterfall(self._crm, since, period, until)

    def contacts(self, deal: Ref) -> Sequence[Contact]:
        """Who has which part in a deal, beside the customer whose it is."""
        return Contacts(self._crm).of(self._crm.records.get(DEAL, deal).id)

    def add_contact(self, deal: Ref, customer: Ref, role: str) -> Contact:
        """Somebody's part in a deal; another role of the same person replaces the one before."""
        return Contacts(self._crm).add(self._crm.records.get(DEAL, deal).id, customer, role)

    def remove_contact(self, deal: Ref, customer: Ref) -> Contact:
        """Somebody no longer has a part in a deal."""
        return Contacts(self._crm).remove(self._crm.records.get(DEAL, deal).id, customer)
