"""The mapping of a file: what each of its columns means, by hand or guessed; nothing is left out silently."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from attrs import define, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange import shapes
from crmkit.core.exchange.headers import folded, guess, near_targets, spelled_out
from crmkit.core.exchange.loop import Mapped
from crmkit.core.exchange.presets import Preset, preset_named, recognised
from crmkit.core.exchange.report import Meaning
from crmkit.core.exchange.sources import Table
from crmkit.core.exchange.targets import IGNORE, SEVERAL, Target, parse_target
from crmkit.core.language import N_
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

T = TypeVar("T")
# What becomes of columns that nobody can tell: the file is refused, or they are left out.
Unknown = Literal["refuse", "ignore"]
_SAMPLE: Final = 200
_LEFT_OUT: Final = "ignore"
_NAMES: Final = ("name", "given_name", "family_name")
_WHO: Final = (*_NAMES, "uid", "email", "phone", "identity", "handle")
_WAYS_OUT: Final = N_(
    "Say what each means (--map {example}; see what it can: {command}), make them fields (--declare), leave "
    "all of them out (--ignore-unknown), or one by one:\n{lines}"
)
_WITHOUT_FIELDS: Final = N_(
    "Say what each means (--map {example}; see what it can: {command}), leave all of them out "
    "(--ignore-unknown), or one by one:\n{lines}"
)


@frozen(kw_only=True)
class Wish:
    """How a file is to be read: by hand, by a saved mapping or a preset; what is left is guessed.

    `headers` are guesses that come first: a folded header, and what it means.
    """

    by_hand: Mapping[str, str] = field(factory=dict)
    saved: Mapping[str, str] = field(factory=dict)
    defaults: Mapping[str, str] = field(factory=dict)
    preset: str | None = None
    unknown: Unknown = "refuse"
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class FileMapping:
    """What the columns of a file mean, in their order, and after them the values that hold for every row."""

    what: str
    headers: tuple[str, ...]
    targets: tuple[Target, ...]
    defaults: tuple[tuple[Target, str], ...] = ()
    how: tuple[str, ...] = ()
    preset: str | None = None

    @property
    def constants(self) -> list[str]:
        """What is put behind the cells of every row."""
        return [value for _, value in self.defaults]

    def columns(self, kind: str, name: str | None = None) -> list[int]:
        """The positions of the cells that mean `kind`; of them those that mean `name`, where it is given."""
        return [
            i for i, target in enumerate(self._every()) if target.kind == kind and name in (None, target.name)
        ]

    def named(self, kind: str) -> list[tuple[int, str]]:
        """(position, name) of the cells that mean `kind`."""
        return [(i, target.name) for i, target in enumerate(self._every()) if target.kind == kind]

    def column(self, kind: str) -> int | None:
        """The position of the only cell that means `kind`, if any."""
        return next(iter(self.columns(kind)), None)

    def used(self) -> list[int]:
        """The positions of the file's own cells that are not ignored."""
        return [i for i, target in enumerate(self.targets) if target.kind != "ignore"]

    def header(self, position: int) -> str:
        """The header of the column at `position`; the fixed value's own where it stands behind the row."""
        return (
            self.headers[position]
            if position < len(self.headers)
            else f"={self.constants[position - len(self.headers)]}"
        )

    def mapped(self) -> Mapped:
        """What is shown, and kept on record, of the mapping."""
        how = self.how or ("header",) * len(self.headers)
        return Mapped(
            self.what,
            tuple(map(Meaning, self.headers, map(str, self.targets), how)),
            tuple((str(target), value) for target, value in self.defaults),
            self.preset,
        )

    def _every(self) -> tuple[Target, ...]:
        return (*self.targets, *(target for target, _ in self.defaults))


