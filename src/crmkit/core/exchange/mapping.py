"""The mapping of a file: what each of its columns means, by hand or guessed; nothing is left out silently."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.headers import guess
from crmkit.core.exchange.rows import Table
from crmkit.core.exchange.targets import NAMED, PLAIN, SEVERAL, Target, parse_target
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words


@frozen
class FileMapping:
    """What the columns of a file mean, in their order, and after them the values that hold for every row."""

    what: str
    headers: tuple[str, ...]
    targets: tuple[Target, ...]
    defaults: tuple[tuple[Target, str], ...] = ()

    @property
    def constants(self) -> list[str]:
        """What is put behind the cells of every row."""
        return [value for _, value in self.defaults]

    def columns(self, kind: str, name: str | None = None) -> list[int]:
        """The positions of the cells that mean `kind`; of them those that mean `name`, where it is given."""
        every = (*self.targets, *(target for target, _ in self.defaults))
        return [i for i, target in enumerate(every) if target.kind == kind and name in (None, target.name)]

    def named(self, kind: str) -> list[tuple[int, str]]:
        """(position, name) of the cells that mean `kind`."""
        every = (*self.targets, *(target for target, _ in self.defaults))
        return [(i, target.name) for i, target in enumerate(every) if target.kind == kind]

    def column(self, kind: str) -> int | None:
        """The position of the only cell that means `kind`, if any."""
        return next(iter(self.columns(kind)), None)

    def used(self) -> list[int]:
        """The positions of the file's own cells that are not ignored."""
        return [i for i, target in enumerate(self.targets) if target.kind != "ignore"]

    def plain(self) -> dict[str, str]:
        """Header → target, as a person may write it; fixed values as `=VALUE`."""
        columns = {header: str(target) for header, target in zip(self.headers, self.targets, strict=True)}
        return columns | {f"={value}": str(target) for target, value in self.defaults}


def mapping_of(
    table: Table, what: str, words: Words, by_hand: Mapping[str, str], defaults: Mapping[str, str]
) -> FileMapping:
    """The mapping of a file of `what`. Raises `Invalid`, listing every column that nobody can tell."""
    told = _told(table.headers, by_hand, what, words)
    given = tuple((parse_target(name, what, words), value) for name, value in defaults.items())
    fixed = {target for target, _ in given}
    targets: list[Target] = []
    unmapped: list[str] = []
    for header in table.headers:
        target = told.get(header) or guess(header, what, words)
        if target is None:
            unmapped.append(header)
        else:
            targets.append(target)
    if unmapped:
        raise _unmapped(table, what, unmapped)
    _refuse_twice(table, targets, fixed)
    return FileMapping(what, table.headers, tuple(targets), given)


def _told(headers: Sequence[str], by_hand: Mapping[str, str], what: str, words: Words) -> dict[str, Target]:
    told: dict[str, Target] = {}
    by_case = {header.casefold(): header for header in headers}
    for name, text in by_hand.items():
        header = name if name in headers else by_case.get(name.strip().casefold())
        if header is None:
            near = nearest(name, headers)
            meant = f"Did you mean {quoted(near)}? " if near else ""
            raise Invalid(
                f"The file has no column {quoted(name)}",
                hint=f"{meant}Its columns: {', '.join(map(quoted, headers))}.",
            )
        told[header] = parse_target(text, what, words)
    return told


def _refuse_twice(table: Table, targets: Iterable[Target], fixed: Iterable[Target]) -> None:
    counts = Counter([*(target for target in targets if target.kind not in SEVERAL), *fixed])
    for target, count in counts.items():
        if count > 1:
            headers = [h for h, meant in zip(table.headers, targets, strict=True) if meant == target]
            last = shlex.quote(f"{headers[-1]}=ignore") if headers else ""
            raise Invalid(
                f"Several values of a row would be its {target}: {', '.join(map(quoted, headers))}",
                hint=f"Leave out all but one: --map {last}" if last else "",
            )


def _unmapped(table: Table, what: str, headers: list[str]) -> Invalid:
    many = f"{len(headers)} columns" if len(headers) > 1 else "A column"
    lines = [f"  --map {shlex.quote(f'{header}=ignore')}" for header in headers]
    every = [*(f"{kind}:NAME" for kind in NAMED[what]), *(name for name in PLAIN[what] if name != "ignore")]
    return Invalid(
        f"{many} of {quoted(table.path.name)} could mean anything: {', '.join(map(quoted, headers))}",
        hint=f"Say what each means (--map {shlex.quote(f'{headers[0]}=TARGET')}; a TARGET is one of: "
        f"{', '.join(every)}), or leave it out:\n" + "\n".join(lines),
        unmapped=headers,
    )
