"""Products and prices out of a file, as a shop writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit import CrmError, Invalid
from crmkit.plugin import parse_date, phrase, read_rows, shown_safely
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


def import_products(
    crm: Crm, path: Path, *, dry_run: bool = False, encoding: str | None = None, sheet: str | None = None
) -> Catalogued:
    """Add and change products and prices as the rows of a file say; what they do not name stays.

    The file is read as `read_rows` reads one with `COLUMNS`. A row that is wrong is left out and reported.
    The same file again changes nothing. Errors: `Invalid`, `NotFound`.
    """
    crm.require("records.write")  # once for all: what a row lacks is only reported
    rows = read_rows(path, COLUMNS, needed=("sku",), encoding=encoding, sheet=sheet)
    counts = dict.fromkeys(("created", "updated", "unchanged", "prices"), 0)
    problems: list[tuple[int, str]] = []
    with suppress(_Rehearsed), crm.transaction():
        for row in rows:
            try:
                outcome, is_priced = _take_whole(crm, row.cells)
            except CrmError as error:
                problems.append((row.line, error.message))
                continue
            counts[outcome] += 1
            counts["prices"] += is_priced
        if dry_run:
            raise _Rehearsed
    return Catalogued(**counts, problems=tuple(problems[:_MOST_PROBLEMS]), notes=rows.notes)


def _take_whole(crm: Crm, given: Mapping[str, str]) -> tuple[str, bool]:
    """As `_take`; of a row that turns out to be wrong, nothing stays."""
    with crm.transaction():
        return _take(crm, given)


def _take(crm: Crm, given: Mapping[str, str]) -> tuple[str, bool]:
    """What became of the product, and whether its price is a new one."""
    if not given["sku"]:
        raise Invalid("the SKU is missing")
    product, outcome = Products(crm).save(
        given["sku"], given["name"] or None, unit=given["unit"] or None, tax_rate=_tax(given["tax"])
    )
    if not given["price"]:
        return outcome, False
    _, kept = Prices(crm).set(
        product.sku, given["price"], given["currency"] or None, price_list=given["list"] or STANDARD,
        from_quantity=given["from_quantity"] or 0, valid_from=_day(given["valid_from"]),
        valid_until=_day(given["valid_until"]),
    )  # fmt: skip
    return outcome, kept != "unchanged"


def _tax(text: str) -> str | None:
    """The tax as it is written, in per cent; a workbook's cell that shows 8% holds 0.08, which is refused."""
    if re.fullmatch(r"0?[.,]\d*[1-9]\d*", text):
        raise Invalid(phrase('the tax "{tax}" is less than one per cent: write 8 for 8 %', tax=text))
    return text or None


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise Invalid(
            phrase('"{text}" is not a day', text=shown_safely(text)),
            hint="Write it as 2026-12-31.",
        ) from None