def mapping_of(table: Table, what: str, words: Words, wish: Wish) -> FileMapping:
    """The mapping of a file of `what`. Raises `Invalid`, listing every column that nobody can tell."""
    preset = _preset(table, what, wish)
    told = told_by(table.headers, wish.by_hand, lambda text: parse_target(text, what, words))
    saved = _saved(table.headers, wish.saved, what, words)
    given = [(parse_target(name, what, words), value) for name, value in wish.defaults.items()]
    meant = _meant(preset, table.headers, words, {each.kind for each in (*told.values(), *saved.values())})
    columns = [
        _column(header, what, words, told, saved, meant.get(header), wish.headers.get(folded(header)))
        for header in table.headers
    ]
    _prefer(columns, preset)
    _take_streets(columns)
    _judge_values(columns, table, what, {target.kind for target, _ in given}, words)
    unknown = [each for each in columns if each.target is None]
    _require_header(table, columns)
    if unknown and wish.unknown == "refuse":
        raise _unmapped(table, what, unknown, words)
    if what == "customers":
        given += _companies(columns, preset, table.headers, {target.kind for target, _ in given})
    targets = tuple(each.target or IGNORE for each in columns)
    _refuse_twice(table, targets, {target for target, _ in given})
    how = tuple(each.how for each in columns)
    return FileMapping(what, table.headers, targets, tuple(given), how, preset.label if preset else None)


def require_somebody(mapping: FileMapping) -> None:
    """Raise `Invalid` where no column of a file of customers says who they are."""
    if not any(mapping.columns(kind) for kind in _WHO):
        raise Invalid(
            "No column says who the customers are",
            hint="Map one to name, email, phone or identity:SCHEME, such as: --map 'Customer=name'",
        )


@define
class _Column:
    """A column while it is decided what it means; `suggestion` is what its values look like."""

    header: str
    target: Target | None
    how: str
    suggestion: str | None = None


def _preset(table: Table, what: str, wish: Wish) -> Preset | None:
    if what != "customers":
        return None
    return preset_named(wish.preset) if wish.preset else recognised(table.headers)


def _meant(
    preset: Preset | None, headers: Sequence[str], words: Words, told: Iterable[str]
) -> dict[str, str | None]:
    """What a product means by the headers of its file, where of others their kinds were `told`."""
    if preset is None:
        return {}
    listed = preset.is_of_companies(headers, told)
    return {header: preset.target(header, words, of_companies=listed) for header in headers}


def _column(
    header: str,
    what: str,
    words: Words,
    told: Mapping[str, Target],
    saved: Mapping[str, Target],
    meant: str | None,
    expected: str | None = None,
) -> _Column:
    if header in told:
        return _Column(header, told[header], "hand")
    if header in saved:
        return _Column(header, saved[header], "mapping")
    if meant is not None and (target := spelled_out(meant, what, words)) is not None:
        return _Column(header, target, "preset")
    found = parse_target(expected, what, words) if expected else guess(header, what, words)
    return _Column(header, found, "header" if found else "unknown", meant)


def _prefer(columns: Sequence[_Column], preset: Preset | None) -> None:
    """Of several columns that a preset takes for the same, the first in its order counts."""
    if preset is None:
        return
    seen = {each.target for each in columns if each.how in ("hand", "mapping")}
    for each in sorted(columns, key=lambda column: preset.rank(column.header)):
        if each.how not in ("preset", "header") or each.target is None or each.target.kind in SEVERAL:
            continue
        if each.target in seen:
            each.target = IGNORE
        seen.add(each.target)


def _take_streets(columns: Sequence[_Column]) -> None:
    """What stands beside a column of cities is a street, whatever its header calls it.

    Not so in an export of ours, which has the whole address beside its parts.
    """
    found = {str(each.target): each for each in columns if each.how == "header"}
    address, city = found.get("address"), found.get("address.city")
    if address and city and city.header != "address.city" and "address.street" not in found:
        address.target = Target("address.street")


def _judge_values(columns: Sequence[_Column], table: Table, what: str, fixed: set[str], words: Words) -> None:
    """Where a header tells nothing, what the column's values look like may."""
    unknown = [(i, each) for i, each in enumerate(columns) if each.target is None]
    if not unknown:
        return
    with table.rows() as rows:
        sample = [row.cells for row in islice(rows, _SAMPLE) if row.reason is None]
    taken = fixed | {each.target.kind for each in columns if each.target}
    for i, each in unknown:
        values = [cells[i] for cells in sample]
        meant = shapes.meant(values, what)
        each.suggestion = each.suggestion or meant
        if meant and meant not in taken and shapes.may_decide(each.header, values):
            each.target, each.how = parse_target(meant, what, words), "values"
            taken.add(meant)


