"""HTML as mail programs take it: MJML compiled, styles moved into the elements, the language said.

It is done once for a version of a template, and what comes out is what is kept: a later version of the
libraries changes nothing that was planned.
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.messages.plain_text import text_of, title_of
from crmkit.core.messages.protecting import Protected, protected
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase

# Languages and scripts that are written from right to left.
_RIGHT_TO_LEFT: Final = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi")
)
_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset(("Adlm", "Arab", "Hebr", "Nkoo", "Syrc", "Thaa"))
_STYLE: Final = re.compile(r"<style[\s>]", re.IGNORECASE)
_SHEET: Final = re.compile(r"<link\b[^>]*\brel\s*=\s*[\"']?stylesheet", re.IGNORECASE)
_PAGE: Final = re.compile(r"<html\b([^>]*)>", re.IGNORECASE)
_DOCTYPE: Final = re.compile(r"\s*(?:<!--(?:(?!-->).)*+-->\s*)*+<!doctype", re.IGNORECASE | re.DOTALL)
_BODY: Final = re.compile(r"<body[\s>]", re.IGNORECASE)
_TAG: Final = re.compile(
    r"(?P<aside><!--(?!crmkit).*?-->|<(?P<code>style|script|title)\b.*?</(?P=code)\s*>)"
    r"|(?:<!--)?(?P<mark>crmkit[0-9]+q[0-9]+z)(?:-->)?"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?:\"[^\"]*\"|'[^']*'|[^\"'<>])*>",
    re.IGNORECASE | re.DOTALL,
)
_FRAME: Final = ("html", "head", "body", "meta", "base", "link")
# What an HTML parser adds, or closes by itself.
_IMPLIED: Final = frozenset(
    (
        "tbody",
        "colgroup",
        "/tbody",
        "/colgroup",
        "/thead",
        "/tfoot",
        "/tr",
        "/td",
        "/th",
        "/li",
        "/p",
        "/dt",
        "/dd",
        "/option",
        "/optgroup",
    )
)
_INLINE_STYLE: Final = re.compile(
    r"<mj-style\b[^>]*\binline\s*=\s*[\"']inline[\"'][^>]*>(.*?)</mj-style\s*>", re.IGNORECASE | re.DOTALL
)
_INCLUDE: Final = re.compile(r"<mj-include\b", re.IGNORECASE)
_UNKNOWN: Final = re.compile(r"<(mj-[\w-]+)")
_HEAD: Final = re.compile(r"<mj-head\s*>", re.IGNORECASE)
_MJML: Final = re.compile(r"<mjml\b[^>]*>", re.IGNORECASE)
_ELEMENTS: Final = (
    "mj-accordion", "mj-accordion-element", "mj-accordion-text", "mj-accordion-title", "mj-all",
    "mj-attributes", "mj-body", "mj-breakpoint", "mj-button", "mj-carousel", "mj-carousel-image", "mj-class",
    "mj-column", "mj-divider", "mj-font", "mj-group", "mj-head", "mj-hero", "mj-image", "mj-navbar",
    "mj-navbar-link", "mj-preview", "mj-raw", "mj-section", "mj-social", "mj-social-element", "mj-spacer",
    "mj-style", "mj-table", "mj-text", "mj-title", "mj-wrapper",
)  # fmt: skip
_MIRRORED: Final = (
    '<mj-attributes><mj-text align="right" /><mj-section direction="rtl" /><mj-group direction="rtl" />'
    '<mj-column direction="rtl" /></mj-attributes>'
)


@frozen(kw_only=True)
class Page:
    """An HTML template ready to be filled in, with the subject that its title says and its text without
    HTML, both templates as well."""

    html: str
    subject: str
    text: str


def page_of(source: str, language: str, what: str, *, is_mjml: bool) -> Page:
    """The page that a file makes. Raises `Invalid`; `what` names the file, `language` is that of its text."""
    kept = protected(source, what)
    html = _from_mjml(kept, language, what) if is_mjml else _inlined(kept, what)
    html = _in_language(html, language)
    return Page(
        html=kept.restored(html),
        subject=kept.restored(title_of(html)),
        text=kept.restored(text_of(html, kept)),
    )


def is_right_to_left(language: str) -> bool:
    """Whether a language, as a template's file names it, is written from right to left."""
    first, *rest = language.replace("-", "_").split("_")
    scripts = [part for part in rest if len(part) == 4]
    return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else first in _RIGHT_TO_LEFT


def _from_mjml(kept: Protected, language: str, what: str) -> str:
    mjml = _library("mjml", what, "MJML")
    _library("css_inline", what, "MJML")
    source = kept.html
    if _INCLUDE.search(source):
        raise Invalid(
            phrase("{what} includes another file", what=what),
            hint="Copy what it says in place of <mj-include>.",
        )
    sheets = [found[1] for found in _INLINE_STYLE.finditer(source)]
    source = _INLINE_STYLE.sub("", source)
    if is_right_to_left(language):
        source = _mirrored(source)
    try:
        html = str(mjml.mjml2html(source, fonts={}))
    except ValueError as error:
        raise Invalid(
            phrase(
                "{what} is no MJML: {without_marks}",
                what=what,
                without_marks=_without_marks(str(error), kept),
            ),
            hint="Each element is closed, or ends with />; the whole is <mjml><mj-body>…</mj-body></mjml>.",
        ) from None
    for found in _UNKNOWN.finditer(html):
        near = nearest(found[1], _ELEMENTS)
        hint = (
            phrase("Did you mean <{near}>?", near=near)
            if near and near != found[1]
            else phrase("It may stand elsewhere only.")
        )
        raise Invalid(phrase("{what}: <{found}> is nothing here", what=what, found=found[1]), hint=hint)
    place = phrase("Put it into <mj-text>, <mj-table> or <mj-raw>, or between sections and columns.")
    _refuse_lost(kept, html, what, place)
    return _with_styles(html, kept, "\n".join(sheets), what) if sheets else html


