"""Composing: what one customer reads of a template, in their language and with their data."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.messages.template import Template
from crmkit.core.normalise.text import quoted
from crmkit.core.strategy.rendering import shown_business, shown_customer
from crmkit.core.strategy.sandbox import render

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel

_LONGEST_SUBJECT: Final = 1_000


@frozen(kw_only=True)
class Composed:
    """A message as one customer gets it. `subject` is one line, `language` empty where the template says
    none."""

    subject: str
    text: str
    html: str | None
    language: str


def compose(kernel: Kernel, template: Template, record: Record, language: str | None = None) -> Composed:
    """The template for one customer, in their language unless another is asked for.

    Raises `Invalid` where it has no such language, or cannot be filled in.
    """
    locales = (language,) if language else (record.locale, kernel.locale)
    chosen = template.language_for(*locales)
    if chosen is None:
        there = ", ".join(template.variants)
        raise Invalid(
            f"The template {quoted(template.name)} is not written in {' or '.join(filter(None, locales))}",
            hint=f"It is in: {there}. Write one without a language for everybody else.",
        )
    given = {"customer": shown_customer(kernel, record), "business": shown_business(kernel)}
    return filled_in(template, chosen, given)


def filled_in(template: Template, language: str, given: Mapping[str, Any]) -> Composed:
    """One variant with these values. Raises `Invalid`."""
    variant, name = template.variants[language], f"the template {quoted(template.name)}"
    if language:
        name += f" in {language}"
    subject = _one_line(render(variant.subject, given, f"The subject of {name}"))
    if variant.subject and not subject:
        raise Invalid(f"The subject of {name} is empty for this customer")
    if len(subject) > _LONGEST_SUBJECT:
        raise Invalid(f"The subject of {name} has more than {_LONGEST_SUBJECT:,} characters")
    text = _clean(render(variant.text, given, f"The text of {name}"))
    if not text.strip():
        raise Invalid(f"The text of {name} is empty for this customer")
    html = None
    if variant.html is not None:
        html = _clean(render(variant.html, given, f"The HTML of {name}", html=True))
    return Composed(subject=subject, text=text, html=html, language=language)


def _one_line(text: str) -> str:
    """A subject in one line: what a customer wrote cannot begin another line of a message's head."""
    return " ".join(_clean(" ".join(text.split()), keep="").split())


def _clean(text: str, keep: str = "\n\t") -> str:
    """The text without control characters; other lines' ends become plain ones."""
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n") if keep else text
    return "".join(char for char in lines if char in keep or unicodedata.category(char) not in ("Cc", "Cs"))
