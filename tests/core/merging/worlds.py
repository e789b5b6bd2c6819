"""Random customers with something in every table, a vanished plugin's among them, and what a dump shows."""

from __future__ import annotations

import json
from datetime import date, datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.model.customer import ContactPoint, Identity, Preference
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.store.ownership import contract
from crmkit.plugin import customer_column, key_column, on_conflict, owned, personal, plugin_metadata, via

TOML = """
[identities]
shop = "Web shop"

[matching]
keys = ["identities"]

[fields.bread]
type = "text"

[fields.card]
type = "text"
unique = true

[fields.points]
type = "number"

[fields.allergies]
type = "multi-choice"
choices = ["nuts", "gluten", "milk"]

[purposes.offers]
type = "marketing"

[records.cake]

[records.cake.fields.taste]
type = "text"
"""
_JOURNAL = ("merge", "merge_run", "merge_moved", "merge_removed", "merge_value", "change", "observer")


_COMBINED = {
    "points": "sum", "since": "min", "note": "first_non_null", "day": "min", "paid": "first_non_null",
}  # fmt: skip


def gone_plugin(crm: Crm) -> dict[str, sa.Table]:
    """The tables of a plugin that is not there any more: one row each, keyed, indirect, two-sided."""
    metadata = plugin_metadata()
    customer = crm.tables.customer
    summed = on_conflict(keep="survivor", combine=_COMBINED)
    account = sa.Table(
        "gone_account", metadata, key_column(),
        customer_column("customer_id", customer, erase="delete", nullable=False, unique=True),
        sa.Column("points", sa.BigInteger), sa.Column("since", sa.BigInteger), sa.Column("note", sa.Text),
        sa.Column("day", sa.Date), sa.Column("paid", sa.Boolean),
        info=owned(conflict=summed),
    )  # fmt: skip
    sa.Table(
        "gone_entry", metadata, key_column(),
        via("account_id", account, erase="delete", nullable=False),
        sa.Column("word", sa.Text), sa.Column("points", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account_id", "word"),
        info=owned(conflict=on_conflict(keep="newest:points")),
    )  # fmt: skip
    entry = metadata.tables["gone_entry"]
    sa.Table(
        "gone_mark", metadata, key_column(), via("entry_id", entry, erase="delete"),
        personal("text", sa.Text), info=owned(),
    )  # fmt: skip
    sa.Table(
        "gone_setting", metadata, key_column(),
        customer_column("customer_id", customer, erase="delete", nullable=False),
        sa.Column("word", sa.Text), sa.Column("at", sa.BigInteger), sa.Column("until", sa.DateTime),
        sa.UniqueConstraint("customer_id", "word"),
        info=owned(conflict=on_conflict(keep="newest:at")),
    )  # fmt: skip
    sa.Table(
        "gone_link", metadata, key_column(),
        customer_column("a_id", customer, erase="delete", nullable=False),
        customer_column("b_id", customer, erase="blank"),
        sa.Column("word", sa.Text),
        sa.UniqueConstraint("a_id", "b_id"),
        info=owned(conflict=on_conflict(keep="survivor"), self_link="drop"),
    )  # fmt: skip
    with crm.kernel.store.altering() as connection:
        metadata.create_all(connection, tables=list(metadata.tables.values()))
        for table in metadata.tables.values():
            row = {"n": table.name, "p": "gone", "c": json.dumps(contract(table))}
            connection.execute(sa.text("INSERT INTO ownership VALUES (:n, :p, :c)"), row)
    return dict(metadata.tables)


def populate(crm: Crm, random: Random, count: int, gone: dict[str, sa.Table]) -> list[int]:
    """`count` customers who share tags, addresses, ties and segments, so that everything collides."""
    drafts = [_draft(random, number) for number in range(count)]
    ids = [id_ for id_ in crm.customers.save_all(drafts).ids if id_ is not None]
    assert len(ids) == count
    for id_ in ids:
        for state in random.choices(["grant", "withdraw"], k=random.randrange(3)):
            getattr(crm.consent, state)(id_, "offers", random.choice(["phone", "in_person"]))
    for _ in range(count * 2):
        one, other = random.sample(ids, 2)
        crm.customers.relate(one, random.choice(["works_at", "knows"]), other)
    references: list[int | str] = [*ids, *(f"shop:{number}" for number in range(count))]
    crm.interactions.record_all(
        InteractionDraft(customer=random.choice(references), type="note", payload={"text": f"n{number}"})
        for number in range(count * 3)
    )
    for id_ in random.sample(ids, count // 2):
        crm.records.add("cake", id_, {"taste": "plum"})
    with crm.transaction() as tx:
        _core_rows(crm, tx, random, ids)
        _gone_rows(tx, random, ids, gone)
    return ids


def _draft(random: Random, number: int) -> CustomerDraft:
    fields: dict[str, Any] = {}
    if random.random() < 0.6:
        fields["bread"] = random.choice(["rye", "wheat"])
    if random.random() < 0.4:
        fields["card"] = f"C{number}"
    if random.random() < 0.4:
        fields["points"] = random.randrange(100)
    if random.random() < 0.5:
        fields["allergies"] = tuple(random.sample(["nuts", "gluten", "milk"], random.randrange(1, 3)))
    points = [
        ContactPoint(kind="email", value=f"{random.choice('abc')}@example.org"),
        ContactPoint(kind="email", value=f"own{number}@example.org"),
        ContactPoint(kind="phone", value=f"+4860010020{random.randrange(4)}"),
        ContactPoint(kind="address", value="Home", street="Prosta 1", city=random.choice(["Łódź", "Gdańsk"])),
    ]
    return CustomerDraft(
        id=None,
        name=random.choice(["", f"Anna {number}", "Zofia Żak"]) or f"N{number}",
        given_name=random.choice(["", "Anna"]),
        locale=random.choice([None, "pl", "en"]),
        lifecycle=random.choice(["prospect", "lead", "customer", "former"]),
        contact_points=tuple(random.sample(points, random.randrange(4))),
        identities=(Identity("shop", str(number)),),
        tags=tuple(random.sample(["vip", "bread", "late", "kind"], random.randrange(4))),
        preferences=tuple(
            Preference(topic="bread", value=value, origin=random.choice(["stated", "inferred"]), source="")
            for value in random.sample(["rye", "wheat"], random.randrange(3))
        ),
        fields=fields,
    )


def _core_rows(crm: Crm, tx: Any, random: Random, ids: list[int]) -> None:
    tables = crm.tables
    for id_ in ids:
        for segment in random.sample(["regulars", "slipping"], random.randrange(3)):
            for left in random.sample([None, 900], random.randrange(3)):
                row = {
                    "segment": segment,
                    "customer_id": id_,
                    "entered_at": random.randrange(900),
                    "left_at": left,
                }
                tx.execute(sa.insert(tables.segment_stay).values(**row))
        if random.random() < 0.5:
            row = {"trait": "rfm", "customer_id": id_, "number": id_, "computed_at": random.randrange(5)}
            tx.execute(sa.insert(tables.trait_value).values(**row))
    for one, other in {tuple(sorted(random.sample(ids, 2))) for _ in ids}:
        row = {"customer_id": one, "other_id": other, "score": 900, "reasons": "[]", "state": "open",
               "found_at": 1, "actor": "x"}  # fmt: skip
        tx.execute(sa.insert(tables.duplicate).values(**row))


def _gone_rows(tx: Any, random: Random, ids: list[int], gone: dict[str, sa.Table]) -> None:
    account, entry, mark = gone["gone_account"], gone["gone_entry"], gone["gone_mark"]
    for id_ in ids:
        if random.random() < 0.7:
            row = {
                "customer_id": id_,
                "points": random.choice([None, 5, 7]),
                "since": random.choice([None, 3, 9]),
                "note": random.choice([None, "x", "é"]),
                "day": random.choice([None, date(2026, 1, 2), date(2026, 3, 4)]),
                "paid": random.choice([None, False, True]),
            }
            (key,) = tx.execute(sa.insert(account).values(**row)).inserted_primary_key
            for word in random.sample(["a", "b", None, None], random.randrange(4)):
                row = {"account_id": key, "word": word, "points": random.randrange(3)}
                (entry_key,) = tx.execute(sa.insert(entry).values(**row)).inserted_primary_key
                if random.random() < 0.7:
                    tx.execute(sa.insert(mark).values(entry_id=entry_key, text=f"m{entry_key}"))
        for word in random.sample(["x", "y", None], random.randrange(3)):
            row = {"customer_id": id_, "word": word, "at": random.choice([None, 1, 2, 3])}
            row |= {"until": random.choice([None, datetime(2026, 1, 2, 3, 4, 5, 6)])}  # noqa: DTZ001
            tx.execute(sa.insert(gone["gone_setting"]).values(**row))
    sides = {(random.choice(ids), random.choice([None, *ids])) for _ in range(len(ids) * 2)}
    for one, other in sorted(sides, key=str):
        tx.execute(sa.insert(gone["gone_link"]).values(a_id=one, b_id=other, word=f"{one}-{other}"))


def random_pairs(random: Random, ids: list[int], count: int, *, chains: bool = True) -> list[tuple[int, int]]:
    """Pairs (survivor, loser) with shared survivors and chains, in an order in which they can be done."""
    alive, pairs = list(ids), list[tuple[int, int]]()
    for _ in range(20 * count):
        if len(pairs) == count:
            break
        survivor, loser = random.sample(alive, 2)
        if pairs and random.random() < 0.4 and pairs[-1][0] in alive:
            survivor = pairs[-1][0]
        if survivor == loser or (not chains and loser in {pair[0] for pair in pairs}):
            continue
        alive.remove(loser)
        pairs.append((survivor, loser))
    return pairs


def dump(crm: Crm, *, until: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the journal and the versions; of changes those up to `until`."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with crm.kernel.reading() as connection:
        for name in sorted(sa.inspect(connection).get_table_names()):
            if name.startswith(("customer_search", "sqlite_")) or name in _JOURNAL:
                continue
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            columns = [c for c in table.columns if (name, c.name) != ("customer", "version")]
            rows = connection.execute(sa.select(*columns)).all()
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        change = crm.tables.change
        query = sa.select(change).order_by(change.c.seq)
        if until is not None:
            query = query.where(change.c.seq <= until)
            found["change"] = [tuple(row) for row in connection.execute(query)]
    return found


def last_change(crm: Crm) -> int:
    """The number of the newest entry of the change log."""
    with crm.kernel.reading() as connection:
        return int(connection.execute(sa.select(sa.func.max(crm.tables.change.c.seq))).scalar_one())


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The rows by which two dumps differ, for a failing test to show."""
    return {
        name: (set(one[name]) - set(other[name]), set(other[name]) - set(one[name]))
        for name in one
        if one[name] != other.get(name)
    }
