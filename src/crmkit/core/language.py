"""What is said to people, in their language: `_("Task {id} is {state}", id=7, state="done")`.

The sources speak English; every other language comes from a gettext catalogue in `crmkit/locale`, and for
what plugins say from `locale` beside their module. Nothing is read, and nothing imported, before a person is
spoken to in another language than English. Data, keys, codes and what programs read have no language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import define

if TYPE_CHECKING:
    from gettext import NullTranslations
    from re import Match, Pattern

DOMAIN: Final = "crmkit"
ENGLISH: Final = "en"
_FOLDER: Final = Path(__file__).parent.parent / "locale"
RIGHT_TO_LEFT: Final = ("ar", "fa", "he", "ps", "sd", "ug", "ur", "yi")
_SIGNS: Final = {",": "،", ";": "؛"}
_FSI, _PDI = "\u2068", "\u2069"

Place = tuple[str, Path]


def _nowhere() -> Iterable[Place]:
    return ()


@define(slots=False)
class Speech:
    """How this run speaks: `chosen` says which locale, `also` where the catalogues of plugins are.

    Each is asked when something has to be said for the first time, and once.
    """

    chosen: Callable[[], str]
    also: Callable[[], Iterable[Place]] = _nowhere

    @cached_property
    def language(self) -> str:
        """The language with a catalogue that was chosen, else `en`."""
        return language_of(self.chosen())

    @cached_property
    def catalogues(self) -> dict[str, NullTranslations]:
        """The plugins' catalogues in this language, by the names of the plugins."""
        found = {name: read(folder, name, self.language) for name, folder in self.also()}
        return {name: catalogue for name, catalogue in found.items() if catalogue is not None}

    @cached_property
    def own(self) -> NullTranslations | None:
        """crmkit's catalogue; None for English."""
        return read(_FOLDER, DOMAIN, self.language)

    def in_order(self, domain: str) -> Iterator[NullTranslations]:
        """Where a text of that domain is looked for: at home first, then with everybody else."""
        at_home = self.own if domain == DOMAIN else self.catalogues.get(domain)
        if at_home is not None:
            yield at_home
        if domain != DOMAIN and self.own is not None:
            yield self.own
        yield from (each for each in self.catalogues.values() if each is not at_home)


_SPEECH: ContextVar[Speech | None] = ContextVar("crmkit_speech", default=None)


@contextmanager
def speaking(
    chosen: str | Callable[[], str], also: Callable[[], Iterable[Place]] = _nowhere
) -> Iterator[None]:
    """Speak the language of a locale such as `pl_PL` inside of the `with`; `also`: plugins' catalogues."""
    locale = chosen
    token = _SPEECH.set(Speech(locale if callable(locale) else lambda: str(locale), also))
    try:
        yield
    finally:
        _SPEECH.reset(token)


def speak_english() -> None:
    """From here on, until the `with` of `speaking` ends, say everything in English: programs listen."""
    if _SPEECH.get() is not None:
        _SPEECH.set(None)


@contextmanager
def in_english() -> Iterator[None]:
    """Say everything in English inside of the `with`: it is kept, and told in another language when shown."""
    token = _SPEECH.set(None)
    try:
        yield
    finally:
        _SPEECH.reset(token)


def spoken() -> str:
    """The language that people are spoken to in, such as `pl`."""
    speech = _SPEECH.get()
    return ENGLISH if speech is None else speech.language


def language_of(locale: str) -> str:
    """The language of a locale such as `pl_PL.UTF-8` or `ur-PK`; `en` where there is no catalogue of it."""
    language = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return language if language.isalpha() and language in languages() else ENGLISH


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that crmkit has a catalogue of."""
    return (ENGLISH, *sorted(path.name for path in _FOLDER.iterdir() if path.is_dir()))


class Sayable(str):
    """A text in English that says itself in the language spoken; `crmkit.core.phrase` makes such."""

    __slots__ = ()

    def shown(self) -> str:
        """The text in the language spoken."""
        raise NotImplementedError


def _(message: str, /, **values: object) -> str:
    """A sentence in the language spoken, with its values in place of `{names}`."""
    return _filled(translated(message), values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence for so many, with `{count}` and the other values in place."""
    return _filled(plural(one, many, count), {"count": number(count), **values})


def plural(one: str, many: str, count: int) -> str:
    """Which of a sentence's forms in the language spoken is the one for so many, nothing in place yet."""
    texts = (catalogue.ngettext(one, many, count) for catalogue in _catalogues(DOMAIN))
    return next((text for text in texts if text), one if count == 1 else many)


