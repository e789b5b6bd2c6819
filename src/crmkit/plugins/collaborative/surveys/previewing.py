"""A survey as customers see it, before anybody does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import Invalid
from crmkit.plugin import Request, _, phrase
from crmkit.plugins.collaborative.surveys.asking import Asking
from crmkit.plugins.collaborative.surveys.file import survey_file, text_in

if TYPE_CHECKING:
    from crmkit import Crm


def page_of(crm: Crm, name: str, language: str | None) -> str:
    """The page as HTML."""
    from crmkit.plugins.collaborative.surveys.pages import form

    file = survey_file(crm, name).required()
    request = Request(method="GET", path="", query={"lang": [language]} if language else {})
    body = form(request, crm, Asking(id=None, customer_id=0, survey=name), file, given={}).body
    return body if isinstance(body, str) else body.decode()


def as_text(crm: Crm, name: str, language: str | None) -> Iterator[str]:
    """The questions as lines of text. Raises `Invalid` for a language that the survey is not in."""
    file = survey_file(crm, name).required()
    chosen = language or (crm.config.crs.locale or "").partition("_")[0]
    if language is not None and language not in file.question:
        raise Invalid(
            phrase('"{name}" is not in "{language}"', name=name, language=language),
            hint=phrase("It is in: {question}.", question=", ".join(file.question)),
        )
    low, high = file.bounds
    yield text_in(file.question, chosen)[1]
    scale = " ".join(f"({each})" for each in range(low, high + 1))
    ends = [text_in(each, chosen)[1] for each in (file.low, file.high)]
    yield f"  {ends[0]} {scale} {ends[1]}".rstrip()
    for each in file.questions:
        only = ", ".join(f"{key} {value}" for key, value in each.only_if.items())
        said = f"   [{_('only if {condition}', condition=only)}]" if only else ""
        yield text_in(each.text, chosen)[1] + said
        yield from (f"  ( ) {text_in(text, chosen)[1]}" for text in each.choices.values())
    if file.thanks:
        yield f"=> {text_in(file.thanks, chosen)[1]}"
