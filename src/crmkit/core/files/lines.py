"""A line of a file: one line whatever a customer's name holds, and nothing that a spreadsheet works out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.exchange.formulas import guarded
from crmkit.core.phrase import phrase

_DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
# Line breaks of every script, and what a terminal or an editor would act upon.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def line_of(path: PurePath, said: str | tuple[str, ...]) -> str:
    """The line without its end. In a file of rows (`.csv`, `.tsv`) each cell is guarded.

    Raises `Invalid` for cells in a file that has none.
    """
    delimiter = _DELIMITERS.get(path.suffix.casefold())
    if delimiter is None:
        if not isinstance(said, str):
            raise Invalid(
                phrase('"{path}" has no cells', path=path),
                hint="Name a file that ends in .csv or .tsv, or write the line as one text.",
            )
        return _CONTROLS.sub(" ", said)
    if isinstance(said, str):
        kept = said if delimiter == "\t" else said.replace("\t", " ")
        said = tuple(_parsed(re.sub(r"[\r\n\0]+", " ", kept), delimiter))
    return _written((guarded(_CONTROLS.sub(" ", cell)) for cell in said), delimiter)


def _parsed(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _written(cells: Iterable[str], delimiter: str) -> str:
    row = io.StringIO()
    csv.writer(row, delimiter=delimiter, lineterminator="").writerow(cells)
    return row.getvalue()
