"""`/survey/{token}`: the questions, as the customer answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.plugin import gone_page, page_language, public_page
from crmkit.plugins.collaborative.surveys.answering import Outcome, answer, decline
from crmkit.plugins.collaborative.surveys.asking import Asking, can_change, open_asking
from crmkit.plugins.collaborative.surveys.file import NO, SCORE, YES, Question, SurveyFile, text_in
from crmkit.plugins.collaborative.surveys.words import DECLINED, SURVEY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Request, Response

_PACKAGE: Final = "crmkit.plugins.collaborative.surveys"
_SHOWN: Final = "shown"
_RIGHT_TO_LEFT: Final = frozenset(("ar", "fa", "he", "ur"))
Answers = Mapping[str, Sequence[str]]


@frozen(kw_only=True)
class Shown:
    """One question as the page shows it. `texts` are pairs of language and text."""

    id: str
    type: str
    text: tuple[str, str]
    options: Sequence[tuple[str, tuple[str, str]]] = ()
    values: Sequence[str] = ()
    low: tuple[str, str] | None = None
    high: tuple[str, str] | None = None
    required: bool = False
    wrong: str = ""


def _effect_of(request: Request, crm: Crm) -> int:
    """The number that the token names; 0 for any other token, which costs as much to look up."""
    found = crm.tokens.effect_of(SURVEY, request.parameters["token"])
    return found[0] if found and not found[1] else 0


def look(request: Request, crm: Crm) -> Response:
    """The questions. Nothing is recorded: programs that check links look, too."""
    with crm.reading() as execute:
        found = open_asking(crm, execute, _effect_of(request, crm))
    if found is None:
        return gone_page(request, crm)
    asking, file = found
    if not can_change(crm, asking, file):
        return _said(request, crm, asking, file, "already")
    clicked = (request.query.get(SCORE) or [""])[-1]
    given = {**asking.answers, **({SCORE: [clicked]} if clicked else {})}
    return form(request, crm, asking, file, given=given)


def answered(request: Request, crm: Crm) -> Response:
    """What became of an answer, and what more there is to ask."""
    effect = _effect_of(request, crm)
    if request.value("do") == "decline":
        decline(crm, effect)
    given = {name: values for name, values in request.form.items() if name != _SHOWN}
    shown = [*request.form.get(_SHOWN, ())]
    if request.value("do") == "decline":
        with crm.reading() as execute:
            found = open_asking(crm, execute, effect)
        if found is None:
            return gone_page(request, crm)
        has_declined = found[0].state == DECLINED or found[0].is_rehearsal
        return _said(request, crm, *found, "declined" if has_declined else "already")
    outcome = answer(crm, effect, given, shown)
    if outcome is None:
        return gone_page(request, crm)
    return _after(request, crm, outcome, given, shown)


def _after(request: Request, crm: Crm, outcome: Outcome, given: Answers, shown: Sequence[str]) -> Response:
    asking, file = outcome.asking, outcome.file
    if outcome.was_late:
        return _said(request, crm, asking, file, "already")
    if outcome.wrong:
        only = [each for each in shown if each != SCORE] if SCORE in asking.answers else None
        both = {**asking.answers, **given}
        return form(request, crm, asking, file, given=both, wrong=outcome.wrong, only=only)
    more = [each.id for each in file.asked(asking.answers) if each.id not in shown]
    if more:
        return form(request, crm, asking, file, given=asking.answers, only=more, before=shown)
    return _said(request, crm, asking, file, "thanks")


def form(
    request: Request,
    crm: Crm,
    asking: Asking,
    file: SurveyFile,
    *,
    given: Answers,
    wrong: Mapping[str, str] | None = None,
    only: Sequence[str] | None = None,
    before: Sequence[str] = (),
) -> Response:
    """The questions; `only` some of them, after those `before` were answered."""
    language = page_language(request, crm, asking.locale)
    texts, wrong = _texts(language), wrong or {}
    # Conditions are about what was kept: a click on a score in a message only fills it in.
    asked = [each for each in file.asked(asking.answers) if only is None or each.id in only]
    shown = [] if only is not None else [_scored(file, language, given, wrong, texts)]
    shown += [_shown(each, language, given, wrong, texts) for each in asked]
    has_answered = only is None and SCORE in asking.answers
    return _page(
        crm, language, texts["more" if only is not None else "title"], "survey.html", asking.is_rehearsal,
        questions=shown, wrong=wrong, has_answered=has_answered, before=before,
        can_decline=only is None and not has_answered,
    )  # fmt: skip


def _scored(
    file: SurveyFile, language: str, given: Answers, wrong: Mapping[str, str], texts: Mapping[str, str]
) -> Shown:
    return Shown(
        id=SCORE, type="score", text=text_in(file.question, language), options=_scale(*file.bounds),
        values=given.get(SCORE, ()), low=text_in(file.low, language) if file.low else None,
        high=text_in(file.high, language) if file.high else None, required=True,
        wrong=texts[wrong[SCORE]] if SCORE in wrong else "",
    )  # fmt: skip


def _shown(
    each: Question, language: str, given: Answers, wrong: Mapping[str, str], texts: Mapping[str, str]
) -> Shown:
    options = [(name, text_in(text, language)) for name, text in each.choices.items()]
    if each.type == "score":
        options = _scale(*each.bounds)
    elif each.type == "yes-no":
        options = [(name, (language, texts[name])) for name in (YES, NO)]
    return Shown(
        id=each.id, type=each.type, text=text_in(each.text, language), options=options,
        values=given.get(each.id, ()), wrong=texts[wrong[each.id]] if each.id in wrong else "",
    )  # fmt: skip


def _scale(low: int, high: int) -> list[tuple[str, tuple[str, str]]]:
    return [(str(each), ("", str(each))) for each in range(low, high + 1)]


def _said(request: Request, crm: Crm, asking: Asking, file: SurveyFile, what: str) -> Response:
    """A page without questions: thanks, or that it was answered before."""
    language = page_language(request, crm, asking.locale)
    thanks = text_in(file.thanks, language) if what == "thanks" and file.thanks else None
    texts = _texts(language)
    return _page(
        crm, language, texts[f"{what}_title"], "said.html", asking.is_rehearsal, thanks=thanks,
        text=texts[what],
    )  # fmt: skip


def _page(crm: Crm, language: str, title: str, template: str, rehearses: bool, **values: Any) -> Response:
    from markupsafe import Markup

    html = (
        _environment()
        .get_template(template)
        .render(texts=_texts(language), language=language, direction=_direction, **values)
    )
    return public_page(crm, language, title, Markup(html), rehearses=rehearses)  # noqa: S704 - everything in it was escaped


def _direction(language: str) -> str:
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


@cache
def _texts(language: str) -> Mapping[str, str]:
    import tomli

    source = files(_PACKAGE).joinpath("words", f"{language}.toml")
    return tomli.loads(source.read_text(encoding="utf-8"))


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, "."), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
