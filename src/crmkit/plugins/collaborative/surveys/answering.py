"""Answering: what somebody sends is looked at, and kept once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit import Conflict, CrmError
from crmkit.plugin import N_, RecordDraft, fold
from crmkit.plugins.collaborative.feedback import BAD, BadFeedback
from crmkit.plugins.collaborative.surveys.asking import Asking, can_change, ensured, open_asking
from crmkit.plugins.collaborative.surveys.file import NO, SCORE, YES, Question, SurveyFile
from crmkit.plugins.collaborative.surveys.tables import ANSWER_TABLE
from crmkit.plugins.collaborative.surveys.words import (
    ANSWER,
    ANSWERED,
    DECLINED,
    SENT,
    SURVEY,
    Answered,
)

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

Answers = Mapping[str, Sequence[str]]
SOURCE: Final = "survey"
# What is wrong with an answer; the page says it in the reader's language.
MISSING, NO_CHOICE, TOO_LONG = "missing", "no_choice", "too_long"
LONGEST: Final = 4_000


@frozen(kw_only=True)
class Outcome:
    """What became of what somebody sent: `wrong` by question, else the asking as it is now; `was_late` where
    it could not be changed any more."""

    asking: Asking
    file: SurveyFile
    wrong: Mapping[str, str]
    was_late: bool = False


def wrong_in(file: SurveyFile, given: Answers, shown: Sequence[str]) -> dict[str, str]:
    """What is wrong with the answers to the questions that were shown, by question."""
    low, high = file.bounds
    found: dict[str, str] = {}
    if SCORE in shown and not _is_score(given.get(SCORE, ()), low, high):
        found[SCORE] = MISSING
    for each in file.questions:
        if each.id in shown and given.get(each.id) and (fault := _fault(each, given[each.id])):
            found[each.id] = fault
    return found


def _is_score(values: Sequence[str], low: int, high: int) -> bool:
    return len(values) == 1 and values[0] in {str(each) for each in range(low, high + 1)}


def _fault(question: Question, values: Sequence[str]) -> str:
    if question.type == "text":
        return TOO_LONG if len(values) > 1 or len(values[0]) > LONGEST else ""
    if question.type == "score":
        return "" if _is_score(values, *question.bounds) else NO_CHOICE
    there = {YES, NO} if question.type == "yes-no" else {*question.choices}
    most = len(there) if question.type == "choices" else 1
    return "" if {*values} <= there and len(values) <= most else NO_CHOICE


def answer(crm: Crm, effect: int, given: Answers, shown: Sequence[str]) -> Outcome | None:
    """Keep what somebody answers to the questions that they were shown; None where nobody is asked any more.

    Twice the same, at once or later, counts once; what is other within the survey's `change_within` takes the
    place of what was said before.
    """
    with crm.transaction() as tx:
        found = open_asking(crm, tx.execute, effect, lock=True)
        if found is None:
            return None
        asking, file = found
        if not can_change(crm, asking, file):
            return Outcome(asking=asking, file=file, wrong={}, was_late=True)
        if SCORE not in asking.answers:
            shown = [SCORE, *(each for each in shown if each != SCORE)]
        wrong = wrong_in(file, given, shown)
        if wrong:
            return Outcome(asking=asking, file=file, wrong=wrong)
        answers = _together(file, asking.answers, given, shown)
        if asking.is_rehearsal:
            return Outcome(asking=evolve(asking, answers=answers), file=file, wrong={})
        if answers != {name: list(each) for name, each in asking.answers.items()}:
            _keep(crm, tx, ensured(crm, tx, effect, asking), asking, file, answers)
        kept = open_asking(crm, tx.execute, effect)
    assert kept is not None
    _keep_in(crm, *kept)
    return Outcome(asking=kept[0], file=kept[1], wrong={})


def decline(crm: Crm, effect: int) -> None:
    """Note that somebody would rather not answer; an answer that was given stands."""
    with crm.transaction() as tx:
        found = open_asking(crm, tx.execute, effect, lock=True)
        if found is not None and found[0].state == SENT and not found[0].is_rehearsal:
            declined = RecordDraft(id=ensured(crm, tx, effect, found[0]), state=DECLINED)
            crm.records.save_all(SURVEY, [declined], source=SOURCE).raise_refused()


def _together(
    file: SurveyFile, before: Answers, given: Answers, shown: Sequence[str]
) -> dict[str, list[str]]:
    """What stands now: new answers to what was shown, else earlier ones, of questions that still apply."""

    def said(name: str) -> list[str]:
        values = given.get(name, ()) if name in shown else before.get(name, ())
        return [each for each in dict.fromkeys(value.strip() for value in values) if each]

    found = {SCORE: said(SCORE)}
    for each in file.questions:
        if each.applies(found) and (values := said(each.id)):
            found[each.id] = values
    return found


def _keep(
    crm: Crm, tx: Transaction, id_: int, asking: Asking, file: SurveyFile, answers: Mapping[str, list[str]]
) -> None:
    table = crm.plugins.table(ANSWER_TABLE)
    tx.execute(table.delete().where(table.c.survey_id == id_))
    rows = [
        {"customer_id": asking.customer_id, "survey_id": id_, "question": name, **_columns(file, name, value)}
        for name, values in answers.items()
        for value in values
    ]
    tx.execute(table.insert(), rows)
    score = int(answers[SCORE][0])
    fields: dict[str, Any] = {"score": score}
    if asking.answered_at is None:
        fields["answered_at"] = tx.at
    answered = RecordDraft(id=id_, fields=fields, state=ANSWERED)
    crm.records.save_all(SURVEY, [answered], source=SOURCE).raise_refused()
    _tell(crm, tx, id_, asking, file, score, _comment(file, answers))


def _columns(file: SurveyFile, name: str, value: str) -> dict[str, Any]:
    kind = "score" if name == SCORE else next(each.type for each in file.questions if each.id == name)
    empty: dict[str, Any] = {"number": None, "choice": None, "text": None, "folded": None}
    if kind == "score":
        return {**empty, "number": int(value)}
    if kind == "text":
        return {**empty, "text": value, "folded": fold(value)}
    return {**empty, "choice": value}


def _comment(file: SurveyFile, answers: Answers) -> str:
    """All that was written, in the order of the questions."""
    texts = (answers.get(each.id, ()) for each in file.questions if each.type == "text")
    return "\n".join(text for values in texts for text in values)


def _tell(
    crm: Crm, tx: Transaction, id_: int, asking: Asking, file: SurveyFile, score: int, comment: str
) -> None:
    """Put it onto the timeline: once, and put right where it is changed."""
    said = Answered(survey=asking.survey, kind=file.kind, score=score, comment=comment, about=asking.about)
    bad = BadFeedback(where=f"survey:{asking.survey}", score=score, text=comment, about=asking.about)
    _told(crm, tx, asking.customer_id, ANSWER, said, f"{SURVEY}:{id_}")
    if score <= file.bad_up_to or _standing(crm, tx, f"{BAD}:{id_}") is not None:
        _told(crm, tx, asking.customer_id, BAD, bad, f"{BAD}:{id_}", is_void=score > file.bad_up_to)


def _told(
    crm: Crm,
    tx: Transaction,
    customer_id: int,
    type_: str,
    said: Any,
    reference: str,
    *,
    is_void: bool = False,
) -> None:
    standing = _standing(crm, tx, reference)
    if is_void:
        if standing is not None:
            with suppress(Conflict):  # it was taken back before
                crm.interactions.void(standing, N_("the answer was changed"))
    elif standing is None:
        crm.interactions.record(
            customer_id, type_, payload=said, direction="in", source=SOURCE, source_ref=reference
        )
    else:
        with suppress(Conflict):  # somebody here has taken it back: then it stays so
            crm.interactions.correct(standing, payload=said)


def _standing(crm: Crm, tx: Transaction, reference: str) -> int | None:
    """The number of what was told under a reference, as it was put right last."""
    interaction = crm.tables.interaction
    seq, after = interaction.c.seq, interaction.c.superseded_by
    same = sa.and_(interaction.c.source == SOURCE, interaction.c.source_ref == reference)
    row = tx.execute(sa.select(seq, after).where(same)).first()
    while row is not None and row.superseded_by is not None:
        row = tx.execute(sa.select(seq, after).where(seq == row.superseded_by)).first()
    return None if row is None else int(row.seq)


def _keep_in(crm: Crm, asking: Asking, file: SurveyFile) -> None:
    """The score in the field of the record that the survey is about, where the survey's file names one."""
    kind, _, number = asking.about.partition(":")
    if file.keep_in and number.isdecimal() and asking.score is not None:
        with suppress(CrmError):  # it is gone, or has no such field: the answer stands all the same
            crm.records.update(kind, int(number), {file.keep_in: asking.score}, source=SOURCE)
