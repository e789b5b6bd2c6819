"""Tables: by rich on a terminal, as aligned plain text in a pipe, as CSV for a spreadsheet."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from attrs import frozen

from crmkit.cli.column import Column, Row
from crmkit.cli.terminal import is_terminal, safe
from crmkit.core.language import ngettext

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_GAP = "  "
# No column is shortened below so many cells, unless numbers and dates would be cut off otherwise.
_LEAST = 8
_NARROWEST = 4
_LONGEST_WORD = 20
# After right-to-left text: what follows stays in its place on terminals that reorder.
_LEFT_TO_RIGHT = "\u200e"


def coloured(stream: IO[Any]) -> bool:
    """Whether colours are wanted on the stream."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def console(*, err: bool = False) -> Console:
    """A rich console that never interprets what it prints, colourless where colours are not wanted."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return Console(
        file=stream,
        markup=False,
        emoji=False,
        highlight=False,
        color_system="auto" if coloured(stream) else None,
    )


def print_table(target: Console, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print rows on a terminal: what does not fit its width is shortened, the widest columns first. Numbers
    and dates never are: the last columns are left out instead, and that is said."""
    from rich.table import Table

    texts = [[" ".join(column.text(row).split()) for column in columns] for row in rows]
    layouts = [_Layout.of(column, [line[n] for line in texts]) for n, column in enumerate(columns)]
    widths = _fitted(layouts[: _that_fit(layouts, target.width)], target.width)
    table = Table(box=None, pad_edge=False, padding=(0, len(_GAP), 0, 0), header_style="bold")
    for column, cells in zip(columns, widths, strict=False):
        table.add_column(
            _heading(column, cells),
            justify="right" if column.right else "left",
            style=column.style or None,
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap else "ellipsis",
            width=cells,
        )
    for line in texts:
        table.add_row(*map(_cell, line[: len(widths)]))
    target.print(table)
    if left := len(columns) - len(widths):
        target.print(
            ngettext(
                "… and {count} more column, in a wider terminal",
                "… and {count} more columns, in a wider terminal",
                left,
            )
        )


@frozen
class _Layout:
    """How wide a column can be: all of it (`full`); no narrower than its heading (`titled`), than its longest
    word (`words`), than can be read (`least`)."""

    full: int
    titled: int
    words: int
    least: int

    @classmethod
    def of(cls, column: Column, texts: Sequence[str]) -> _Layout:
        heading, cells = width(column.heading), max(map(width, texts), default=0)
        full, word = max(heading, cells), _longest_word([column.heading])
        if column.fixed:
            least = max(cells, word)
            return cls(full, least, least, least)
        titled, least = min(full, max(_LEAST, heading)), min(full, _NARROWEST)
        if column.wrap:
            words = min(full, _LONGEST_WORD, _longest_word([column.heading, *texts]))
            return cls(full, max(titled, words), words, min(words, _LEAST))
        return cls(full, titled, min(full, max(_LEAST, word)), least)


def _longest_word(texts: Sequence[str]) -> int:
    return max((width(word) for text in texts for word in text.split()), default=0)


def _that_fit(layouts: Sequence[_Layout], room: int) -> int:
    """How many of the columns fit at their narrowest; one at least."""
    for count in range(len(layouts), 1, -1):
        if sum(each.least for each in layouts[:count]) + len(_GAP) * (count - 1) <= room:
            return count
    return 1


def _fitted(layouts: Sequence[_Layout], room: int) -> list[int]:
    """The widths of columns: as wide as they need, until the room is used up."""
    widths = [each.full for each in layouts]
    room -= len(_GAP) * (len(layouts) - 1)
    _shrink(widths, [each.titled for each in layouts], room)
    _shrink(widths, [each.words for each in layouts], room)
    _shrink(widths, [each.least for each in layouts], room)
    return widths


def _shrink(widths: list[int], least: Sequence[int], room: int) -> None:
    """Take cells from the widest column that has some to spare, until all columns fit."""
    while sum(widths) > room:
        spare = [(cells, place) for place, cells in enumerate(widths) if cells > least[place]]
        if not spare:
            return
        widths[max(spare)[1]] -= 1


def _heading(column: Column, cells: int) -> Text:
    """The heading, in several lines where its column is narrower; a word that does not fit is shortened."""
    lines = [""]
    for word in column.heading.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer) > cells and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return _cell("\n".join(lines))


def _cell(text: str) -> Text:
    from rich.text import Text

    return Text(steady(text))


def steady(text: str) -> str:
    """`text` for a line in which other columns follow it."""
    return text + _LEFT_TO_RIGHT if not text.isascii() and _is_right_to_left(text) else text


def _is_right_to_left(text: str) -> bool:
    import unicodedata

    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def width(text: str) -> int:
    """How many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """`text` with blanks up to `cells` terminal cells."""
    blanks = " " * max(0, cells - width(text))
    return blanks + text if right else text + blanks


def folded(text: str, indent: int = 4) -> str:
    """`text` in lines that end between words and fit the terminal, all but the first indented by so many
    cells; whole in a pipe."""
    if not is_terminal(sys.stdout):
        return text
    from shutil import get_terminal_size

    from click import unstyle

    room = max(get_terminal_size().columns, indent + _LEAST)
    first, *words = text.lstrip(" ").split(" ")
    lines = [" " * (len(text) - len(text.lstrip(" "))) + first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if width(unstyle(longer)) > room:
            lines.append(" " * indent + word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def plain_table(columns: Sequence[Column], rows: Sequence[Row], *, headings: bool = True) -> str:
    """Rows as aligned text of whatever width they need, one line each."""
    lines = [[steady(column.heading) for column in columns]] if headings else []
    lines += [[" ".join(column.text(row).split()) for column in columns] for row in rows]
    widths = [max(map(width, cells)) for cells in zip(*lines, strict=True)]
    return "\n".join(
        _GAP.join(
            padded(cell, room, right=column.right)
            for column, cell, room in zip(columns, line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def write_csv(rows: Sequence[Row], keys: Sequence[str]) -> None:
    """Write rows as CSV to stdout, with a line of keys first."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([csv_value(row.get(key)) for key in keys] for row in rows)


def csv_value(value: Any) -> str:
    """A value as CSV text; one that a spreadsheet could take for a formula gets a leading apostrophe."""
    from crmkit.cli.plain import plain
    from crmkit.core.exchange.formulas import guarded
    from crmkit.core.model.money import Money

    value = str(value) if isinstance(value, Money) else plain(value)
    return guarded(value if isinstance(value, str) else safe(value, lines=True))
