"""Composing: what one customer reads of a template, in their language and with their data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.messages.template import Template
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.strategy.rendering import shown_business, shown_customer
from crmkit.core.strategy.sandbox import Possible, render

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel

_LONGEST_SUBJECT: Final = 1_000
_MOST_VERSIONS: Final = 500
# All but tabs and lines' ends.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_BYTES: Final = bytes([*range(9), *range(0x0B, 0x20), 0x7F])
_C1_BEGINS: Final = b"\xc2"
# What is left where {% if %} and {% for %} stood on lines of their own.
_BLANK: Final = re.compile(r"\n(?:[ \t]*\n){2,}")


@frozen(kw_only=True)
class Composed:
    """A message as one customer gets it. `subject` is one line, `language` empty where the template says
    none."""

    subject: str
    text: str
    html: str | None
    language: str


class Composing:
    """Composes messages: what is the same for all of them is looked up once."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._business = shown_business(kernel)
        # The pinned versions of templates that were used, by their name and digest.
        self.versions: dict[tuple[str, str], Template] = {}

    def keep(self, key: tuple[str, str], template: Template) -> None:
        """Remember a pinned version: it is the same for ever."""
        if len(self.versions) >= _MOST_VERSIONS:
            self.versions.clear()
        self.versions[key] = template

    def compose(
        self, template: Template, record: Record, links: Mapping[str, str], language: str | None = None
    ) -> Composed:
        """The template for one customer, in their language unless another is asked for.

        Raises `Invalid` where it has no such language, or cannot be filled in.
        """
        locales = (language,) if language else (record.locale, self._kernel.locale)
        chosen = template.language_for(*locales)
        if chosen is None:
            there, wanted = ", ".join(template.variants), " or ".join(filter(None, locales))
            raise Invalid(
                phrase(
                    "The template {template} is not written in {wanted}",
                    template=quoted(template.name),
                    wanted=wanted,
                ),
                hint=phrase(
                    "It is in: {there}. Write one without a language for everybody else.", there=there
                ),
            )
        return self.in_variant(template, record, links, chosen)

    def in_variant(
        self, template: Template, record: Record, links: Mapping[str, str], language: str
    ) -> Composed:
        """One variant of the template for one customer. Raises `Invalid` where it cannot be filled in."""
        given = {
            "customer": shown_customer(self._kernel, record),
            "business": self._business,
            "links": Possible(links),
        }
        return filled_in(template, language, given)


def filled_in(template: Template, language: str, given: Mapping[str, Any]) -> Composed:
    """One variant with these values. Raises `Invalid`."""
    variant, names = template.variants[language], _names(template.name, language)
    subject = _one_line(render(variant.subject, given, names.subject))
    if variant.subject and not subject:
        raise Invalid(phrase("The subject of {name} is empty for this customer", name=names.template))
    if len(subject) > _LONGEST_SUBJECT:
        raise Invalid(
            phrase(
                "The subject of {name} has more than {longest_subject:,} characters",
                name=names.template,
                longest_subject=_LONGEST_SUBJECT,
            )
        )
    text = _spaced(_clean(render(variant.text, given, names.text)))
    if not text.strip():
        raise Invalid(phrase("The text of {name} is empty for this customer", name=names.template))
    html = _clean(render(variant.html, given, names.html, html=True)) if variant.html is not None else None
    return Composed(subject=subject, text=text, html=html, language=language)


@frozen
class _Names:
    """What a variant and its parts are called in errors."""

    template: str
    subject: str
    text: str
    html: str


@lru_cache(maxsize=_MOST_VERSIONS)
def _names(template: str, language: str) -> _Names:
    name = phrase("the template {template}", template=quoted(template))
    if language:
        name = phrase("{name} in {language}", name=name, language=language)
    return _Names(
        template=name,
        subject=phrase("The subject of {name}", name=name),
        text=phrase("The text of {name}", name=name),
        html=phrase("The HTML of {name}", name=name),
    )


def as_written(subject: str, text: str) -> Composed:
    """What somebody wrote, without control characters and with one subject. Raises `Invalid` where there is
    nothing to read."""
    said = Composed(subject=_one_line(subject), text=_clean(text).strip("\n"), html=None, language="")
    if not said.text.strip():
        raise Invalid("A message says something", hint="Write a text.")
    if len(said.subject) > _LONGEST_SUBJECT:
        raise Invalid(
            phrase(
                "The subject has more than {longest_subject:,} characters", longest_subject=_LONGEST_SUBJECT
            )
        )
    return said


def _one_line(text: str) -> str:
    """A subject in one line: what a customer wrote cannot begin another line of a message's head."""
    return " ".join(_clean(" ".join(text.split()), keep="").split())


def _spaced(text: str) -> str:
    """The text with at most one blank line in a row."""
    return _BLANK.sub("\n\n", text).strip("\n") if "\n" in text else text


def _is_clean(text: str) -> bool:
    """Whether there is nothing to clean. Bytes are looked at ten times as quickly as characters; where one
    begins what may be a control character beyond ASCII, the characters are."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return False
    if len(raw.translate(None, _CONTROL_BYTES)) != len(raw):
        return False
    return _C1_BEGINS not in raw or _CONTROL.search(text) is None


def _clean(text: str, keep: str = "\n\t") -> str:
    """The text without control characters; other lines' ends become plain ones."""
    if _is_clean(text) if keep else text.isprintable():
        return text
    if not keep:
        return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
