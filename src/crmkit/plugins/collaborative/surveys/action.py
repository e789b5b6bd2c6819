"""Asking: what a survey fills into the action that sends it, and what is kept on record of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import Invalid
from crmkit.plugin import RecordDraft, parse_duration, records_acted_upon, zone_of
from crmkit.plugins.collaborative.surveys.file import edition_of, survey_file, usable
from crmkit.plugins.collaborative.surveys.strategy_words import SurveySending
from crmkit.plugins.collaborative.surveys.words import SENT, SURVEY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ActionItem, Transaction


def filled(params: SurveySending, crm: Crm) -> SurveySending:
    """The parameters with what the survey's file says. Raises `NotFound`, and `Invalid` for a broken file."""
    file = usable(crm, params.survey)
    said = file.required()
    if params.edition and not params.version:
        raise Invalid("The edition of a survey is not for anybody to say", hint="Take edition out.")
    return evolve(
        params, channel=params.channel or said.channel, template=params.template or said.template,
        purpose=params.purpose or said.purpose, edition=edition_of(file),
    )  # fmt: skip


def note_asked(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> None:
    """Keep on record that these customers were asked."""
    abouts = records_acted_upon(crm, tx, [item.occasion for item in items])
    drafts = [
        RecordDraft(
            customer=item.customer_id,
            fields=fields_of(crm, item.params, item.effect, tx.at, abouts.get(item.occasion, "")),
            state=SENT,
        )
        for item in items
    ]
    crm.records.save_all(SURVEY, drafts, source="survey").raise_refused()


def fields_of(crm: Crm, params: SurveySending, effect: int, at: int, about: str) -> dict[str, object]:
    """The fields of the record of an asking."""
    file = survey_file(crm, params.survey).required()
    return {
        "survey": params.survey,
        "kind": file.kind,
        "edition": params.edition,
        "about": about or None,
        "effect": effect,
        "sent_at": at,
        "expires_at": parse_duration(file.expires).after(at, zone_of(crm)),
    }