def number(value: int) -> str:
    """A whole number with its thousands set apart as CLDR has it for the language spoken."""
    if spoken() == "pl":  # four digits stand together
        return f"{value:,}".replace(",", "\u00a0" if abs(value) > 9_999 else "")
    return f"{value:,}"


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A sentence of which English has one where others have several, told apart by `context`."""
    texts = (catalogue.pgettext(context, message) for catalogue in _catalogues(DOMAIN))
    return _filled(next((text for text in texts if text), message), values)


def N_(message: str) -> str:  # noqa: N802 - as gettext's own documentation calls it
    """The message itself: a constant that is translated where it is shown."""
    return message


def translated(message: str, domain: str = DOMAIN) -> str:
    """A text as it stands in the catalogues of the language spoken, or itself; braces in it stay.

    A phrase is said with its values, wherever its words come from.
    """
    if not message:
        return message
    if isinstance(message, Sayable) and spoken() != ENGLISH:
        return message.shown()
    texts = (catalogue.gettext(message) for catalogue in _catalogues(domain))
    return next((text for text in texts if text), message)


def laid_out(text: str) -> str:
    """A text for a screen: where it is written from right to left, Latin parts keep their own order.

    Each is put between U+2068 and U+2069, so that `--map A=B` does not fall apart; a comma or semicolon
    beside words of such a script is that script's. Lines without a letter of one are left alone, and other
    languages.
    """
    if text.isascii() or spoken() not in RIGHT_TO_LEFT:
        return text
    right, latin, sign = _patterns()

    def line_out(line: str) -> str:
        if not right.search(line) or _FSI in line:
            return line
        return sign.sub(lambda found: _SIGNS[found.group()], latin.sub(_apart, line))

    return "\n".join(map(line_out, text.split("\n")))


def read(folder: Path, domain: str, language: str) -> NullTranslations | None:
    """A catalogue: `folder/LANGUAGE/LC_MESSAGES/DOMAIN.mo`; None where there is none.

    It answers with an empty text for what it does not have.
    """
    file = folder / language / "LC_MESSAGES" / f"{domain}.mo"
    if language == ENGLISH or not file.is_file():
        return None
    from gettext import GNUTranslations

    with file.open("rb") as stream:
        catalogue = GNUTranslations(stream)
    catalogue.add_fallback(cast("Any", _Nothing()))  # it answers as a catalogue does
    return catalogue


class _Nothing:
    """The catalogue that has no text: what is looked for may be elsewhere."""

    def gettext(self, message: str) -> str:  # noqa: ARG002 - as gettext calls it
        return ""

    def ngettext(self, one: str, many: str, count: int) -> str:  # noqa: ARG002
        return ""

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002
        return ""


def _catalogues(domain: str) -> Iterable[NullTranslations]:
    speech = _SPEECH.get()
    return () if speech is None or speech.language == ENGLISH else speech.in_order(domain)


def _filled(text: str, values: dict[str, object]) -> str:
    """A text with its values in place; one that is a phrase says itself in the language spoken as well."""
    if values and spoken() != ENGLISH:
        values = {name: each.shown() if isinstance(each, Sayable) else each for name, each in values.items()}
    return text.format(**values) if values else text


def _apart(found: Match[str]) -> str:
    """A part that keeps its order; the signs around it that belong to the sentence stay outside."""
    text = found.group()
    if text.startswith("\x1b"):  # a colour
        return text
    body = text if text.endswith("...") else text.rstrip(" .,:;!?([")
    for opening, closing in ("()", "[]"):
        if body.endswith(closing) and body.count(closing) > body.count(opening):
            body = body[:-1].rstrip(" ")
        if body.startswith(opening) and body.count(opening) > body.count(closing):
            return opening + _isolated(body[1:]) + text[len(body) :]
    return _isolated(body) + text[len(body) :]


def _last_count(text: str) -> tuple[str, str, str]:
    """What stands before a number at the end, the sign between, the number: `birthday`, `: `, `32`."""
    head = text.rstrip("0123456789.,%")
    body = head.rstrip(" ,:;(")
    sign, number = head[len(body) :], text[len(head) :]
    return (body, sign, number) if body and number and sign.strip() and " " in sign else (text, "", "")


def _isolated(text: str) -> str:
    number, colon, rest = text.partition(": ")
    if colon and number.isdigit():
        return number + colon + _isolated(rest)
    head, sign, count = _last_count(text)
    if count:  # it is the sentence's
        return _isolated(head) + sign + _isolated(count)
    return text if text.isdigit() else f"{_FSI}{text}{_PDI}"


@cache
def _patterns() -> tuple[Pattern[str], Pattern[str], Pattern[str]]:
    """A letter that is written from right to left; a run of what is not; and a sign beside such letters."""
    import re

    letter = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]"
    colour = r"\x1b\[[0-9;]*m"
    latin = r"(?:\{\{ )?[-–_./@#~<\[(\"'{$`+:]*[A-Za-z0-9\u00c0-\u024f](?: ?[!-~\u00a0-\u024f–…→])*"
    sign = f"(?<={letter})[,;](?= )|[,;](?= {letter})"
    return re.compile(letter), re.compile(f"{colour}|{latin}"), re.compile(sign)
