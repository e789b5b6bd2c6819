"""A message as a page that a browser shows: its head, its HTML as a mail program has it, and its text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from crmkit.core.cldr import written_direction
from crmkit.core.language import _, spoken
from crmkit.core.messages.composing import Composed
from crmkit.core.messages.html import is_right_to_left

# Nothing runs, and nothing is loaded but pictures.
_POLICY: Final = "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'"
_STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #222;
  background: #f4f4f2; }
article { background: #fff; border: 1px solid #ccc; border-radius: .5rem; margin: 0 0 2rem;
  overflow: hidden; }
header { border-bottom: 1px solid #ccc; padding: 1rem; }
h2 { font-size: 1.1rem; margin: 0; }
header p, summary { color: #555; margin: 0; }
iframe { border: 0; display: block; height: 40rem; width: 100%; }
details { border-top: 1px solid #ccc; padding: 1rem; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def page_of(template: str, to: str, messages: Sequence[tuple[Composed, str]]) -> str:
    """The page of one message, or of all languages of one. `to` is who reads it; each message comes with its
    language."""
    title = escape(_("{template}, as {customer} reads it", template=template, customer=to))
    articles = "".join(_article(said, language) for said, language in messages)
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken()}" dir="{written_direction()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{articles}</body></html>\n"
    )


def _article(said: Composed, language: str) -> str:
    direction = "rtl" if is_right_to_left(language) else "ltr"
    tag = escape(language.replace("_", "-"))
    subject = escape(said.subject) or escape(_("(no subject)"))
    page = ""
    if said.html is not None:
        title = escape(_("The message in {language}", language=language))
        page = f'<iframe sandbox="" title="{title}" srcdoc="{escape(said.html)}"></iframe>'
    opened = "" if page else " open"
    head = escape(_("In {language}", language=language))
    summary = escape(_("The text, for whoever does not read HTML"))
    return (
        f'<article><header><p>{head}</p><h2 lang="{tag}" dir="{direction}">{subject}</h2>'
        f"</header>{page}<details{opened}><summary>{summary}</summary>"
        f'<pre lang="{tag}" dir="{direction}">{escape(said.text)}</pre></details></article>'
    )