def _companies(
    columns: Sequence[_Column], preset: Preset | None, headers: Sequence[str], fixed: set[str]
) -> list[tuple[Target, str]]:
    """In a file that names no people, the company's name is the customer's own name."""
    kinds = {each.target.kind for each in columns if each.target} | fixed
    firms = [each for each in columns if each.target == Target("organization") and each.how != "hand"]
    listed = preset is not None and preset.lists_companies(headers)
    if firms and (listed or not kinds.intersection(_NAMES)) and "name" not in kinds:
        firms[0].target = Target("name")
        listed = True
    return [(Target("is_organization"), "yes")] if listed and "is_organization" not in kinds else []


def told_by(headers: Sequence[str], by_hand: Mapping[str, str], parse: Callable[[str], T]) -> dict[str, T]:
    """Header → meaning, as somebody said it. Raises `Invalid` for a column that the file does not have."""
    told: dict[str, T] = {}
    by_case = {header.casefold(): header for header in headers}
    for name, text in by_hand.items():
        header = name if name in headers else by_case.get(name.strip().casefold())
        if header is None:
            near = nearest(name, headers)
            meant = phrase("Did you mean {near}? ", near=quoted(near)) if near else ""
            raise Invalid(
                phrase("The file has no column {name}", name=quoted(name)),
                hint=phrase(
                    "{meant}Its columns: {headers}.", meant=meant, headers=", ".join(map(quoted, headers))
                ),
            )
        told[header] = parse(text)
    return told


def _saved(headers: Sequence[str], saved: Mapping[str, str], what: str, words: Words) -> dict[str, Target]:
    """What a saved mapping says of the columns that this file has; next month's may have fewer."""
    known = {header.casefold(): header for header in headers}
    return {
        known[name.strip().casefold()]: parse_target(text, what, words)
        for name, text in saved.items()
        if name.strip().casefold() in known
    }


def _refuse_twice(table: Table, targets: Iterable[Target], fixed: Iterable[Target]) -> None:
    counts = Counter([*(target for target in targets if target.kind not in SEVERAL), *fixed])
    for target, count in counts.items():
        if count > 1:
            headers = [h for h, meant in zip(table.headers, targets, strict=True) if meant == target]
            last = shlex.quote(f"{headers[-1]}=ignore") if headers else ""
            raise Invalid(
                phrase(
                    "Several values of a row would be its {target}: {headers}",
                    target=target,
                    headers=", ".join(map(quoted, headers)),
                ),
                hint=phrase("Leave out all but one: --map {last}", last=last) if last else "",
            )


def _unmapped(table: Table, what: str, columns: Sequence[_Column], words: Words) -> Invalid:
    headers = [each.header for each in columns]
    return Invalid(
        nphrase(
            "A column of {path} could mean anything: {headers}",
            "{count} columns of {path} could mean anything: {headers}",
            len(headers),
            path=quoted(table.path.name),
            headers=", ".join(map(quoted, headers)),
        ),
        hint=phrase(
            _WAYS_OUT if what == "customers" else _WITHOUT_FIELDS,
            example=shlex.quote(f"{headers[0]}=TARGET"),
            command=f"crm {what} import --help",
            lines=joined("\n", [_line(each, what, words) for each in columns]),
        ),
        unmapped=headers,
    )


def _require_header(table: Table, columns: Sequence[_Column]) -> None:
    """Raise `Invalid` where the first line is a customer already: it has an address, and no column's name."""
    nameless = [each.header for each in columns if each.how in ("unknown", "values")]
    told = next((each for each in nameless if shapes.is_address(each)), None)
    if told is not None and len(nameless) == len(columns):
        raise Invalid(
            phrase(
                "The first line of {path} does not name its columns: {told} is somebody's",
                path=quoted(table.path.name),
                told=quoted(told),
            ),
            hint="Write a line above it that does, such as: name,email,phone",
        )


def _line(column: _Column, what: str, words: Words) -> str:
    """What to say of a column: what its values or its header look like, and what has to be declared before it
    can mean that."""
    near = [] if column.suggestion else near_targets(column.header, what, words)
    likeliest = column.suggestion or (near[0] if near else _LEFT_OUT)
    option = f"  --map {shlex.quote(f'{column.header}={likeliest}')}"
    if column.suggestion is None:
        others = ", ".join(near[1:])
        return phrase("{option}   (or {others})", option=option, others=others) if others else option
    try:
        parse_target(column.suggestion, what, words)
    except Invalid as error:
        return phrase("{option}   (first declare it: {problem})", option=option, problem=error.message)
    return option
