"""Templates as files beside `crm.toml`: `templates/NAME.txt`, `templates/NAME.pl.txt`, and HTML in
`templates/NAME.html` or `templates/NAME.mjml`. Those beside a file that it includes count as well.

A text may begin with a head, `Subject: …`, which a blank line ends. Where there is only HTML, its title is
the subject, and the text is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.files.refusals import refusal_of
from crmkit.core.messages.template import ANY, Template, Variant, canonical
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.strategy.sandbox import LONGEST_TEMPLATE, check_template

if TYPE_CHECKING:
    from crmkit.core.messages.html import Page

FOLDER: Final = "templates"
TEXT: Final = "txt"
HTML: Final = "html"
MJML: Final = "mjml"
KINDS: Final = (TEXT, HTML, MJML)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:[_-][a-z]{4})?(?:[_-](?:[a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
_HEAD: Final = re.compile(r"subject[ \t]*:[ \t]*(.*)", re.IGNORECASE)
# A character takes up to four bytes.
_LARGEST: Final = 4 * LONGEST_TEMPLATE
_LONGEST_SUBJECT: Final = 500


@frozen
class _File:
    """A file that belongs to a template."""

    path: Path
    name: str
    language: str
    kind: str
    shown: str
    content: str | CrmError = ""


class TemplateFiles:
    """The templates of one business as they were when this was made; later changes are not seen.

    `directories` are those in which a folder called `folder` may be: that of `crm.toml`, then those of what
    it includes. A name that two of them have is the first one's, in all its languages. `locale` is the
    language of the files that name none.
    """

    def __init__(self, directories: Sequence[Path], locale: str = "en", folder: str = FOLDER) -> None:
        self.folder = folder
        self._directories = directories
        self._locale = canonical(locale)
        self.unusable: list[str] = []
        self._by_name = self._all()
        # HTML is compiled for whoever asks for it first.
        self._read: dict[str, Template | CrmError] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, also of those that are broken."""
        return tuple(self._by_name)

    def get(self, name: str) -> Template:
        """One template. Raises `NotFound` with the nearest name, and what is wrong with a broken one."""
        found = self._found(name)
        if isinstance(found, Template):
            return found
        if found is not None:
            raise found
        place = f"{self.folder}/{name if _NAME.fullmatch(name) else 'NAME'}.{TEXT}"
        raise NotFound(
            phrase("There is no template {name}", name=quoted(name)),
            hint=did_you_mean(name, self._by_name, phrase("Write it: {place}, beside crm.toml", place=place)),
        )

    def _found(self, name: str) -> Template | CrmError | None:
        files = self._by_name.get(name)
        if files is not None and name not in self._read:
            try:
                self._read[name] = _template(name, files, self._locale)
            except CrmError as error:
                self._read[name] = error
        return self._read.get(name)

    def _all(self) -> Mapping[str, list[_File]]:
        by_name: dict[str, list[_File]] = {}
        for directory in self._directories:
            here: dict[str, list[_File]] = {}
            for file in self._files(directory):
                here.setdefault(file.name, []).append(file)
            by_name = here | by_name
        return dict(sorted(by_name.items()))

    def _files(self, directory: Path) -> Iterator[_File]:
        """Every file of a template; the names of those that look like one and cannot be used are noted."""
        try:
            paths = sorted((directory / self.folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in paths:
            name, *between, kind = path.name.split(".")
            if kind not in KINDS or not name or not path.is_file():
                continue
            language = between[0] if between else ANY
            shown = Path(relpath(path, self._directories[0])).as_posix()
            is_known = _LANGUAGE.fullmatch(language) is not None or not between
            if len(between) <= 1 and is_known and _NAME.fullmatch(name):
                file = _File(path, name, canonical(language), kind, shown)
                yield evolve(file, content=_content(file))
            else:
                self.unusable.append(shown)


def is_name(name: str) -> bool:
    """Whether a template can be called so."""
    return _NAME.fullmatch(name) is not None


def _template(name: str, files: list[_File], locale: str) -> Template:
    texts, pages = ({}, {})  # type: tuple[dict[str, _File], dict[str, _File]]
    for file in files:
        same = (texts if file.kind == TEXT else pages).setdefault(file.language, file)
        if same is not file:
            raise Invalid(
                phrase(
                    "{shown} and {file_shown} are the same language", shown=same.shown, file_shown=file.shown
                ),
                hint="Keep one of them.",
            )
    return Template(
        name=name,
        variants={
            language: _variant(texts.get(language), pages.get(language), language or locale)
            for language in sorted({*texts, *pages})
        },
    )


def _variant(file: _File | None, page: _File | None, language: str) -> Variant:
    subject, text = _said(file) if file is not None else ("", "")
    if page is None:
        return Variant(subject=subject, text=text)
    made = _made(page, language)
    if file is not None:
        return Variant(subject=subject, text=text, html=made.html)
    if not made.text.strip():
        wanted = page.shown.removesuffix(page.kind) + TEXT
        raise Invalid(
            phrase("{shown} says nothing without pictures", shown=page.shown),
            hint=phrase("Write its text: {wanted}", wanted=wanted),
        )
    return Variant(subject=made.subject, text=made.text, html=made.html)


def _said(file: _File) -> tuple[str, str]:
    """(subject, text) of a file of text."""
    whole = _whole(file)
    # As a whole first, so that an error names the line of the file.
    check_template(whole, file.shown)
    subject, text = _parted(whole, file.shown)
    check_template(subject, phrase("the subject of {file}", file=file.shown))
    check_template(text, phrase("the text of {file}", file=file.shown))
    return subject, text


def _made(page: _File, language: str) -> Page:
    """What a file of HTML is compiled to."""
    from crmkit.core.messages.html import page_of

    source = _whole(page)
    check_template(source, page.shown)
    made = page_of(source, language, page.shown, is_mjml=page.kind == MJML)
    check_template(made.html, page.shown)
    check_template(made.subject, phrase("the title of {file}", file=page.shown))
    check_template(made.text, phrase("the text of {file}", file=page.shown))
    return made


def _whole(file: _File) -> str:
    if isinstance(file.content, CrmError):
        raise file.content
    return file.content


def _parted(whole: str, shown: str) -> tuple[str, str]:
    """(subject, text) of a file."""
    first, _, rest = whole.partition("\n")
    head = _HEAD.fullmatch(first)
    if head is None:
        return "", whole.strip("\n")
    blank, _, text = rest.partition("\n")
    if blank.strip():
        raise Invalid(
            phrase("{shown}, line 2: a blank line parts the subject from the text", shown=shown),
            hint="Put one there.",
        )
    subject = head[1].strip()
    if not subject or len(subject) > _LONGEST_SUBJECT:
        raise Invalid(
            phrase(
                "{shown}, line 1: a subject has 1 to {longest_subject} characters",
                shown=shown,
                longest_subject=_LONGEST_SUBJECT,
            )
        )
    if not text.strip():
        raise Invalid(phrase("{shown} has no text", shown=shown), hint="Write it after the blank line.")
    return subject, text.strip("\n")


def _content(file: _File) -> str | CrmError:
    """What a file says, or why nobody can tell."""
    try:
        if file.path.stat().st_size > _LARGEST:
            return Invalid(
                phrase(
                    "{shown} is longer than {longest_template:,} characters",
                    shown=file.shown,
                    longest_template=LONGEST_TEMPLATE,
                )
            )
        text = file.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return Invalid(
            phrase("{shown} is not UTF-8, at byte {start}", shown=file.shown, start=error.start + 1),
            hint="Save it as UTF-8.",
        )
    except OSError as error:
        return Invalid(phrase("{shown} cannot be read: {reason}", shown=file.shown, reason=refusal_of(error)))
    if not text.strip():
        return Invalid(phrase("{shown} is empty", shown=file.shown))
    if "\x00" in text:
        return Invalid(phrase("{shown} is no text: it holds a NUL", shown=file.shown))
    return text
