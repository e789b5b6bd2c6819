"""Askings: one survey, sent to one customer, found by the number of its message in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit import NotFound
from crmkit.plugin import RecordDraft, records_acted_upon
from crmkit.plugins.collaborative.surveys.action import fields_of
from crmkit.plugins.collaborative.surveys.file import SCORE, SurveyFile, survey_file
from crmkit.plugins.collaborative.surveys.strategy_words import SEND, SurveySending
from crmkit.plugins.collaborative.surveys.tables import ANSWER_TABLE
from crmkit.plugins.collaborative.surveys.words import SENT, SURVEY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

# Handed over, or perhaps: the record is made in the same moment as the ledger hears that it has arrived.
_LEFT: Final = ("handing_over", "unconfirmed", "done")


@frozen(kw_only=True)
class Asking:
    """One asking. `id` is None while only the ledger knows of it; instants are microseconds UTC. `answers`
    are by question, as text. `is_rehearsal` where its message went to a file: nothing of it is kept."""

    id: int | None
    customer_id: int
    survey: str
    kind: str = ""
    state: str = SENT
    score: int | None = None
    about: str = ""
    sent_at: int = 0
    answered_at: int | None = None
    expires_at: int | None = None
    locale: str | None = None
    is_rehearsal: bool = False
    answers: Mapping[str, Sequence[str]] = field(factory=dict)


def asking_of(crm: Crm, execute: Callable[..., Any], effect: int, *, lock: bool = False) -> Asking | None:
    """The asking whose message is this effect; None where there is none, or where nobody has it any more."""
    table, customer = crm.tables.records[SURVEY], crm.tables.customer
    chosen = (
        sa.select(table, customer.c.locale)
        .join(customer, customer.c.id == table.c.customer_id)
        .where(table.c.effect == effect, table.c.archived_at.is_(None))
    )
    row = execute(chosen.with_for_update(of=table) if lock else chosen).first()
    answers = answers_of(crm, execute, row.id if row is not None else 0)
    if row is None:
        return _in_ledger(crm, execute, effect)
    return Asking(
        id=row.id, customer_id=row.customer_id, survey=row.survey, kind=row.kind, state=row.state,
        score=row.score, about=row.about or "", sent_at=row.sent_at, answered_at=row.answered_at,
        expires_at=row.expires_at, locale=row.locale, answers=answers,
    )  # fmt: skip


def _in_ledger(crm: Crm, execute: Callable[..., Any], effect: int) -> Asking | None:
    """Of a message that has left, and of which nobody knows yet whether it arrived; or that was rehearsed."""
    table, customer, record = crm.tables.effect, crm.tables.customer, crm.tables.records[SURVEY]
    known = sa.select(record.c.id).where(record.c.effect == effect).exists()
    chosen = (
        sa.select(
            table.c.customer_id, table.c.params, table.c.contact_at, table.c.rehearsed, customer.c.locale
        )
        .join(customer, customer.c.id == table.c.customer_id)
        .where(
            table.c.id == effect, table.c.action == SEND, table.c.state.in_(_LEFT),
            table.c.rehearsed == (1 if crm.rehearsal.is_on else 0), ~known,
        )
    )  # fmt: skip
    row = execute(chosen).first()
    if row is None:
        return None
    params = _params_of(row.params)
    try:
        fields = fields_of(crm, params, effect, row.contact_at, "")
    except NotFound:
        return None
    return Asking(
        id=None, customer_id=row.customer_id, survey=params.survey, kind=str(fields["kind"]),
        sent_at=row.contact_at, expires_at=fields["expires_at"], locale=row.locale,  # type: ignore[arg-type]
        is_rehearsal=bool(row.rehearsed),
    )  # fmt: skip


def ensured(crm: Crm, tx: Transaction, effect: int, asking: Asking) -> int:
    """The number of an asking's record, which is made where only the ledger knew of it."""
    if asking.id is not None:
        return asking.id
    table = crm.tables.effect
    row = tx.execute(sa.select(table.c.params, table.c.occasion).where(table.c.id == effect)).one()
    params = _params_of(row.params)
    about = records_acted_upon(crm, tx, [row.occasion]).get(row.occasion, "")
    draft = RecordDraft(
        customer=asking.customer_id, fields=fields_of(crm, params, effect, asking.sent_at, about), state=SENT
    )
    (id_,) = crm.records.save_all(SURVEY, [draft], source="survey").ids
    assert id_ is not None
    return id_


def _params_of(text: Any) -> SurveySending:
    import json

    said = json.loads(text) if isinstance(text, str) else text
    return SurveySending(**said)


def answers_of(crm: Crm, execute: Callable[..., Any], survey_id: int) -> dict[str, list[str]]:
    """What was answered, by question, as a form sends it."""
    table = crm.plugins.table(ANSWER_TABLE)
    found: dict[str, list[str]] = {}
    for row in execute(sa.select(table).where(table.c.survey_id == survey_id).order_by(table.c.id)):
        value = (
            row.text if row.text is not None else row.choice if row.choice is not None else str(row.number)
        )
        found.setdefault(row.question, []).append(value)
    return found


def can_change(crm: Crm, asking: Asking, file: SurveyFile) -> bool:
    """Whether an answer that was given can be changed now."""
    from crmkit.plugin import parse_duration, zone_of

    if asking.answered_at is None:
        return True
    return crm.clock.now() <= parse_duration(file.change_within).after(asking.answered_at, zone_of(crm))


def open_asking(
    crm: Crm, execute: Callable[..., Any], effect: int, *, lock: bool = False
) -> tuple[Asking, SurveyFile] | None:
    """An asking that can still be looked at, with its survey; None for one that has run out unanswered, or
    whose survey cannot be read any more."""
    asking = asking_of(crm, execute, effect, lock=lock)
    try:
        file = survey_file(crm, asking.survey if asking else "").value
    except NotFound:
        file = None
    if asking is None or file is None or (asking.kind and asking.kind != file.kind):
        return None
    has_ended = asking.expires_at is not None and crm.clock.now() > asking.expires_at
    return None if has_ended and SCORE not in asking.answers else (asking, file)
