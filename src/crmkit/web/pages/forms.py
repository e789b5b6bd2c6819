"""The page of a form, `/f/NAME`: the same answer whether the address is known or not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.errors import CrmError, NotFound
from crmkit.core.forms.questions import Answers, Question
from crmkit.core.forms.service import Submission
from crmkit.core.model.web import Response, Route
from crmkit.web.pages.layout import language_of, page, rendered
from crmkit.web.pages.texts import Texts, texts_in

if TYPE_CHECKING:
    from crmkit.core.config.forms import FormDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request

_TRAP: Final = "company_fax"
_A_MINUTE: Final = 20
# Seconds that an answer takes at least, so that its time does not tell an address that is known from another.
_AS_LONG: Final = 0.2
_INPUTS: Final = {"email": "email", "tel": "tel", "date": "date"}
_COMPLETE: Final = {
    "name": "name", "given_name": "given-name", "family_name": "family-name", "email": "email",
    "phone": "tel",
}  # fmt: skip
_WRONG: Final = {
    "email": "form.bad_email", "tel": "form.bad_phone", "date": "form.bad_date", "datetime": "form.bad_date",
    "number": "form.bad_number", "money": "form.bad_number", "choice": "form.bad_choice",
    "multi-choice": "form.bad_choice",
}  # fmt: skip
_LEFT_TO_RIGHT: Final = ("email", "tel", "number", "money", "date", "datetime")


def form_routes() -> Iterator[Route]:
    """The page, and what it is sent to."""
    yield Route(method="GET", path="/f/{name}", handle=_show, doc="A form")
    yield Route(method="POST", path="/f/{name}", handle=_take, doc="A form, filled in", per_minute=_A_MINUTE)


@frozen(kw_only=True)
class Shown:
    """A question as the page shows it."""

    name: str
    key: str
    type: str
    label: str
    required: bool
    choices: Sequence[str] = ()
    values: Sequence[str] = ()

    @property
    def value(self) -> str:
        """The answer so far."""
        return self.values[-1] if self.values else ""

    @property
    def input(self) -> str:
        """Which sort of input it has."""
        return _INPUTS.get(self.type, "text")

    @property
    def complete(self) -> str:
        """What a browser may fill in."""
        return _COMPLETE.get(self.name, "")

    @property
    def dir(self) -> str:
        """The direction of what is written into it."""
        return "ltr" if self.type in _LEFT_TO_RIGHT else "auto"


def _show(request: Request, crm: Crm) -> Response:
    return _page(request, crm, Submission())


def _take(request: Request, crm: Crm) -> Response:
    began = time.monotonic()
    try:
        response = _taken(request, crm)
    finally:
        time.sleep(max(0.0, _AS_LONG - (time.monotonic() - began)))
    return response


def _taken(request: Request, crm: Crm) -> Response:
    name, language = request.parameters["name"], language_of(request, crm)
    if request.value(_TRAP):
        submission = Submission()
    else:
        try:
            submission = crm.forms.submit(
                name, request.form, token=request.value("page"), agrees=bool(request.value("agree")),
                language=language,
            )  # fmt: skip
        except NotFound:
            return Response(status=404)
    return _thanks(request, crm) if submission.is_taken else _page(request, crm, submission)


def _page(request: Request, crm: Crm, submission: Submission) -> Response:
    name = request.parameters["name"]
    try:
        form = crm.forms.get(name)
        questions = crm.forms.questions(name)
    except NotFound:
        return Response(status=404)
    texts = texts_in(language_of(request, crm))
    body = rendered(
        "form.html", texts.language, text=form.text, token=crm.forms.token(name),
        questions=[_shown(each, texts, request.form) for each in questions],
        wrong=_said(submission.wrong, questions, texts), stale=submission.is_stale,
        purpose=_purpose(crm, form, texts), agrees=bool(request.value("agree")),
    )  # fmt: skip
    status = 200 if submission.is_taken else 422
    return page(crm, texts.language, form.title, body, status=status)


def _thanks(request: Request, crm: Crm) -> Response:
    try:
        form = crm.forms.get(request.parameters["name"])
    except NotFound:
        return Response(status=404)
    texts = texts_in(language_of(request, crm))
    confirms = form.purpose is not None and crm.words.purposes[form.purpose].confirm
    values = {"thanks": form.thanks or texts.say("form.thanks"), "asked": confirms}
    return page(crm, texts.language, texts.say("form.thanks_title"), rendered(
        "thanks.html", texts.language, **values))  # fmt: skip


def _shown(question: Question, texts: Texts, answers: Answers) -> Shown:
    word = question.word
    return Shown(
        name=question.name, key=question.key, type=question.type, required=question.required,
        label=(word.label or word.name) if word else str(texts.say(f"form.{question.name}")),
        choices=word.choices if word else (), values=answers.get(question.key, ()),
    )  # fmt: skip


def _said(
    wrong: Mapping[str, CrmError | None], questions: Sequence[Question], texts: Texts
) -> dict[str, Any]:
    """What stands beside each answer that is wrong, for somebody who knows nothing of crmkit."""
    types = {each.name: each.type for each in questions}
    return {
        name: texts.say("form.missing" if error is None else _WRONG.get(types[name], "form.bad"))
        for name, error in wrong.items()
    }


def _purpose(crm: Crm, form: FormDeclaration, texts: Texts) -> Any:
    """The sentence that somebody agrees to: the purpose's own, word for word."""
    if form.purpose is None:
        return None
    word = crm.words.purposes[form.purpose]
    if word.wording:
        return word.wording
    return texts.say("form.agree", business=crm.config.crs.name, purpose=word.doc or word.name)
