"""Templates as files beside `crm.toml`: `templates/NAME.txt`, `templates/NAME.pl.txt`, `templates/NAME.html`.

A text may begin with a head, `Subject: …`, which a blank line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.messages.template import ANY, Template, Variant, canonical
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.strategy.sandbox import LONGEST_TEMPLATE, check_template

FOLDER: Final = "templates"
TEXT: Final = "txt"
HTML: Final = "html"
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

    @property
    def shown(self) -> str:
        """Its name as people know it."""
        return f"{FOLDER}/{self.path.name}"


class TemplateFiles:
    """The templates of one business as they were when this was made; later changes are not seen."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self.unusable: list[str] = []
        self._read: Mapping[str, Template | CrmError] = dict(self._all())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, also of those that are broken."""
        return tuple(self._read)

    def get(self, name: str) -> Template:
        """One template. Raises `NotFound` with the nearest name, and what is wrong with a broken one."""
        found = self._read.get(name)
        if isinstance(found, Template):
            return found
        if found is not None:
            raise found
        near = nearest(name, self._read)
        place = f"{FOLDER}/{name}.{TEXT}" if _NAME.fullmatch(name) else f"{FOLDER}/NAME.{TEXT}"
        raise NotFound(
            f"There is no template {quoted(name)}",
            hint=f'Did you mean "{near}"?' if near else f"Write it: {place}, beside crm.toml",
        )

    def _all(self) -> Iterator[tuple[str, Template | CrmError]]:
        by_name: dict[str, list[_File]] = {}
        for file in self._files():
            by_name.setdefault(file.name, []).append(file)
        for name, files in sorted(by_name.items()):
            try:
                yield name, _template(name, files)
            except CrmError as error:
                yield name, error

    def _files(self) -> Iterator[_File]:
        """Every file of a template; the names of those that look like one and cannot be used are noted."""
        try:
            paths = sorted(self._folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in paths:
            name, *between, kind = path.name.split(".")
            if kind not in (TEXT, HTML) or not name or not path.is_file():
                continue
            language = between[0] if between else ANY
            is_known = _LANGUAGE.fullmatch(language) is not None or not between
            if len(between) <= 1 and is_known and _NAME.fullmatch(name):
                yield _File(path, name, canonical(language), kind)
            else:
                self.unusable.append(f"{FOLDER}/{path.name}")


def _template(name: str, files: list[_File]) -> Template:
    texts, pages = ({}, {})  # type: tuple[dict[str, _File], dict[str, _File]]
    for file in files:
        same = (texts if file.kind == TEXT else pages).setdefault(file.language, file)
        if same is not file:
            raise Invalid(f"{same.shown} and {file.shown} are the same language", hint="Keep one of them.")
    for language, page in pages.items():
        if language not in texts:
            wanted = page.shown.removesuffix(HTML) + TEXT
            raise Invalid(
                f"{page.shown} has no text beside it", hint=f"Not everybody reads HTML: write {wanted}"
            )
    return Template(
        name=name,
        variants={language: _variant(text, pages.get(language)) for language, text in sorted(texts.items())},
    )


def _variant(file: _File, page: _File | None) -> Variant:
    whole = _content(file)
    # As a whole first, so that an error names the line of the file.
    check_template(whole, file.shown)
    subject, text = _parted(whole, file.shown)
    check_template(subject, f"the subject of {file.shown}")
    check_template(text, f"the text of {file.shown}")
    html = None
    if page is not None:
        html = _content(page)
        check_template(html, page.shown)
    return Variant(subject=subject, text=text, html=html)


def _parted(whole: str, shown: str) -> tuple[str, str]:
    """(subject, text) of a file."""
    first, _, rest = whole.partition("\n")
    head = _HEAD.fullmatch(first)
    if head is None:
        return "", whole.strip("\n")
    blank, _, text = rest.partition("\n")
    if blank.strip():
        raise Invalid(f"{shown}, line 2: a blank line parts the subject from the text", hint="Put one there.")
    subject = head[1].strip()
    if not subject or len(subject) > _LONGEST_SUBJECT:
        raise Invalid(f"{shown}, line 1: a subject has 1 to {_LONGEST_SUBJECT} characters")
    if not text.strip():
        raise Invalid(f"{shown} has no text", hint="Write it after the blank line.")
    return subject, text.strip("\n")


def _content(file: _File) -> str:
    try:
        if file.path.stat().st_size > _LARGEST:
            raise Invalid(f"{file.shown} is longer than {LONGEST_TEMPLATE:,} characters")
        text = file.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            f"{file.shown} is not UTF-8, at byte {error.start + 1}", hint="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise Invalid(f"{file.shown} cannot be read: {error.strerror}") from None
    if not text.strip():
        raise Invalid(f"{file.shown} is empty")
    if "\x00" in text:
        raise Invalid(f"{file.shown} is no text: it holds a NUL")
    return text
