"""A new survey to begin with: its file, and the template that asks, with the scale as links."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit import Conflict, Invalid
from crmkit.plugin import _, phrase
from crmkit.plugins.collaborative.surveys.file import FOLDER
from crmkit.plugins.collaborative.surveys.kinds import CES, CSAT, NPS, SCALES

if TYPE_CHECKING:
    from crmkit import Crm

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_TEMPLATES: Final = "templates"
_QUESTION: Final[Mapping[str, Mapping[str, str]]] = {
    NPS: {
        "en": "How likely are you to recommend us to a friend or colleague?",
        "pl": "Na ile prawdopodobne jest, że polecisz nas znajomym?",
        "ur": "آپ کسی دوست یا ساتھی کو ہمارا مشورہ دیں گے، اس کا کتنا امکان ہے؟",
    },
    CSAT: {
        "en": "How satisfied are you with how we helped you?",
        "pl": "Jak oceniasz naszą pomoc?",
        "ur": "ہماری مدد سے آپ کتنے مطمئن ہیں؟",
    },
    CES: {
        "en": "How easy was it to get what you needed?",
        "pl": "Jak łatwo było załatwić sprawę?",
        "ur": "اپنا کام کروانا کتنا آسان تھا؟",
    },
}
_ENDS: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    NPS: (
        {"en": "not at all likely", "pl": "zupełnie nieprawdopodobne", "ur": "بالکل نہیں"},
        {"en": "extremely likely", "pl": "bardzo prawdopodobne", "ur": "یقیناً"},
    ),
    CSAT: (
        {"en": "not at all satisfied", "pl": "bardzo źle", "ur": "بالکل مطمئن نہیں"},
        {"en": "very satisfied", "pl": "bardzo dobrze", "ur": "بہت مطمئن"},
    ),
    CES: (
        {"en": "very difficult", "pl": "bardzo trudno", "ur": "بہت مشکل"},
        {"en": "very easy", "pl": "bardzo łatwo", "ur": "بہت آسان"},
    ),
}
_FILE: Final = """\
# {look}
kind = "{kind}"
doc = {doc}
purpose = {purpose}
template = "{template}"
expires = "14 days"           # {expires}
change_within = "1 day"       # {change_within}
# threshold = {threshold}               # {bad}
{keep}
[question]
{question}

[low]
{low}

[high]
{high}

[thanks]
en = "Your answer helps us to get better."
pl = "Twoja odpowiedź pomoże nam się poprawić."
ur = "آپ کے جواب سے ہمیں بہتر ہونے میں مدد ملے گی۔"

[[questions]]
id = "why"
type = "text"
text = {{ en = "Why did you choose this number?", pl = "Skąd taka ocena?", ur = "آپ نے یہ عدد کیوں چنا؟" }}

# [[questions]]
# id = "what"
# type = "choices"
# only_if = {{ score = "..{threshold}" }}
# text = {{ en = "What was it about?", pl = "Czego to dotyczyło?", ur = "بات کس چیز کی تھی؟" }}
# [questions.choices]
# price = {{ en = "The price", pl = "Cena", ur = "قیمت" }}
# service = {{ en = "The service", pl = "Obsługa", ur = "خدمت" }}
"""
_KEEP: Final = """\
# keep_in = "satisfaction"    # {keep_in}
"""
_ASK: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "": (
        "One question from {{ business.name }}", "Dear {{ customer.given_name or customer.name }},",
        "Choose a number; it opens a page where nothing is sent yet:", "No more of these",
    ),
    "pl": (
        "Jedno pytanie od {{ business.name }}", "Dzień dobry,",
        "Wybierz liczbę; otworzy się strona, na której nic jeszcze nie zostanie wysłane:", "Rezygnacja",
    ),
    "ur": (
        "{{ business.name }} کی طرف سے ایک سوال", "السلام علیکم،",
        "ایک عدد چنیے؛ ایک صفحہ کھلے گا جس سے ابھی کچھ نہیں بھیجا جائے گا:", "آئندہ نہ بھیجیں",
    ),
}  # fmt: skip


def begin(crm: Crm, name: str, kind: str) -> tuple[Path, ...]:
    """Write the files of a new survey beside `crm.toml`. Raises `Conflict` where there is one, `Invalid` for
    a name that cannot be."""
    if _NAME.fullmatch(name) is None:
        raise Invalid(
            phrase('"{name}" cannot be the name of a survey', name=name),
            hint="Use a lower-case letter followed by up to 47 letters a-z, digits, _ and -.",
        )
    file = crm.config.directory / FOLDER / f"{name}.toml"
    if file.exists():
        raise Conflict(
            phrase("{folder}/{name}.toml is there already", folder=FOLDER, name=name),
            hint=phrase("See: crm surveys show {name}", name=name),
        )
    template = f"survey-{name}".replace("_", "-")
    written = [_written(file, _survey(crm, name, kind, template))]
    for language in _ASK:
        path = crm.config.directory / _TEMPLATES / f"{template}.{language}.txt".replace("..", ".")
        if not path.exists():
            written.append(_written(path, _letter(kind, language)))
    return tuple(written)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _survey(crm: Crm, name: str, kind: str, template: str) -> str:
    purposes = sorted(
        crm.words.purposes, key=lambda each: (each.name != "feedback", each.type == "marketing")
    )
    low, high = _ENDS[kind]
    return _FILE.format(
        kind=kind, template=template, threshold=SCALES[kind][2],
        doc=_quoted(_("What it is for, in one line")),
        purpose=_quoted(purposes[0].name if purposes else "feedback"), keep=_kept() if kind == CSAT else "",
        question=_lines(_QUESTION[kind]), low=_lines(low), high=_lines(high),
        look=_("See how it looks: crm surveys preview {name}      Check it: crm surveys check", name=name),
        expires=_("how long it can be answered"), change_within=_("how long an answer can be changed"),
        bad=_("scores up to it are bad: feedback.bad"),
    )  # fmt: skip


def _kept() -> str:
    return _KEEP.format(keep_in=_("asked about a case: the case's field that takes the score"))


def _lines(texts: Mapping[str, str]) -> str:
    return "\n".join(f"{language} = {_quoted(text)}" for language, text in texts.items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _letter(kind: str, language: str) -> str:
    subject, greeting, how, stop = _ASK[language]
    low, high = SCALES[kind][:2]
    first, last = (ends[language or "en"] for ends in _ENDS[kind])
    scale = "\n".join(
        f"{score}{f' ({first})' if score == low else f' ({last})' if score == high else ''}: "
        f"{{{{ links.survey }}}}?score={score}"
        for score in range(low, high + 1)
    )
    question = _QUESTION[kind][language or "en"]
    return (
        f"Subject: {subject}\n\n{greeting}\n\n{question}\n{how}\n\n{scale}\n\n{{{{ business.name }}}}\n"
        f"{{% if links.unsubscribe %}}\n{stop}: {{{{ links.unsubscribe }}}}\n{{% endif %}}\n"
    )
