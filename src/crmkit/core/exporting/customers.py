"""Customers as rows of an export."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.exporting.asked import Asked
from crmkit.core.exporting.chosen import Chosen, chosen_columns, exact, require_some
from crmkit.core.exporting.layout import Cells, Layout
from crmkit.core.exporting.loading import Loader, owners_of
from crmkit.core.exporting.others import Other, Others
from crmkit.core.exporting.selection import Selection
from crmkit.core.exporting.source import Batches, Source
from crmkit.core.exporting.surveying import Survey
from crmkit.core.exporting.whole import whole_layout
from crmkit.core.phrase import phrase
from crmkit.core.views.values import values_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

# More of them at once would not fit into the caches of a processor.
_BATCH: Final = 1_000
_UNORDERED: Final = ("ndjson", "vcard")


def customers_source(crm: Crm, connection: sa.Connection, actor: Actor, asked: Asked, kind: str) -> Source:
    """The customers that `asked` means, ready to be written as `kind`."""
    kernel = crm.kernel
    selection = Selection(kernel, actor, crm.views, asked, kernel.clock.now())
    names, where = _names(selection)
    # A card has no place for columns of one's own.
    chosen = chosen_columns(kernel, names, where) if names is not None and kind != "vcard" else None
    ids = selection.ids(connection)
    if chosen is not None:
        layout = chosen.layout
    else:
        survey = Survey(connection, ids, selection.everybody(connection, len(ids)))
        layout = whole_layout(kernel, survey, in_order=kind not in _UNORDERED, by_name=not asked.order)
        if layout.organization is not None and not asked.order:
            ids = selection.organisations_first(connection, ids)
    rows = _Rows(kernel, connection, Others(kernel, actor, connection, asked.restricted), layout)
    batches = rows.whole(ids) if chosen is None else rows.chosen(ids, chosen, selection)
    return Source(
        what="customers",
        columns=layout.columns if chosen is None else chosen.columns,
        rows=len(ids),
        customers=len(ids),
        batches=batches,
        detail=asked.said(),
    )


def _names(selection: Selection) -> tuple[Sequence[str] | None, str]:
    """The columns that were asked for, and by what; None for whole customers."""
    asked = selection.asked
    if asked.columns is not None:
        require_some(asked.columns)
        return asked.columns, "--fields"
    if asked.view:
        saved = selection.views.get(asked.view)
        if saved.columns:
            return saved.columns, phrase("column of view {name}", name=saved.name)
    return None, ""


@frozen(eq=False)
class _Rows:
    """Makes rows of customers, a batch of ids at a time."""

    kernel: Kernel
    connection: sa.Connection
    others: Others
    layout: Layout

    def whole(self, ids: Sequence[int]) -> Batches:
        """Rows of the layout alone."""
        make = self._maker()
        for start in range(0, len(ids), _BATCH):
            yield make(ids[start : start + _BATCH])

    def chosen(self, ids: Sequence[int], chosen: Chosen, selection: Selection) -> Batches:
        """Rows of columns that were chosen."""
        make = self._maker() if self.layout.columns else _nothing
        makers, order = self._exact(chosen), chosen.order
        with closing(selection.values(self.connection, chosen.single)) as singles:
            for start in range(0, len(ids), _BATCH):
                some = ids[start : start + _BATCH]
                rows = make(some)
                if chosen.single:
                    for row, id_, (found, values) in zip(rows, some, singles, strict=False):
                        assert found == id_, "both statements read one state, in one order"
                        row.extend(values)
                if chosen.several:
                    several = values_of(self.kernel, self.connection, chosen.several, some)
                    for row, id_ in zip(rows, some, strict=True):
                        row.extend(several[id_])
                for at, made in makers:
                    for row in rows:
                        row[at] = made(row[at])
                yield [[row[at] for at in order] for row in rows]

    def _exact(self, chosen: Chosen) -> list[tuple[int, Any]]:
        begin = len(self.layout.columns)
        made = [(begin + at, exact(each)) for at, each in enumerate(chosen.single)]
        employees = [begin + at for at, each in enumerate(chosen.single) if each.tree.type.kind == "employee"]
        owners = owners_of(self.kernel, self.connection) if employees else {}
        return [
            *((at, make) for at, make in made if make is not None),
            *((at, partial(_owner, owners)) for at in employees),
        ]

    def _maker(self) -> Any:
        loader = Loader(self.kernel, self.connection, self.layout.wanted)
        owners = owners_of(self.kernel, self.connection) if self.layout.owner is not None else {}

        def make(ids: Sequence[int]) -> list[Cells]:
            loaded = loader.load(ids)
            ties = loaded.of("relationship").values()
            wanted = {row[2] for rows in ties for row in rows}
            others: dict[int, Other] = self.others.find(wanted) if wanted else {}
            return self.layout.rows(loaded, owners, others)

        return make


def _nothing(ids: Sequence[int]) -> list[Cells]:
    return [[] for _ in ids]


def _owner(owners: dict[int, str], id_: Any) -> str | None:
    return owners.get(id_)
