"""Words in cells, as people and other systems write them: yes, no, states of consent, stages, languages."""

from __future__ import annotations

from functools import cache
from typing import Final

from crmkit.core.customers.consent import ASKED, GRANTED, WITHDRAWN
from crmkit.core.errors import Invalid
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_YES: Final = "yes y true t 1 on x tak prawda ہاں جی"
_NO: Final = "no n false f 0 off nie fałsz نہیں"
_COMPANY: Final = "company organization organisation firma business account کمپنی"
_PERSON: Final = "person individual contact osoba człowiek شخص"
_STATES: Final = {
    GRANTED: f"{_YES} granted grant given subscribed subscribe opt-in optin opted-in consent consented "
    "agreed confirmed active zgoda wyrażona udzielona zapisany",
    WITHDRAWN: f"{_NO} withdrawn withdraw unsubscribed opt-out optout opted-out objected refused declined "
    "revoked cofnięta wycofana odmowa sprzeciw wypisany",
    ASKED: "asked",
}
# Nothing was said, or not yet: that is no consent, and no objection either.
_NOTHING: Final = "pending unknown none never n/a na - brak cleaned non-subscribed"
_STAGES: Final = {
    "prospect": "prospect,subscriber,cold,new,potencjalny,potencjalny klient,other",
    "lead": "lead,marketing qualified lead,sales qualified lead,mql,sql,opportunity,qualified,kontakt",
    "customer": "customer,client,evangelist,klient,won,active customer,گاہک",
    "former": "former,former customer,churned,lost,inactive,były klient,ex customer",
}
_LANGUAGES: Final = {
    "en": "english,angielski,انگریزی", "pl": "polish,polski,polnisch", "ur": "urdu,اردو",
    "de": "german,deutsch,niemiecki", "fr": "french,français,francuski", "es": "spanish,español,hiszpański",
    "it": "italian,italiano,włoski", "pt": "portuguese,português,portugalski", "nl": "dutch,nederlands",
    "uk": "ukrainian,ukraiński,українська", "ru": "russian,rosyjski,русский", "cs": "czech,čeština,czeski",
    "sk": "slovak,slovenčina,słowacki", "ar": "arabic,العربية", "hi": "hindi", "tr": "turkish,türkçe",
    "sv": "swedish,svenska", "da": "danish,dansk", "nb": "norwegian,norsk", "fi": "finnish,suomi",
    "hu": "hungarian,magyar", "ro": "romanian,română", "lt": "lithuanian", "lv": "latvian",
    "zh": "chinese", "ja": "japanese", "ko": "korean", "pa": "punjabi", "fa": "persian,farsi",
}  # fmt: skip


def yes_or_no(text: str) -> bool | None:
    """True for `yes`, False for `no`, None for nothing. Raises `Invalid` for other words."""
    word = _table("booleans").get(fold(text))
    if word is None and text.strip():
        raise Invalid(phrase("{text} is neither yes nor no", text=quoted(text)))
    return None if word is None else word == "yes"


def consent_state(text: str) -> str | None:
    """`granted`, `withdrawn`, `asked`, "" where nothing was said; None for what is no such word."""
    return _table("consent").get(fold(text)) if fold(text) else ("" if not text.strip(" -") else None)


def stage(text: str) -> str:
    """The lifecycle stage that a word of any system means; words that nobody knows stay as they are."""
    return _table("stages").get(fold(text), text.strip().lower())


def language(text: str) -> str:
    """The code of a language that is written out, such as `Polish / Język polski` or `English (US)`."""
    plain = text.strip()
    found = _table("languages").get(fold(plain))
    if found is None and (" " in plain or "/" in plain):
        found = _table("languages").get(fold(plain.split("/")[0].split("(")[0]))
    return found or plain


@cache
def _table(of: str) -> dict[str, str]:
    """Folded word → what it means, made when it is first needed."""
    match of:
        case "booleans":
            return _by_word({"yes": f"{_YES} {_COMPANY}", "no": f"{_NO} {_PERSON}"})
        case "consent":
            return _by_word({**_STATES, "": _NOTHING})
        case "stages":
            return _by_word(_STAGES, ",")
    return _by_word(_LANGUAGES, ",")


def _by_word(words: dict[str, str], mark: str | None = None) -> dict[str, str]:
    return {fold(word): name for name, text in words.items() for word in text.split(mark) if fold(word)}
