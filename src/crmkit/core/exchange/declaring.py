"""Fields for the columns that nobody can tell: named after their headers, typed from all their values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field, frozen

from crmkit.core.config.names import RESERVED_FIELDS, WORD
from crmkit.core.exchange.mapping import mapping_of, require_somebody
from crmkit.core.exchange.presets import PRESETS
from crmkit.core.exchange.saved import saved_wish
from crmkit.core.exchange.sources import Table, open_source
from crmkit.core.language import _
from crmkit.core.normalise import fold
from crmkit.core.normalise.numbers import plain_number

if TYPE_CHECKING:
    from crmkit.core.config import Config
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.loop import Mapped

_YES_OR_NO: Final = frozenset(("yes", "no", "y", "n", "true", "false", "t", "f", "on", "off", "tak", "nie"))
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.(\d+))?")
# A number that begins with a nought is a code, and would lose it; three groups of three are a phone's.
_CODE: Final = re.compile(r"[+-]?0\d|\d{3}([\s.])\d{3}\1\d{3}\Z")
# Other blanks than those between groups of three stand between several numbers.
_SPACED: Final = re.compile(r"[+-]?\d{1,3}(\s\d{3})+([.,]\d+)?|\S+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_DECIMALS: Final = 9
_LONGEST_NUMBER: Final = 15
_MOST_CHOICES: Final = 12
_ROWS_PER_CHOICE: Final = 5
_LONGEST_NAME: Final = 48


@frozen
class NewField:
    """A field that `--declare` writes: the column it is for, its name, and its keys in `[fields.NAME]`.

    With `is_scheme` it is a scheme of `[identities]`, for the numbers of the product that the file is from.
    """

    header: str
    name: str
    declaration: Mapping[str, Any]
    is_scheme: bool = False

    @property
    def target(self) -> str:
        """What the column means once this is declared."""
        return f"identity:{self.name}" if self.is_scheme else f"field:{self.name}"


def new_fields(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    preset: str | None = None,
    saved: str | None = None,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    encoding: str | None = None,
    sheet: str | None = None,
) -> tuple[NewField, ...]:
    """The fields that the file's unknown columns would be; reads all its rows. Columns without any value are
    left out. Raises as `import_customers`.
    """
    table = open_source(path, format, encoding, sheet)
    wish = saved_wish(crm, "customers", saved, mapping, defaults, preset, "ignore")
    columns = mapping_of(table, "customers", crm.words, wish)
    require_somebody(columns)
    mapped = columns.mapped()
    schemes = _schemes(crm, table.headers, mapped)
    unknown = [header for header in mapped.unknown if header not in {each.header for each in schemes}]
    taken = {each.name for each in crm.words.fields} | RESERVED_FIELDS
    found = schemes
    for header, look in _looks(table, unknown).items():
        if look.count:
            name = _name(header, taken)
            taken.add(name)
            found.append(NewField(header, name, {**look.declaration(), "label": " ".join(header.split())}))
    return tuple(found)


def _looks(table: Table, headers: Sequence[str]) -> Mapping[str, _Look]:
    """What the cells beneath some headers look like, in all rows that can be used."""
    looks = {header: _Look() for header in headers}
    if not looks:
        return looks
    places = [(table.headers.index(header), look) for header, look in looks.items()]
    with table.rows() as rows:
        for row in (each for each in rows if each.reason is None):
            for place, look in places:
                look.at(row.cells[place].strip())
    return looks


def declare(config: Config, fields: Sequence[NewField]) -> None:
    """Write the fields into `crm.toml`; comments and layout stay. The database needs `crm db upgrade` then.

    Raises `Conflict` where the file was changed in the meantime, `ConfigError` where it would not load.
    """
    from crmkit.core.config.edit import ConfigEdit

    edit = ConfigEdit(config.path)
    for each in fields:
        if each.is_scheme:
            edit.set(("identities", each.name), each.declaration["label"])
        else:
            edit.declare_field(each.name, each.declaration)
    edit.save()


@define
class _Look:
    """What the values of a column have in common; memory does not grow with their number."""

    count: int = 0
    decimals: int = 0
    is_number: bool = True
    is_date: bool = True
    is_bool: bool = True
    values: set[str] | None = field(factory=set)

    def at(self, text: str) -> None:
        """Look at one value."""
        if not text:
            return
        self.count += 1
        self.is_number = self.is_number and self._number(text)
        self.is_date = self.is_date and _DATE.fullmatch(text) is not None
        self.is_bool = self.is_bool and text.casefold() in _YES_OR_NO
        if self.values is not None:
            self.values.add(text)
            if len(self.values) > _MOST_CHOICES:
                self.values = None

    def declaration(self) -> dict[str, Any]:
        """The type of the field, and what belongs to it."""
        if self.is_bool:
            return {"type": "bool"}
        if self.is_date:
            return {"type": "date"}
        if self.is_number:
            return {"type": "number", "decimals": self.decimals} if self.decimals else {"type": "number"}
        if self.values is not None and self.count >= _ROWS_PER_CHOICE * len(self.values):
            return {"type": "choice", "choices": sorted(self.values)}
        return {"type": "text"}

    def _number(self, text: str) -> bool:
        found = _NUMBER.fullmatch(plain_number(text))
        if found is None or _CODE.match(text) or len(text) > _LONGEST_NUMBER or not _SPACED.fullmatch(text):
            return False
        self.decimals = max(self.decimals, len(found[1] or ""))
        return self.decimals <= _MOST_DECIMALS


def _schemes(crm: Crm, headers: Sequence[str], mapped: Mapped) -> list[NewField]:
    """Schemes that the product's own numbers need; one column for each."""
    product = next((each for each in PRESETS if each.label == mapped.preset), None)
    if product is None:
        return []
    found: dict[str, NewField] = {}
    listed = product.is_of_companies(headers, (each.target for each in mapped.columns))
    for header in mapped.unknown:
        kind, _colon, scheme = (product.target(header, crm.words, of_companies=listed) or "").partition(":")
        if kind == "identity" and scheme not in found:
            declared = {"label": _("Number in {product}", product=product.label)}
            found[scheme] = NewField(header, scheme, declared, is_scheme=True)
    return list(found.values())


def _name(header: str, taken: Collection[str]) -> str:
    """A free name for a field: the header in lower case, with `_` between its words."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(header)).strip("_")[: _LONGEST_NAME - 4].strip("_")
    plain = words if re.fullmatch(WORD.pattern, words) else f"field_{words}".strip("_")
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}_{number}"
    return name
