"""The file of a survey: `surveys/nps.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from attrs import field, frozen

from crmkit import CrmError, Invalid, NotFound
from crmkit.plugin import DeclaredFile, declared_files, did_you_mean, phrase
from crmkit.plugins.collaborative.surveys.kinds import SCALES
from crmkit.plugins.collaborative.surveys.settings import a_length

if TYPE_CHECKING:
    from crmkit import Crm

FOLDER: Final = "surveys"
SCORE: Final = "score"
_RANGE: Final = re.compile(r"(\d{1,3})?(\.\.)?(\d{1,3})?")
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")
YES, NO = "yes", "no"
_WIDEST: Final = 11
_NONE: Final[Mapping[str, str]] = {}
# (keys of the file, what is wrong there, what to do)
Fault = tuple[tuple[str | int, ...], str, str]


def bounds_of(text: str) -> tuple[int | None, int | None] | None:
    """(lowest, highest) of `..6`, `7..`, `3..5` or `4`; None for any other text."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or not (found[1] or found[3]) or (found[3] and not found[2]):
        return None
    low, high = (int(each) if each else None for each in (found[1], found[3]))
    return (low, high) if found[2] else (low, low)


@frozen(kw_only=True)
class Question:
    """A further question. `text` is by language; `choices` by a name that is kept, and then by language."""

    id: str = field(metadata={"doc": "What its answers are kept under."})
    type: Literal["score", "choice", "choices", "text", "yes-no"] = field(
        metadata={"doc": "score, choice (one), choices (any number), text or yes-no."}
    )
    text: Mapping[str, str] = field(metadata={"doc": "What is asked, by language."})
    choices: Mapping[str, Mapping[str, str]] = field(
        factory=dict, metadata={"doc": 'What can be chosen: price = { en = "The price" }.'}
    )
    scale: str = field(default="1..5", metadata={"doc": "Of a score, its lowest and highest: 1..5."})
    only_if: Mapping[str, str] = field(
        factory=dict, metadata={"doc": 'Asked only after these answers: { score = "..6" }.'}
    )

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest score."""
        low, high = bounds_of(self.scale) or (1, 5)
        return low or 0, 5 if high is None else high

    def applies(self, answers: Mapping[str, Sequence[str]]) -> bool:
        """Whether it is asked of somebody who has answered so; `answers` are by question."""
        return all(_meets(wanted, answers.get(name, ())) for name, wanted in self.only_if.items())


def _meets(wanted: str, given: Sequence[str]) -> bool:
    bounds = bounds_of(wanted)
    if bounds is None:
        return wanted in given
    low, high = bounds
    return any(
        each.isdecimal() and (low is None or int(each) >= low) and (high is None or int(each) <= high)
        for each in given
    )


@frozen(kw_only=True)
class SurveyFile:
    """What a survey's file says."""

    kind: Literal["nps", "csat", "ces"] = field(
        metadata={"doc": "nps (0 to 10), csat (1 to 5) or ces (1 to 7)."}
    )
    question: Mapping[str, str] = field(metadata={"doc": "What is asked, by language: en = …, pl = …."})
    purpose: str = field(metadata={"doc": "For which purpose customers are written to."})
    template: str = field(metadata={"doc": "The template of the message; it has {{ links.survey }}."})
    channel: str = field(default="email", metadata={"doc": "By which channel they are written to."})
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    low: Mapping[str, str] = field(
        default=_NONE, metadata={"doc": "What the lowest score means, by language."}
    )
    high: Mapping[str, str] = field(default=_NONE, metadata={"doc": "What the highest means, by language."})
    thanks: Mapping[str, str] = field(
        default=_NONE, metadata={"doc": "What is said afterwards, by language."}
    )
    questions: tuple[Question, ...] = field(default=(), metadata={"doc": "Further questions."})
    expires: str = field(
        default="14 days", validator=a_length, metadata={"doc": "How long it can be answered."}
    )
    change_within: str = field(
        default="1 day", validator=a_length, metadata={"doc": "How long an answer can be changed."}
    )
    threshold: int | None = field(
        default=None, metadata={"doc": "The highest score that is bad: 6 of nps, 2 of csat, 3 of ces."}
    )
    keep_in: str = field(
        default="",
        metadata={"doc": "Of a survey about a record, such as a case: its field that takes the score."},
    )

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest score."""
        return SCALES[self.kind][:2]

    @property
    def bad_up_to(self) -> int:
        """The highest score that is bad."""
        return SCALES[self.kind][2] if self.threshold is None else self.threshold

    def asked(self, answers: Mapping[str, Sequence[str]]) -> tuple[Question, ...]:
        """The further questions for somebody who has answered so."""
        return tuple(each for each in self.questions if each.applies(answers))


def survey_files(crm: Crm) -> Mapping[str, DeclaredFile[SurveyFile]]:
    """Every file of a survey, by its name."""
    return declared_files(crm.config, FOLDER, SurveyFile)


def survey_file(crm: Crm, name: str) -> DeclaredFile[SurveyFile]:
    """The file of one survey. Raises `NotFound` with the nearest."""

    files = survey_files(crm)
    if name in files:
        return files[name]
    hint = did_you_mean(name, files, phrase("Make one: crm surveys new {name} --kind nps", name=name))
    raise NotFound(phrase('There is no survey "{name}"', name=name), hint=hint)


def edition_of(file: DeclaredFile[SurveyFile]) -> str:
    """What tells a survey from what it was before it was edited."""
    return file.digest[:12]


def faults_of(crm: Crm, file: SurveyFile) -> Iterator[Fault]:
    """(keys, what is wrong there, what to do) of a survey that can be read."""
    yield from _faults_of_sending(crm, file)
    low, high = file.bounds
    if file.threshold is not None and not low <= file.threshold < high:
        yield (
            ("threshold",),
            phrase(
                "threshold is {threshold}, and scores run from {low} to {high}",
                threshold=file.threshold,
                low=low,
                high=high,
            ),
            "",
        )
    if not file.question:
        yield ("question",), phrase("question is in no language"), phrase('Write it: [question] en = "…"')
    texts = {"low": file.low, "high": file.high, "thanks": file.thanks}
    for name, text in texts.items():
        if text and (missing := sorted({*file.question} - {*text})):
            yield (
                (name,),
                phrase(
                    "{name} is not in {missing}, which question is in", name=name, missing=", ".join(missing)
                ),
                "",
            )
    known: dict[str, Question | None] = {SCORE: None}
    for place, each in enumerate(file.questions):
        for keys, message, hint in _faults_of_question(file, each, known):
            yield ("questions", place, *keys), message, hint
        known[each.id] = each


def _faults_of_sending(crm: Crm, file: SurveyFile) -> Iterator[Fault]:
    if crm.config.web.base is None:
        yield (
            ("kind",), phrase("nobody could answer it: there is no address of the public pages"),
            phrase('Say it in crm.toml: [web] url = "https://post.rye.example"'),
        )  # fmt: skip
    if file.purpose not in crm.words.purposes.names:
        there = ", ".join(crm.words.purposes.names) or "none"
        yield (
            ("purpose",),
            phrase('there is no purpose "{purpose}"', purpose=file.purpose),
            phrase("There are: {there}.", there=there),
        )
    try:
        template = crm.messages.template(file.template)
    except CrmError as error:
        yield ("template",), error.message, error.hint or ""
        return
    for language, variant in template.variants.items():
        if "links.survey" not in variant.text:
            named = f"{file.template}.{language}".rstrip(".")
            hint = phrase("Put {{ links.survey }} where the link goes.")
            yield ("template",), phrase("templates/{named}.txt has no link to the survey", named=named), hint


def _faults_of_question(
    file: SurveyFile, each: Question, known: Mapping[str, Question | None]
) -> Iterator[Fault]:
    if _ID.fullmatch(each.id) is None:
        hint = phrase("Use small letters, digits and _, such as main_reason.")
        yield ("id",), phrase('"{id}" cannot be the id of a question', id=each.id), hint
    elif each.id in known:
        yield (
            ("id",),
            phrase('"{id}" is the id of a question before it', id=each.id),
            phrase("Call it another."),
        )
    if missing := sorted({*file.question} - {*each.text}):
        yield (
            ("text",),
            phrase("its text is not in {missing}, which question is in", missing=", ".join(missing)),
            "",
        )
    if each.type in ("choice", "choices") and not each.choices:
        yield (
            ("type",),
            phrase("a question of type {type} needs choices", type=each.type),
            phrase('choices = { price = { en = "…" } }'),
        )
    for name, text in each.choices.items():
        if missing := sorted({*file.question} - {*text}):
            yield (
                ("choices", name),
                phrase("the choice {name} is not in {missing}", name=name, missing=", ".join(missing)),
                "",
            )
    low, high = each.bounds
    if each.type == "score" and not (bounds_of(each.scale) and low < high <= low + _WIDEST - 1):
        yield (
            ("scale",),
            phrase('"{scale}" is no scale', scale=each.scale),
            phrase("Write such as 1..5, of at most 11 steps."),
        )
    for name, wanted in each.only_if.items():
        if message := _wrong_condition(name, wanted, known):
            yield ("only_if", name), message, phrase('Write such as only_if = { score = "..6" }.')


def _wrong_condition(name: str, wanted: str, known: Mapping[str, Question | None]) -> str:
    if name not in known:
        return phrase('there is no question "{name}" before it', name=name)
    question = known[name]
    kind = "score" if question is None else question.type
    if kind == "text":
        return phrase('"{name}" is answered by a text, and nothing can be asked after that', name=name)
    if kind == "score":
        return "" if bounds_of(wanted) else phrase('"{wanted}" is no range of scores', wanted=wanted)
    there = [YES, NO] if question is None or kind == "yes-no" else [*question.choices]
    return (
        ""
        if wanted in there
        else phrase('"{wanted}" is none of {names}', wanted=wanted, names=", ".join(there))
    )


def text_in(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """(language, text): in that language, else in the first that there is; empty where there is none."""
    if language in texts:
        return language, texts[language]
    return next(iter(texts.items()), (language, ""))


def usable(crm: Crm, name: str) -> DeclaredFile[SurveyFile]:
    """The file of a survey that can be sent. Raises `NotFound`, and `Invalid` with what is wrong with it."""
    file = survey_file(crm, name)
    for keys, message, hint in faults_of(crm, file.required()):
        raise Invalid(
            phrase("{place}: {problem}", place=file.place(*keys), problem=message),
            hint=hint or "Run: crm surveys check",
        )
    return file
