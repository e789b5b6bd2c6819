"""The action `file.append`: a line in a file beside `crm.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen
from attrs.validators import instance_of

from crmkit.core.errors import CrmError, Invalid
from crmkit.core.language import _
from crmkit.core.model.acting import ActionItem, Later, Parcel, Performed, Unconfirmed
from crmkit.core.model.batches import Refusal
from crmkit.core.model.words import Action

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

Cells = str | tuple[str, ...]
# So many lines are appended at once.
_AT_ONCE: Final = 100


def _cells(value: Any) -> Cells:
    """A line as one text, or as the cells of a table."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and value:
        return tuple(map(str, value))
    raise TypeError('a line is a text, or the cells of a row such as ["{{ customer.id }}", "called"]')


@frozen
class FileLine:
    """Which file gets which line, and which line it begins with. A line may be the cells of a row."""

    file: str = field(validator=instance_of(str))
    line: Cells = field(converter=_cells)
    header: Cells = field(default="", converter=_cells)


@frozen
class _Lines:
    """What is appended: the file's path from crm.toml's folder, the line and the header."""

    file: str
    line: str
    header: str


def file_action() -> Action:
    """`file.append`, in rules as `file = "calls.csv"` with `line = […]`."""
    return Action(
        name="file.append", doc="Adds a line to a file beside crm.toml", params=FileLine, shorthand="file",
        rendered=("line",), check=_check, prepare=_prepare, perform=_perform,
        at_once=_AT_ONCE,
        says=lambda params: _("add to {file}: {line}", file=params.file, line=_shown(params.line)),
    )  # fmt: skip


def _shown(line: Cells) -> str:
    return line if isinstance(line, str) else ", ".join(line)


def _check(params: FileLine, crm: Crm) -> None:
    from crmkit.core.files.lines import line_of
    from crmkit.core.files.place import place_of

    path = place_of(crm.config, params.file)
    line_of(path, params.header)
    line_of(path, params.line)
    if not _shown(params.line).strip():
        raise Invalid("A line that is empty says nothing", hint="Write what to add.")


def _prepare(items: Sequence[ActionItem], crm: Crm) -> Iterator[Parcel | Refusal]:
    from crmkit.core.files.lines import line_of
    from crmkit.core.files.place import place_of

    for index, item in enumerate(items):
        try:
            path = place_of(crm.config, item.params.file)
            lines = _Lines(str(path), line_of(path, item.params.line), line_of(path, item.params.header))
        except CrmError as error:
            yield Refusal(index, error.message)
            continue
        says = f"File: {lines.file}\n\n{lines.line}\n"
        yield Parcel(index=index, to=f"file:{lines.file}", says=says, content=lines)


def _perform(parcels: Iterable[Parcel], crm: Crm) -> Iterator[Performed | Refusal | Later | Unconfirmed]:
    """Append what goes into the same file at once: all of that is there, or nothing."""
    taken = iter(parcels)
    while together := list(islice(taken, _AT_ONCE)):
        groups: dict[str, list[Parcel]] = {}
        for parcel in together:
            groups.setdefault(parcel.content.file, []).append(parcel)
        for name, group in groups.items():
            yield from _appended(name, group, crm)


def _appended(
    name: str, group: Sequence[Parcel], crm: Crm
) -> Iterator[Performed | Refusal | Later | Unconfirmed]:
    from pathlib import PurePath

    from crmkit.core.files.appending import NotAppended, append

    header, lines = group[0].content.header, [parcel.content.line for parcel in group]
    try:
        append(crm.config, PurePath(name), header, lines)
    except Invalid as error:
        yield from (Refusal(parcel.index, error.message) for parcel in group)
    except NotAppended as error:
        answer = Unconfirmed if error.is_unsure else Later
        yield from (answer(parcel.index, error.reason) for parcel in group)
    else:
        yield from (Performed(parcel.index, name) for parcel in group)
