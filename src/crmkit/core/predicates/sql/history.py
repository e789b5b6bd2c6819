"""What a customer's words were in the past, by the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

if TYPE_CHECKING:
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift


def first_later_change(build: Build, entity: str, name: str, shift: Shift) -> Any:
    """(customer_id, seq, old) of the first change of one word after the instant asked for.

    Changes of a customer who was merged into this one are beside the point: they say what that one was.
    """
    change = build.tables.change
    first = (
        sa.select(sa.func.min(change.c.seq).label("seq"))
        .where(
            change.c.entity == entity,
            change.c.field == name,
            change.c.action == "changed",
            change.c.at > build.moments.at(shift),
            change.c.entity_id == change.c.customer_id,
            *build.only_one(change.c.customer_id),
        )
        .group_by(change.c.customer_id)
    )
    found = sa.select(change.c.customer_id, change.c.seq, change.c.old).where(change.c.seq.in_(first))
    return found.subquery(build.alias("h"))


def carried(build: Build, tag: str, shift: Shift) -> sa.CompoundSelect[Any]:
    """The customers who carried the tag at the instant asked for.

    Each tagging has a life of its own, also where a merge brought two together: it was there then if its
    first later change took it away, or if it is there now and has no later change.
    """
    change, tagging = build.tables.change, build.tables.customer_tag
    written = msgspec.json.encode(tag).decode()
    first = (
        sa.select(change.c.customer_id, change.c.entity_id, sa.func.min(change.c.seq).label("seq"))
        .where(
            change.c.entity == "tag",
            sa.or_(change.c.new == written, change.c.old == written),
            change.c.at > build.moments.at(shift),
            change.c.customer_id.is_not(None),
            *build.only_one(change.c.customer_id),
        )
        .group_by(change.c.customer_id, change.c.entity_id)
        .subquery(build.alias("h"))
    )
    taken = sa.select(change.c.customer_id).where(
        change.c.seq.in_(sa.select(first.c.seq)), change.c.action == "removed"
    )
    same = sa.and_(first.c.customer_id == tagging.c.customer_id, first.c.entity_id == tagging.c.id)
    kept = (
        sa.select(tagging.c.customer_id)
        .select_from(tagging.outerjoin(first, same))
        .where(tagging.c.tag == tag, first.c.seq.is_(None), *build.only_one(tagging.c.customer_id))
    )
    return kept.union_all(taken)


def value_of(old: sa.ColumnElement[Any], kind: str, dialect: str) -> sa.ColumnElement[Any]:
    """The value that the change log keeps as JSON."""
    if kind == "bool":
        return sa.case((old.in_(["true", "1"]), 1), (old.in_(["false", "0"]), 0))
    if kind not in ("text", "date"):
        return sa.cast(old, sa.BigInteger)
    if dialect == "sqlite":
        return sa.func.json_extract(old, "$", type_=sa.Text())
    # Here, because it loads all of SQLAlchemy's part for PostgreSQL.
    from sqlalchemy.dialects.postgresql import ARRAY, JSONB

    whole = sa.cast(sa.literal("{}", sa.Text), ARRAY(sa.Text))
    return sa.cast(old, JSONB).op("#>>", return_type=sa.Text())(whole).collate("C")
