"""A file to fit a model to: a purchase log, or histories that were summarised before."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import numpy as np
from attrs import field, frozen

from crmkit import Invalid, NotFound
from crmkit.plugin import nphrase, phrase
from crmkit.plugins.analytical.lifetime.columns import found_columns, known_names
from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.purchase_log import PurchaseLog

_NEEDED: Final = {
    "bg-nbd": ("frequency", "recency", "age"),
    "pareto-nbd": ("frequency", "recency", "age"),
    "gamma-gamma": ("frequency", "monetary"),
    "bg-bb": ("frequency", "recency", "age"),
}
_SHOWN: Final = {"age": "T"}


@frozen(kw_only=True, eq=False)
class Table:
    """The columns of a file that are known, as texts, and the line on which each row stands."""

    path: Path
    names: dict[str, str]
    columns: dict[str, list[str]]
    lines: list[int]

    def numbers(self, what: str) -> Numbers:
        """A column as numbers. Raises `Invalid`, which names line and column."""
        try:
            found = np.array(self.columns[what], dtype=np.float64)
        except ValueError:
            found = np.array([_number(text) for text in self.columns[what]], dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(found))
        if len(wrong):
            self.refuse(
                int(wrong[0]), what, phrase("is not a number"), phrase("Write numbers such as 12 or 12.50.")
            )
        return found

    def refuse(self, row: int, what: str, why: str, hint: str = "") -> NoReturn:
        """Raise what is wrong with one value."""
        value = self.columns[what][row]
        raise Invalid(
            phrase(
                '{path}, line {line}, column "{column}": "{value}" {why}',
                path=self.path,
                line=self.lines[row],
                column=self.names[what],
                value=value,
                why=why,
            ),
            hint=hint,
        )


@frozen(kw_only=True, eq=False)
class Contents:
    """What a file holds: a `log`, or `histories`; `skipped` says what was left out."""

    log: PurchaseLog | None = None
    histories: Histories | None = None
    skipped: tuple[str, ...] = field(default=())


def read_contents(path: Path, model: str, today: date) -> Contents:
    """Read a CSV file for one of the models. Raises `Invalid`, `NotFound`.

    With a column of frequencies it is taken as a summary (frequency, recency, T, and weight, if any; the mean
    spend for the Gamma-Gamma model), otherwise as a log of purchases (customer, date, amount).
    """
    table = _read(path)
    if "frequency" in table.columns:
        return Contents(histories=_histories(table, model))
    _require(table, ("customer", "date", *(("amount",) if model == "gamma-gamma" else ())))
    return _log(table, today)


def _read(path: Path) -> Table:
    try:
        with _opened(path) as text:
            return _table(path, text)
    except FileNotFoundError:
        raise NotFound(
            phrase("There is no file {path}", path=path), hint="Name a CSV file of purchases."
        ) from None
    except IsADirectoryError:
        raise Invalid(phrase("{path} is a folder", path=path), hint="Name a CSV file of purchases.") from None
    except UnicodeDecodeError as error:
        raise Invalid(
            phrase("{path} is not in UTF-8: byte {start} cannot be read", path=path, start=error.start),
            hint="Save it as CSV in UTF-8.",
        ) from None
    except csv.Error:
        raise Invalid(
            phrase("{path} is no CSV", path=path),
            hint="Perhaps a quote is never closed, or a cell is too long. Save it as CSV in UTF-8.",
        ) from None
    except (OSError, EOFError) as error:
        raise Invalid(
            phrase("{path} cannot be read: {error}", path=path, error=error), hint="Save it as CSV in UTF-8."
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text


def _table(path: Path, text: IO[str]) -> Table:
    first = text.readline()
    mark = max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=mark), [])
    places = found_columns(header)
    columns: dict[str, list[str]] = {what: [] for what in places}
    taken = [(places[what], values) for what, values in columns.items()]
    lines = []
    rows = csv.reader(text, delimiter=mark)
    for row in rows:
        if not any(row):
            continue
        if len(row) != len(header):
            raise Invalid(
                phrase(
                    "{path}, line {line}: {values} values, but {columns} columns",
                    path=path,
                    line=rows.line_num + 1,
                    values=len(row),
                    columns=len(header),
                ),
                hint="Quote values in which the separator stands.",
            )
        lines.append(rows.line_num + 1)
        for place, values in taken:
            values.append(row[place])
    names = {what: header[place].strip() for what, place in places.items()}
    return Table(path=path, names=names, columns=columns, lines=lines)


def _require(table: Table, needed: Sequence[str]) -> None:
    for what in needed:
        if what not in table.columns:
            raise Invalid(
                phrase(
                    "{path}, line 1: there is no column for the {shown}",
                    path=table.path,
                    shown=_SHOWN.get(what, what),
                ),
                hint=phrase("Call it one of: {names}.", names=known_names(what)),
            )
    if not table.lines:
        raise Invalid(
            phrase("{path} has no rows below its header", path=table.path),
            hint="Name a file with purchases.",
        )


def _histories(table: Table, model: str) -> Histories:
    _require(table, _NEEDED[model])
    given = {what: table.numbers(what) for what in (*_NEEDED[model], "weight") if what in table.columns}
    whole = ("frequency", "recency", "age") if model == "bg-bb" else ("frequency",)
    for what, values in given.items():
        _none(table, what, values < 0, phrase("is negative"))
        if what in whole:
            _none(table, what, values != np.floor(values), phrase("is not a whole number"))
    if "recency" in given:
        _check_times(table, given, most=model == "bg-bb")
    zeros = np.zeros(len(table.lines))
    return Histories(
        frequency=given["frequency"],
        recency=given.get("recency", zeros),
        age=given.get("age", zeros),
        monetary=given.get("monetary"),
        **({"weight": given["weight"]} if "weight" in given else {}),
    ).chosen(given.get("weight", zeros + 1) > 0)


def _check_times(table: Table, given: dict[str, Numbers], *, most: bool) -> None:
    frequency, recency, age = given["frequency"], given["recency"], given["age"]
    _none(
        table,
        "recency",
        recency > age,
        phrase("is more than T: the last purchase is after what was observed"),
    )
    first = (frequency == 0) & (recency > 0)
    _none(table, "recency", first, phrase("is not 0, but there was no repeat purchase"))
    _none(table, "recency", (frequency > 0) & (recency == 0), phrase("is 0, but there were repeat purchases"))
    if most:
        _none(
            table,
            "frequency",
            frequency > recency,
            phrase("is more than the periods up to the last purchase"),
        )


def _none(table: Table, what: str, wrong: Any, why: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        table.refuse(int(rows[0]), what, why)


def _log(table: Table, today: date) -> Contents:
    days = _days(table)
    names, customers = np.unique(np.array(table.columns["customer"]), return_inverse=True)
    if not names[0].strip():
        table.refuse(table.columns["customer"].index(str(names[0])), "customer", phrase("names nobody"))
    amounts = table.numbers("amount") if "amount" in table.columns else None
    _one_currency(table)
    log = PurchaseLog(customers=customers.astype(np.int64), days=days, amounts=amounts)
    late = int((days > today.toordinal()).sum())
    told = nphrase(
        "{count} purchase lies after today ({today}), and is left out",
        "{count} purchases lie after today ({today}), and are left out",
        late,
        today=today,
    )
    skipped = (told,) if late else ()
    return Contents(log=log.until(today.toordinal()), skipped=skipped)


def _days(table: Table) -> Any:
    texts = table.columns["date"]
    numbers: dict[str, int] = {}
    for text in dict.fromkeys(texts):
        day = _day(text.strip())
        if day is None:
            table.refuse(
                texts.index(text), "date", phrase("is not a date"), phrase("Write dates such as 1997-09-30.")
            )
        numbers[text] = day
    return np.array([numbers[text] for text in texts], dtype=np.int64)


def _day(text: str) -> int | None:
    """The number of the day of an ISO date, with a time after it or not."""
    written = text if len(text) == 8 and text.isdigit() else text[:10]
    if len(text) > 10 and text[10] not in " T":
        return None
    try:
        return date.fromisoformat(written).toordinal()
    except ValueError:
        return None


def _one_currency(table: Table) -> None:
    names = table.columns.get("currency", [])
    other = next((row for row, name in enumerate(names) if name != names[0]), None)
    if other is not None:
        table.refuse(
            other,
            "currency",
            phrase("is not {name}: amounts in several currencies cannot be added", name=names[0]),
            phrase("Convert them first, or give a file for each currency."),
        )


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")