def _refuse_lost(kept: Protected, html: str, what: str, hint: str = "") -> None:
    """Raise `Invalid` for a piece that a library has dropped."""
    for piece in kept.missing_in(html):
        raise Invalid(
            phrase(
                "{what}, line {line}: {written} is lost where it stands",
                what=what,
                line=piece.line,
                written=piece.written,
            ),
            hint=hint,
        )


def _mirrored(source: str) -> str:
    """MJML whose text and columns begin at the right, unless it says otherwise itself."""
    if _HEAD.search(source):
        return _HEAD.sub(lambda found: found[0] + _MIRRORED, source, count=1)
    return _MJML.sub(lambda found: f"{found[0]}<mj-head>{_MIRRORED}</mj-head>", source, count=1)


def _inlined(kept: Protected, what: str) -> str:
    """The HTML with what its style sheets say in the elements; what depends on the screen stays."""
    if _SHEET.search(kept.html):
        raise Invalid(
            phrase("{what} links to a style sheet", what=what),
            hint="Put what it says into <style> in the head.",
        )
    if not _STYLE.search(kept.html):
        return kept.html
    return _with_styles(kept.html, kept, None, what)


def _with_styles(html: str, kept: Protected, sheet: str | None, what: str) -> str:
    """The HTML with a sheet's styles, or those of its own sheets, moved into the elements."""
    library = _library("css_inline", what, "<style>")
    for piece, place in kept.unfit:
        raise Invalid(
            phrase(
                "{what}, line {line}: {written} stands {place}",
                what=what,
                line=piece.line,
                written=piece.written,
                place=place,
            ),
            hint="Put {% if %} around the element, or into the value of its style attribute.",
        )
    own = sheet is None
    inliner = library.CSSInliner(
        load_remote_stylesheets=False, inline_style_tags=own, keep_style_tags=not own, keep_at_rules=own,
        keep_link_tags=True, extra_css=sheet,
    )  # fmt: skip
    try:
        inlined = str(inliner.inline(html))
    except ValueError as error:
        raise Invalid(
            phrase(
                "The styles of {what} cannot be used: {without_marks}",
                what=what,
                without_marks=_without_marks(str(error), kept),
            )
        ) from None
    _refuse_lost(kept, inlined, what)
    return _as_nested(html, inlined, what)


def _as_nested(source: str, parsed: str, what: str) -> str:
    """What a parser made of the source, with the source's own tags only: what it added would stand on the
    wrong side of a condition."""
    wanted = [found for found in _TAG.finditer(source) if _event(found)]
    parts: list[str] = []
    at = place = 0
    for found in _TAG.finditer(parsed):
        event = _event(found)
        if event is None:
            continue
        parts.append(parsed[at : found.start()])
        at = found.end()
        if place < len(wanted) and event == _event(wanted[place]):
            parts.append(found[0])
            place += 1
        elif event not in _IMPLIED:
            break
    else:
        if place == len(wanted):
            return "".join([*parts, parsed[at:]])
    there = wanted[min(place, len(wanted) - 1)]
    line = source.count("\n", 0, there.start()) + 1
    raise Invalid(
        phrase(
            "{what}, near line {line}: tags are not closed as they were opened, or stand where none may be",
            what=what,
            line=line,
        ),
        hint="Close each element on its side of {% if %} and {% else %}; only rows stand in a table.",
    )


def _event(found: re.Match[str]) -> str | None:
    """What a tag does; None for what may be moved."""
    if found["mark"]:
        return found["mark"]
    name = (found["name"] or "").lower()
    return None if not name or name in _FRAME else found["end"] + name


def _in_language(html: str, language: str) -> str:
    """A whole page, which says its language and from where it is read."""
    if not _PAGE.search(html):
        body = html if _BODY.search(html) else f"<body>{html}</body>"
        html = f"<html>{body}</html>"
    tag = language.replace("_", "-")
    direction = "rtl" if is_right_to_left(language) else "ltr"
    # MJML says that it does not know.
    html = html.replace('lang="und" dir="auto"', f'lang="{tag}" dir="{direction}"')

    def said(found: re.Match[str]) -> str:
        attributes = found[1]
        if not re.search(r"\blang\s*=", attributes):
            attributes += f' lang="{tag}"'
        if not re.search(r"\bdir\s*=", attributes):
            attributes += f' dir="{direction}"'
        return f"<html{attributes}>"

    html = _PAGE.sub(said, html, count=1)
    return html if _DOCTYPE.match(html) else f"<!DOCTYPE html>{html}"


def _without_marks(text: str, kept: Protected) -> str:
    return kept.marks.sub("…", text)


def _library(name: str, what: str, needed_for: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise Invalid(
            phrase(
                "{what}: {needed_for} needs the package {name}, which is not installed",
                what=what,
                needed_for=needed_for,
                name=name.replace("_", "-"),
            ),
            hint="Install it: pip install 'crmkit[email]'",
        ) from None
