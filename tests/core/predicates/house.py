"""A small business whose every word the tests know, and rows for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from crmkit.core.model.words import Channel, Field, InteractionType, Purpose, Trait
from crmkit.core.predicates import Context, Duration, RecordType
from crmkit.core.store.tables import Tables, build_tables, plugin_metadata
from crmkit.core.words.core_words import core_words
from crmkit.core.words.registry import Registry

DAY = 86_400_000_000
TZ = ZoneInfo("Europe/Warsaw")
# 28 February 2025, 12:00 in Warsaw: a common year's stand-in for the 29th.
NOW = 1_740_740_400_000_000
BREADS = ("rye", "wheat", "sourdough")
FIELDS = (
    Field(name="favourite_bread", type="choice", choices=BREADS, doc="Bread"),
    Field(name="birthday", type="date", doc="Birthday"),
    Field(name="points", type="number", doc="Points"),
    Field(name="weight", type="number", decimals=2, doc="Weight"),
    Field(name="credit", type="money", doc="Credit"),
    Field(name="remark", type="text", doc="Remark"),
    Field(name="vegan", type="bool", doc="Vegan"),
    Field(name="met", type="datetime", doc="First met"),
    Field(name="interests", type="multi-choice", choices=("cake", "bread", "tea"), doc="Interests"),
)
SEGMENTS = {
    "regulars": "count(purchase, last 90 days) >= 6",
    "slipping": "was_in(regulars, 60 days ago) and days_since(purchase) > 30",
    "win-back": "in(slipping) and not archived",
    "northern": "city = 'Gdańsk'",
}


class Tasting(TypedDict, total=False):
    """What somebody tasted."""

    wine: str
    glasses: int
    price: Decimal
    liked: bool
    tags: tuple[str, ...]


def visits(as_of: int, tables: Tables, *, minutes: int = 0) -> Any:
    """(customer, number of visits up to `as_of`)."""
    row = tables.interaction.c
    counted = sa.func.count(row.seq) + minutes
    return (
        sa.select(row.customer_id, counted)
        .where(row.type == "visit", row.occurred_at <= as_of)
        .group_by(row.customer_id)
    )


def clv(as_of: int, tables: Tables, *, horizon: Duration) -> Any:
    """(customer, a made-up value in minor units)."""
    row = tables.interaction.c
    value = sa.func.sum(row.amount) * horizon.amount
    return (
        sa.select(row.customer_id, value)
        .where(row.type == "purchase", row.occurred_at <= as_of)
        .group_by(row.customer_id)
    )


DEALS = plugin_metadata()
DEAL = sa.Table(
    "deal",
    DEALS,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger),
    sa.Column("stage", sa.Text),
    sa.Column("value", sa.BigInteger),
)


def context(**more: Any) -> Context:
    """The business's words."""
    registry = Registry()
    registry.add("core", tuple(core_words()))
    registry.add(
        "crm.toml",
        (
            *FIELDS,
            InteractionType(name="tasting", doc="Tasted something", payload=Tasting),
            InteractionType(name="gift", doc="Anything"),
            Purpose(name="offers", type="marketing", doc="Offers"),
            Channel(name="email", doc="E-mail", contact_kind="email"),
        ),
    )
    registry.add("analytical", (Trait(name="visits", type="number", doc="Visits", select=visits, missing=0),))
    registry.add("analytical", (Trait(name="clv", type="money", doc="Value", select=clv),))
    for plugin in ("weather", "tides"):
        registry.add(plugin, (Field(name="height", type="number", doc="Height"),), qualified=True)
    deal = RecordType(
        name="deal",
        fields={
            "stage": Field(name="stage", type="choice", choices=("open", "won", "lost"), doc="Stage"),
            "value": Field(name="value", type="money", doc="Value"),
        },
        table=DEAL,
    )
    options: dict[str, Any] = {
        "words": registry.words(),
        "currency": "PLN",
        "tz": TZ,
        "segments": SEGMENTS,
        "formulas": {"average_order": "sum(purchase) / count(purchase)"},
        "records": {"deal": deal},
    }
    return Context(**(options | more))


def tables(of: Context) -> Tables:
    """The core's tables, with a column for each field."""
    return build_tables(of.words.fields)


def customer(id_: int, **values: Any) -> dict[str, Any]:
    """A row of `customer`."""
    return {
        "id": id_,
        "uid": f"u{id_}",
        "is_organization": 0,
        "name": "",
        "given_name": "",
        "family_name": "",
        "fold": "",
        "lifecycle": "customer",
        "customer_type": None,
        "owner_id": None,
        "locale": None,
        "timezone": None,
        "preferred_channel": None,
        "preferred_time": None,
        "archived_at": None,
        "restricted_at": None,
        "version": 1,
        "created_at": 0,
        "source": "",
        **values,
    }


def interaction(seq: int, customer_id: int, type_: str, at: int, **values: Any) -> dict[str, Any]:
    """A row of `interaction`."""
    payload = msgspec.json.encode(values.pop("payload", {})).decode()
    return {
        "seq": seq,
        "customer_id": customer_id,
        "type": type_,
        "channel": None,
        "direction": None,
        "employee_id": None,
        "outlet": None,
        "occurred_at": at,
        "recorded_at": at,
        "known_at": at,
        "amount": None,
        "currency": None,
        "payload": payload,
        "payload_version": 1,
        "source": None,
        "source_ref": None,
        "corrects": None,
        "superseded_by": None,
        "identity_id": None,
        "contact_point_id": None,
        "actor": "",
        **values,
    }


def change(
    seq: int, customer_id: int, at: int, entity: str, field: str, old: Any, new: Any, **values: Any
) -> Any:
    """A row of `change`."""

    def written(value: Any) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    return {
        "seq": seq,
        "at": at,
        "actor": "",
        "action": "changed",
        "entity": entity,
        "entity_id": customer_id,
        "customer_id": customer_id,
        "field": field,
        "old": written(old),
        "new": written(new),
        "source": "",
        "origin": "",
        "salt": None,
        "digest": "",
        "hash": "",
        **values,
    }


def create(connection: sa.Connection, of: Tables) -> None:
    """Make every table."""
    for table in of.by_name.values():
        table.create(connection)


def fill(connection: sa.Connection, of: Tables, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Insert rows by table."""
    for name in ("employee", "customer", *sorted(set(rows) - {"employee", "customer"})):
        if rows.get(name):
            table = DEAL if name == "deal" else of.by_name[name]
            connection.execute(sa.insert(table), [dict(row) for row in rows[name]])


def empty(connection: sa.Connection, of: Tables) -> None:
    """Take every row out."""
    for table in reversed(list(of.by_name.values())):
        connection.execute(sa.delete(table))
    connection.execute(sa.delete(DEAL))
