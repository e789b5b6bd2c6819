"""Products and prices out of a CSV file, as a shop writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit import CrmError, Invalid, NotFound
from crmkit.plugin import phrase, shown_safely
from crmkit.plugins.operational.products.model import STANDARD, Catalogued
from crmkit.plugins.operational.products.prices import Prices
from crmkit.plugins.operational.products.products import Products

if TYPE_CHECKING:
    from crmkit import Crm

COLUMNS: Final = (
    "sku", "name", "unit", "tax", "price", "currency", "list", "from_quantity", "valid_from", "valid_until",
)  # fmt: skip
_MOST_PROBLEMS: Final = 100


class _Rehearsed(Exception):
    """Nothing of it is to be kept."""


def import_products(crm: Crm, path: Path, *, dry_run: bool = False) -> Catalogued:
    """Add and change products and prices as the lines of a file say; what they do not name stays.

    The file is UTF-8 with a heading of `COLUMNS`, parted by commas, semicolons or tabs. A line that is wrong
    is left out and reported. The same file again changes nothing. Errors: `Invalid`, `NotFound`.
    """
    crm.require("records.write")  # once for all: what a line lacks is only reported
    rows = list(_rows(path))
    counts = dict.fromkeys(("created", "updated", "unchanged", "prices"), 0)
    problems: list[tuple[int, str]] = []
    with suppress(_Rehearsed), crm.transaction():
        for number, row in rows:
            try:
                outcome, is_priced = _take_whole(crm, row)
            except CrmError as error:
                problems.append((number, error.message))
                continue
            counts[outcome] += 1
            counts["prices"] += is_priced
        if dry_run:
            raise _Rehearsed
    return Catalogued(**counts, problems=tuple(problems[:_MOST_PROBLEMS]))


def _take_whole(crm: Crm, row: Mapping[str, str]) -> tuple[str, bool]:
    """As `_take`; of a line that turns out to be wrong, nothing stays."""
    with crm.transaction():
        return _take(crm, row)


def _take(crm: Crm, row: Mapping[str, str]) -> tuple[str, bool]:
    """What became of the product, and whether its price is a new one."""
    if None in row:
        raise Invalid("the line has more cells than the heading")
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not given["sku"]:
        raise Invalid("the SKU is missing")
    product, outcome = Products(crm).save(
        given["sku"], given["name"] or None, unit=given["unit"] or None, tax_rate=given["tax"] or None
    )
    if not given["price"]:
        return outcome, False
    _, kept = Prices(crm).set(
        product.sku, given["price"], given["currency"] or None, price_list=given["list"] or STANDARD,
        from_quantity=given["from_quantity"] or 0, valid_from=_day(given["valid_from"]),
        valid_until=_day(given["valid_until"]),
    )  # fmt: skip
    return outcome, kept != "unchanged"


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound(
            phrase("There is no file {path}", path=path), hint="Give the path of a CSV file."
        ) from None
    except UnicodeDecodeError as error:
        raise Invalid(
            phrase("{path} is not UTF-8 text: {reason}", path=path, reason=error.reason),
            hint="Save it as CSV UTF-8.",
        ) from None
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    # A cell may go on over several lines, so the file is not taken apart into lines here.
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
    _check_heading(path, names)
    reader.fieldnames = names
    for row in reader:
        if any(row.values()):
            yield reader.line_num, row


def _check_heading(path: Path, names: list[str]) -> None:
    if "sku" not in names:
        raise Invalid(
            phrase("{path} has no column sku", path=path),
            hint=phrase("Its columns may be: {columns}.", columns=", ".join(COLUMNS)),
        )
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        shown = shown_safely(", ".join(map(repr, unknown)))
        raise Invalid(
            phrase("{path} has a column {shown}, which says nothing of products", path=path, shown=shown),
            hint=phrase("Its columns may be: {columns}.", columns=", ".join(COLUMNS)),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(
            phrase('"{text}" is not a day', text=shown_safely(text)),
            hint="Write it as 2026-12-31.",
        ) from None
