"""What a form asks for: each question's kind of answer, and the draft of the customer that answers make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from crmkit.core.config.forms import BUILT_IN, EMAIL
from crmkit.core.customers.drafts import Drafts
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.normalise import clean_text
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.forms import FormDeclaration
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Field

MESSAGE: Final = "message"
Answers = Mapping[str, Sequence[str]]
_POINTS: Final = (EMAIL, "phone")
_NAMES: Final = ("name", "given_name", "family_name")
_LONGEST: Final = 5_000


@frozen(kw_only=True)
class Question:
    """One thing that a form asks. `word` is the field of `[fields]`, None for what every customer has."""

    name: str
    required: bool
    word: Field | None = None

    @property
    def type(self) -> str:
        """`email`, `tel`, `lines`, or the type of its field."""
        if self.word is not None:
            return self.word.type
        return {EMAIL: "email", "phone": "tel", MESSAGE: "lines"}.get(self.name, "text")

    @property
    def key(self) -> str:
        """Its name in the page: not one by which browsers or robots know something else."""
        return f"q.{self.name}"


def questions_of(kernel: Kernel, form: FormDeclaration) -> list[Question]:
    """The questions of a form. Raises `NotFound` for a field that there is not."""
    asked = []
    for name in form.fields:
        word = None if name in BUILT_IN else kernel.words.fields[name]
        if word is not None and word.type == "reference":
            raise Invalid(
                phrase("A form cannot ask for {name}: it refers to somebody", name=name), hint="Leave it out."
            )
        required = name == EMAIL or name in form.required
        asked.append(Question(name=name, required=required, word=word))
    return asked


def draft_of(
    kernel: Kernel, asked: Sequence[Question], answers: Answers
) -> tuple[CustomerDraft, dict[str, CrmError | None]]:
    """The customer as the answers say, and what is wrong, by question; None where an answer is missing."""
    drafts, draft = Drafts(kernel), CustomerDraft()
    wrong: dict[str, CrmError | None] = {}
    for each in asked:
        texts = [text.strip() for text in answers.get(each.key, ()) if text.strip()]
        if not texts:
            if each.required:
                wrong[each.name] = None
            continue
        try:
            more = _with(CustomerDraft(), each, texts)
            drafts.prepare(more)
        except CrmError as error:
            wrong[each.name] = error
        else:
            draft = _with(draft, each, texts)
    return draft, wrong


def message_of(asked: Sequence[Question], answers: Answers) -> str:
    """What they wrote, if the form has room for it."""
    for each in asked:
        if each.name == MESSAGE:
            return "\n".join(answers.get(each.key, ())).strip()
    return ""


def _with(draft: CustomerDraft, question: Question, texts: Sequence[str]) -> CustomerDraft:
    name, text = question.name, texts[-1]
    if name in _NAMES:
        named: dict[str, Any] = {name: text}
        return evolve(draft, **named)
    if name in _POINTS:
        point = ContactPoint(kind=name, value=text, is_primary=True)
        return evolve(draft, contact_points=(*draft.contact_points, point))
    if name == MESSAGE:
        if len(clean_text(text, lines=True, what=phrase("message"))) > _LONGEST:
            raise Invalid(phrase("The message is longer than {longest:,} characters", longest=_LONGEST))
        return draft
    value = tuple(texts) if question.type == "multi-choice" else text
    return evolve(draft, fields={**draft.fields, name: value})
