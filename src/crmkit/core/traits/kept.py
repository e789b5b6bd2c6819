"""Traits whose values are kept: computed by a job, known as of now only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import blaming
from crmkit.core.predicates.duration import Duration, parse_duration
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.store.bulk import insert_rows
from crmkit.core.store.setting import read_setting, write_setting

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Trait
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift

# A number is kept exactly, in millionths: rows with it may be moved and summed without rounding.
_SCALE: Final = 1_000_000
_BATCH: Final = 50_000
_COLUMNS: Final = ("trait", "customer_id", "number", "text", "computed_at")


def select_kept(trait: Trait) -> Callable[..., sa.Select[Any]]:
    """What selects the kept values of a trait."""

    def select(build: Build, shift: Shift) -> sa.Select[Any]:  # noqa: ARG001 - known as of now only
        return _values(trait, trait.name, build)

    def select_for(build: Build, shift: Shift, length: Duration | None = None) -> sa.Select[Any]:  # noqa: ARG001
        return _values(trait, _kept_as(trait, length), build)

    return select_for if trait.lengths else select


def _values(trait: Trait, kept_as: str, build: Build) -> sa.Select[Any]:
    table = build.tables.trait_value
    value: Any = table.c.text if trait.type in ("text", "choice", "date") else table.c.number
    if trait.type == "number":
        value = sa.cast(table.c.number, sa.Double()) / sa.literal(float(_SCALE), sa.Double())
    return sa.select(table.c.customer_id, value.label("value")).where(table.c.trait == kept_as)


def _kept_as(trait: Trait, length: Duration | str | None) -> str:
    """The name under which the values for a length of time are kept: the trait's own for the first."""
    wanted = parse_duration(length) if isinstance(length, str) else length
    known = [parse_duration(each) for each in trait.lengths]
    if wanted is None or wanted == known[0]:
        return trait.name
    if wanted in known:
        return f"{trait.name}({trait.lengths[known.index(wanted)]})"
    raise PredicateError(
        phrase("{trait} is not kept for that length of time", trait=trait.name),
        hint=phrase("It is for: {lengths}.", lengths=", ".join(trait.lengths)),
    )


def refresh_kept_traits(crm: Crm) -> None:
    """Compute every kept trait whose values are older than it allows."""
    for trait in crm.words.traits:
        if trait.compute is not None and _is_due(crm, trait):
            refresh_trait(crm, trait)


def refresh_trait(crm: Crm, trait: Trait) -> int:
    """Replace the kept values of a trait with new ones, all of them or none; how many there are now."""
    assert trait.compute is not None
    table = crm.tables.trait_value
    count = 0
    with crm.transaction() as tx:
        # Computed before anything is written: a long computation holds no lock.
        with blaming("trait", trait):
            values = list(trait.compute(crm))
        mine = table.c.trait == trait.name
        if trait.lengths:
            # Lengths that are no longer asked for go as well.
            mine = sa.or_(mine, table.c.trait.startswith(f"{trait.name}(", autoescape=True))
        tx.execute(sa.delete(table).where(mine))
        rows = _rows(trait, values, tx.at)
        while batch := list(islice(rows, _BATCH)):
            insert_rows(tx.connection, "trait_value", _COLUMNS, batch)
            count += len(batch)
        write_setting(tx.connection, _key(trait), str(tx.at))
    return count


def _rows(trait: Trait, values: list[tuple[Any, ...]], at: int) -> Iterator[tuple[Any, ...]]:
    names = {length: _kept_as(trait, length) for length in trait.lengths}
    for customer_id, *length, value in values:
        if value is not None:
            number, text = _kept(trait.type, value)
            yield (names[length[0]] if names else trait.name, customer_id, number, text, at)


def _kept(type_: str, value: Any) -> tuple[int | None, str | None]:
    if type_ == "number":
        return round(Decimal(str(value)) * _SCALE), None
    if type_ in ("money", "datetime", "bool"):
        return int(getattr(value, "minor", value)), None
    return None, value.isoformat() if isinstance(value, date) else str(value)


def _is_due(crm: Crm, trait: Trait) -> bool:
    with crm.kernel.reading() as connection:
        last = read_setting(connection, _key(trait))
    return last is None or int(last) + int(trait.every * 1_000_000) <= crm.clock.now()


def _key(trait: Trait) -> str:
    return f"trait.{trait.name}.computed_at"
