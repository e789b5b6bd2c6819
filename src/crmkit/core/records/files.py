"""Records out of the rows of a CSV file: what its columns mean, and the draft that a row makes."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange import rejects
from crmkit.core.exchange.loop import Mapped
from crmkit.core.exchange.mapping import Wish, told_by
from crmkit.core.exchange.report import Meaning
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import RecordType
from crmkit.core.nearest import nearest
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.records.numbers import Number
from crmkit.core.words.registry import Words

IGNORE: Final = "ignore"
_PLAIN: Final = (
    "id", "source_ref", "source", "customer", "email", "state", "owner", "created_at", "archived_at", IGNORE,
)  # fmt: skip
# The system from which records come where nobody says it.
_FROM: Final = "import"
_TIMES: Final = ("created_at", "archived_at")
_HEADERS: Final = {
    "id": "id, record, number",
    # The number of a file that comes from elsewhere; one of ours is called `id`.
    "source_ref": "source ref, record id, external id, external number, external reference",
    "source": "source",
    "customer": "customer uid, customer id, customer, client, customer reference",
    "email": "email, e mail, email address, customer email",
    "state": "state, status, stage",
    "owner": "owner, employee, handled by",
    # What an export says beside: it follows from the rest.
    IGNORE: "title, version, updated at, ref",
    "created_at": "created at",
    "archived_at": "archived at",
}


@frozen
class Told:
    """What a row says: the record, when it was made, and whether it is in the archive.

    An `id` means a record only together with when that was made: elsewhere it is another's. `number` is the
    one by which another system knows it.
    """

    draft: RecordDraft
    created_at: int | None = None
    archived_at: int | None = None
    number: Number | None = None


@frozen
class Columns:
    """What the columns of a file mean, in their order, and the values that hold for every row."""

    headers: tuple[str, ...]
    targets: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...]
    how: tuple[str, ...]

    def mapped(self, type_: str) -> Mapped:
        """What is shown, and kept on record, of the mapping."""
        meanings = tuple(map(Meaning, self.headers, self.targets, self.how))
        return Mapped(f"records:{type_}", meanings, self.defaults)

    def draft(self, cells: Sequence[str], id_of: Callable[[str], int], instant: Callable[[str], int]) -> Told:
        """The record that a row describes; `id_of` reads an id, `instant` a date. Empty cells say nothing."""
        given: dict[str, str] = {}
        written = zip(self.targets, map(str.strip, cells), strict=True)
        for target, text in (*written, *self.defaults):
            if text and target != IGNORE:
                given.setdefault(_slot(target), _value(target, text))
        fields = {key.removeprefix("field:"): text for key, text in given.items() if key.startswith("field:")}
        draft = RecordDraft(
            id=id_of(given["id"]) if "id" in given else None,
            customer=given.get("customer"),
            state=given.get("state"),
            owner=given.get("owner"),
            fields=fields,
        )
        times = [instant(said) if (said := given.get(name)) else None for name in _TIMES]
        # When it was made only tells whose number it is.
        return Told(draft, times[0] if draft.id is not None else None, times[1], _number(given))


def _number(given: Mapping[str, str]) -> Number | None:
    value = given.get("source_ref")
    return None if value is None else Number(given.get("source", _FROM), value)


def columns_of_file(type_: RecordType, words: Words, headers: Sequence[str], wish: Wish) -> Columns:
    """What the columns mean, by hand or guessed. Raises `Invalid`, listing every one that nobody can tell."""
    told = told_by(headers, wish.by_hand, lambda text: _target(type_, words, text))
    known = {header.casefold(): header for header in headers}
    for name, text in wish.saved.items():
        if (header := known.get(name.strip().casefold())) is not None:
            told.setdefault(header, _target(type_, words, text))
    found = [told.get(header) or _guess(type_, words, header) for header in headers]
    unknown = [header for header, target in zip(headers, found, strict=True) if target is None]
    if unknown and wish.unknown == "refuse":
        lines = [f"  --map {shlex.quote(f'{header}=ignore')}" for header in unknown]
        raise Invalid(
            phrase(
                "Nobody can tell what these columns mean: {unknown}", unknown=", ".join(map(quoted, unknown))
            ),
            hint=phrase(
                "Say it (--map {example}), leave all of them out (--ignore-unknown), or one by one:\n{lines}",
                example=shlex.quote(f"{unknown[0]}=field:NAME"),
                lines="\n".join(lines),
            ),
            unmapped=unknown,
        )
    how = tuple(
        "hand" if header in told else "unknown" if header in unknown else "header" for header in headers
    )
    defaults = tuple((_target(type_, words, key), text) for key, text in wish.defaults.items())
    return Columns(tuple(headers), _once([target or IGNORE for target in found]), defaults, how)


def _once(targets: list[str]) -> tuple[str, ...]:
    """Of several columns that name the customer, or the same thing, the first one counts."""
    seen: set[str] = set()
    kept = []
    for target in targets:
        slot = _slot(target)
        kept.append(IGNORE if slot in seen and target in _PLAIN else target)
        seen.add(slot)
    return tuple(kept)


def _target(type_: RecordType, words: Words, text: str) -> str:
    wanted = text.strip()
    kind, colon, name = wanted.partition(":")
    if wanted in _PLAIN:
        return wanted
    if colon and kind == "identity":
        return f"identity:{words.identity_schemes[name].name}"
    if colon and kind == "field" and type_.field_named(name) is not None:
        return wanted
    known = [*_PLAIN, *(f"field:{each.name}" for each in type_.fields), "identity:SCHEME"]
    near = nearest(wanted, known)
    meant = phrase('Did you mean "{near}"? ', near=near) if near else ""
    raise Invalid(
        phrase("A column of {type} cannot mean {text}", type=type_.name, text=quoted(text)),
        hint=phrase("{meant}It can mean: {known}.", meant=meant, known=", ".join(known)),
    )


def _guess(type_: RecordType, words: Words, header: str) -> str | None:
    wanted = fold(header)
    if header in (rejects.LINE, rejects.REASON):
        return IGNORE
    for each in type_.fields:
        if wanted in (fold(each.name), fold(each.label)) and wanted:
            return f"field:{each.name}"
    for scheme in words.identity_schemes:
        if wanted in _scheme_headers(scheme.name, scheme.label):
            return f"identity:{scheme.name}"
    if (own := type_.headers.get(wanted)) is not None:
        return own
    return next((target for target, names in _HEADERS.items() if wanted in names.split(", ")), None)


def _scheme_headers(name: str, label: str) -> Iterator[str]:
    for each in filter(None, (fold(name), fold(label))):
        yield from (each, f"customer {each}", f"{each} id")


def _slot(target: str) -> str:
    """Everything that names the customer is one thing."""
    return "customer" if target == "email" or target.startswith("identity:") else target


def _value(target: str, text: str) -> str:
    return f"{target.removeprefix('identity:')}:{text}" if target.startswith("identity:") else text
