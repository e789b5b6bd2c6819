"""The files of campaigns and journeys beside `crm.toml`, and what `crm check` says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError, NotFound
from crmkit.plugin import DeclaredFile, Finding, did_you_mean, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import Crm

CAMPAIGNS: Final = "campaigns"
JOURNEYS: Final = "journeys"
# (keys of the file, what is wrong there, what to do)
Fault = tuple[tuple[str | int, ...], str, str]
# (keys of the file, the condition there, the interaction type that it is on, where it is on one)
Condition = tuple[tuple[str | int, ...], str, str]


def one_of(
    files: Mapping[str, DeclaredFile[Any]], name: str, missing: str, command: str
) -> DeclaredFile[Any]:
    """The file of that name. Raises `NotFound` with the nearest."""

    if name in files:
        return files[name]
    hint = did_you_mean(name, files, phrase("Make one: {command} new {name}", command=command, name=name))
    raise NotFound(phrase(missing, name=name), hint=hint)


def findings_in(
    file: DeclaredFile[Any], faults_of: Callable[[Any], Iterator[Fault]], crm: Crm
) -> Iterator[Finding]:
    """What is wrong with a file, each with its line: what cannot be read, else what `faults_of` its value
    yields."""
    if file.value is None:
        directory = crm.config.directory
        yield from (Finding("error", each.sentence(directory)) for each in file.problems)
        return
    try:
        for keys, message, hint in faults_of(file.value):
            yield Finding(
                "error", phrase("{place}: {problem}", place=file.place(*keys), problem=message), hint
            )
    except CrmError as error:
        yield Finding(
            "error", phrase("{place}: {problem}", place=file.shown, problem=error.message), error.hint or ""
        )


def notes_in(
    file: DeclaredFile[Any], conditions_of: Callable[[Any], Iterable[Condition]], crm: Crm
) -> Iterator[Finding]:
    """Which words that will go the conditions of a file name, each with its line."""
    for keys, condition, on in () if file.value is None else conditions_of(file.value):
        for sentence, instead in crm.predicates.deprecated(condition, on=on):
            yield Finding(
                "note",
                phrase("{place}: uses {sentence}", place=file.place(*keys), sentence=sentence),
                phrase("Use {instead}", instead=instead),
            )
