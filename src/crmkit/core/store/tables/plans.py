"""Plans, the ledger of effects, and the last word on those who were left out."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, impersonal, on_conflict, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column, partial_index


def plan_table(metadata: sa.MetaData) -> None:
    """Plans, each with the rules as they were when it was made."""
    sa.Table(
        "plan",
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        # Of the rules, and of all that the plan says: the same again is the same plan.
        sa.Column("digest", Text, nullable=False),
        sa.Column("content", Text, nullable=False),
        sa.Column("effective", Text, nullable=False),
        sa.Column("counts", Text, nullable=False),
        sa.Column("applied_at", Instant),
        sa.Column("undone_at", Instant),
        info=impersonal("rules and counts; whom a plan is about stands in its acts"),
        sqlite_autoincrement=True,
    )


def plan_act_table(metadata: sa.MetaData) -> None:
    """What a plan would do, holds back, and drops for a new reason."""
    sa.Table(
        "plan_act",
        metadata,
        key_column(),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id"), nullable=False),
        sa.Column("rule", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        sa.Column("occasion", Text, nullable=False),
        customer_column(
            "customer_id", metadata.tables["customer"], erase="delete", nullable=False, index=True
        ),
        sa.Column("action", Text, nullable=False),
        personal("params", Text, nullable=False),
        personal("says", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("gate", Text),
        personal("reason", Text),
        # When what is held goes on by itself.
        sa.Column("until", Instant),
        # Of a rule that is measured: control, treated, or a variant.
        sa.Column("arm", Text),
        sa.Index("ix_plan_act_plan_id_state", "plan_id", "state"),
        info=owned(),
    )


def decision_table(metadata: sa.MetaData) -> None:
    """Why somebody was left out last: the same reason again is no news."""
    sa.Table(
        "decision",
        metadata,
        key_column(),
        sa.Column("origin", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        customer_column(
            "customer_id", metadata.tables["customer"], erase="delete", nullable=False, index=True
        ),
        sa.Column("gate", Text, nullable=False),
        personal("reason", Text, nullable=False),
        sa.Column("plan_id", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("origin", "step", "customer_id"),
        info=owned(conflict=on_conflict(keep="newest:at")),
    )


def effect_table(metadata: sa.MetaData) -> None:
    """The ledger: a row for each effect, written before it happens, so that none happens twice."""
    sa.Table(
        "effect",
        metadata,
        key_column(),
        # Whose effect it is: rule:NAME.
        sa.Column("origin", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        sa.Column("occasion", Text, nullable=False),
        customer_column("customer_id", metadata.tables["customer"], erase="blank"),
        # None for what no plan has said: somebody sent it by hand.
        sa.Column("plan_id", sa.BigInteger, index=True),
        sa.Column("action", Text, nullable=False),
        personal("params", Text, nullable=False, blank="{}"),
        sa.Column("state", Text, nullable=False),
        personal("reason", Text),
        personal("result", Text),
        sa.Column("actor", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("undone_at", Instant),
        # How it reaches the customer, and when it did or will: what limits of contact count.
        sa.Column("channel", Text),
        sa.Column("purpose", Text),
        sa.Column("contact_at", Instant),
        personal("recipient", Text),
        # Of what is still to be handed over: when, and how often it was tried.
        sa.Column("due_at", Instant),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        # When it is given up: so long after the first try. None before that.
        sa.Column("give_up_at", Instant),
        # Who has it in hand holds the token of that turn; a later turn has a higher one.
        sa.Column("lease_until", Instant),
        sa.Column("token", sa.BigInteger, nullable=False, server_default="0"),
        # 1 for what went to a file and not to the world outside.
        sa.Column("rehearsed", sa.Integer, nullable=False, server_default="0"),
        sa.Column("arm", Text),
        sa.UniqueConstraint("origin", "step", "occasion", "customer_id", "rehearsed"),
        sa.Index("ix_effect_customer_id_settled_at", "customer_id", "settled_at"),
        _index_of_some("due_at"),
        _index_of_some("lease_until"),
        _index_of_some("customer_id", "contact_at"),
        _index_of_some("recipient"),
        info=owned(conflict=on_conflict(keep="survivor")),
        sqlite_autoincrement=True,
    )


def message_template_table(metadata: sa.MetaData) -> None:
    """Templates as they were when something was written by them; a version never changes."""
    sa.Table(
        "message_template",
        metadata,
        key_column(),
        sa.Column("name", Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        # SHA-256 of the content.
        sa.Column("digest", Text, nullable=False),
        sa.Column("content", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("name", "version"),
        sa.UniqueConstraint("name", "digest"),
        info=impersonal("texts for everybody"),
        sqlite_autoincrement=True,
    )


def rule_table(metadata: sa.MetaData) -> None:
    """Where each rule stands: what a person has let act, and up to when the worker has planned it."""
    sa.Table(
        "rule",
        metadata,
        sa.Column("name", Text, primary_key=True),
        # Of the rule as it was when a person applied a plan of it; a changed one has to ask again.
        sa.Column("digest", Text),
        sa.Column("proven_at", Instant),
        sa.Column("planned_at", Instant),
        sa.Column("planned_seq", sa.BigInteger),
        # Of a rule that is measured: its groups' shares as JSON, since when they are these, and at how many
        # customers it is to be decided. Chosen when the first of them is entered, before anybody has looked.
        sa.Column("shares", Text),
        sa.Column("measured_since", Instant),
        sa.Column("decided_at", sa.Integer),
        info=impersonal("rules"),
    )


def _index_of_some(*columns: str) -> sa.Index:
    """An index of the ledger, of those rows only that have a value in the last of these columns."""
    return partial_index(f"ix_effect_{'_'.join(columns)}", *columns, where=f"{columns[-1]} IS NOT NULL")
