"""What the replica holds of an interaction: nothing that says who somebody is, or what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm

_WHOLE: Final = (
    "seq", "customer_id", "employee_id", "occurred_at", "known_at", "amount", "corrects", "superseded_by",
)  # fmt: skip
_TEXTS: Final = ("type", "channel", "direction", "outlet", "currency", "source")
COLUMNS: Final = (*_WHOLE, *_TEXTS)
TEXTS: Final = list(_TEXTS)


def all_columns(crm: Crm) -> list[sa.Column[Any]]:
    """The columns of `crm.tables.interaction` that are copied, in their order."""
    return [crm.tables.interaction.c[name] for name in COLUMNS]


def customer_schema() -> Any:
    """The Arrow schema of who there is."""
    import pyarrow as pa

    return pa.schema([("id", pa.int64())])


def arrow_schema() -> Any:
    """Their Arrow schema."""
    import pyarrow as pa

    whole = [(name, pa.int64()) for name in _WHOLE]
    return pa.schema([*whole, *((name, pa.string()) for name in _TEXTS)])
