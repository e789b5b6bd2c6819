"""The core's tables, each saying whose it is.

Instants are integer microseconds UTC, dates ISO text, money integer minor units, JSON plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.model.words import Field, RecordType
from crmkit.core.store.tables.columns import NAMING, Instant, Key, Text, key_column, plugin_metadata
from crmkit.core.store.tables.customers import (
    consent_table,
    contact_point_table,
    customer_table,
    customer_tag_table,
    identity_table,
    preference_table,
    record_number_table,
    relationship_table,
)
from crmkit.core.store.tables.declared import column_name, field_column, field_tables, record_table
from crmkit.core.store.tables.goals import goal_course_table
from crmkit.core.store.tables.house import (
    exchange_rate_table,
    import_run_table,
    job_table,
    numbering_table,
    observer_table,
    ownership_table,
    plugin_table,
    review_table,
    setting_table,
)
from crmkit.core.store.tables.leaving import hold_on_table, send_rate_table
from crmkit.core.store.tables.logs import (
    change_table,
    interaction_table,
)
from crmkit.core.store.tables.messages import incoming_table
from crmkit.core.store.tables.people import (
    cover_table,
    employee_table,
    team_member_table,
    team_table,
)
from crmkit.core.store.tables.plans import (
    decision_table,
    effect_table,
    message_template_table,
    plan_act_table,
    plan_table,
    rule_table,
)
from crmkit.core.store.tables.privacy import (
    address_strike_table,
    erasure_table,
    legal_hold_table,
    privacy_request_table,
    suppression_table,
)
from crmkit.core.store.tables.stewardship import (
    access_table,
    customer_alias_table,
    duplicate_table,
    edit_run_table,
    import_batch_table,
    merge_moved_table,
    merge_removed_table,
    merge_run_table,
    merge_table,
    merge_value_table,
)
from crmkit.core.store.tables.strategy import (
    segment_stay_table,
    trait_value_table,
)

__all__ = [
    "NAMING", "Instant", "Key", "PluginTables", "Tables", "Text", "build_tables", "column_name",
    "field_column", "key_column", "plugin_metadata", "record_table",
]  # fmt: skip
# In an order in which each refers to those before it.
_TABLES: Final = (
    employee_table,
    team_table,
    team_member_table,
    cover_table,
    customer_table,
    contact_point_table,
    identity_table,
    relationship_table,
    preference_table,
    customer_tag_table,
    consent_table,
    interaction_table,
    change_table,
    segment_stay_table,
    trait_value_table,
    goal_course_table,
    plan_table,
    plan_act_table,
    decision_table,
    effect_table,
    message_template_table,
    rule_table,
    send_rate_table,
    hold_on_table,
    setting_table,
    plugin_table,
    observer_table,
    exchange_rate_table,
    ownership_table,
    job_table,
    import_run_table,
    import_batch_table,
    review_table,
    customer_alias_table,
    merge_run_table,
    merge_table,
    merge_moved_table,
    merge_removed_table,
    merge_value_table,
    duplicate_table,
    edit_run_table,
    access_table,
    privacy_request_table,
    legal_hold_table,
    erasure_table,
    suppression_table,
    incoming_table,
    numbering_table,
    address_strike_table,
    record_number_table,
)


@frozen
class PluginTables:
    """A plugin's own tables and the folder of the alembic revisions that make them.

    `derived` names the tables that the plugin's observers fill from the logs and nothing else does: a replay
    empties them, so that it rebuilds and does not count twice. `fresh` says that in an empty database the
    revisions make exactly the tables of `metadata`, and no rows: such a database is then given the tables
    at once, and the revisions are not run. `check_plugin` compares both.
    """

    metadata: sa.MetaData
    migrations: Path
    derived: tuple[str, ...] = ()
    fresh: bool = False


@frozen(kw_only=True, eq=False)
class Tables:
    """The core's tables. `records` are those of the record types, by the type's stored name.

    `by_name` has them all, each after those that it refers to. They are shared by all businesses of this
    process that declare the same: nobody changes them or adds to their MetaData.
    """

    by_name: Mapping[str, sa.Table]
    customer: sa.Table
    customer_field: sa.Table
    customer_choice: sa.Table
    customer_tag: sa.Table
    contact_point: sa.Table
    identity: sa.Table
    relationship: sa.Table
    preference: sa.Table
    consent: sa.Table
    interaction: sa.Table
    change: sa.Table
    employee: sa.Table
    team: sa.Table
    team_member: sa.Table
    cover: sa.Table
    setting: sa.Table
    plugin: sa.Table
    observer: sa.Table
    ownership: sa.Table
    job: sa.Table
    import_run: sa.Table
    review: sa.Table
    exchange_rate: sa.Table
    segment_stay: sa.Table
    trait_value: sa.Table
    goal_course: sa.Table
    plan: sa.Table
    plan_act: sa.Table
    decision: sa.Table
    effect: sa.Table
    message_template: sa.Table
    rule: sa.Table
    send_rate: sa.Table
    hold_on: sa.Table
    import_batch: sa.Table
    customer_alias: sa.Table
    merge_run: sa.Table
    merge: sa.Table
    merge_moved: sa.Table
    merge_removed: sa.Table
    merge_value: sa.Table
    duplicate: sa.Table
    edit_run: sa.Table
    access: sa.Table
    privacy_request: sa.Table
    legal_hold: sa.Table
    erasure: sa.Table
    suppression: sa.Table
    incoming: sa.Table
    numbering: sa.Table
    address_strike: sa.Table
    record_number: sa.Table
    records: Mapping[str, sa.Table] = field(factory=dict)


def build_tables(fields: Iterable[Field] = (), records: Iterable[RecordType] = ()) -> Tables:
    """The core's tables; `fields` become columns of `customer_field`, each of `records` has its own table.

    Declarations that were seen lately get the same tables again.
    """
    return _declared_tables(
        _of_columns(fields), tuple((each.name, each.table, _of_columns(each.fields)) for each in records)
    )


def _of_columns(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields with what their columns are made of, and nothing else."""
    return tuple(Field(name=f.name, type=f.type, doc="", personal=f.personal) for f in fields)


@lru_cache(maxsize=16)
def _declared_tables(
    fields: tuple[Field, ...], records: tuple[tuple[str, str, tuple[Field, ...]], ...]
) -> Tables:
    """Whoever opens a business again, as tests and the server do, need not wait for its tables."""
    shared = _shared_tables()
    metadata = plugin_metadata()
    field_tables(metadata, shared["customer"], fields)
    own = {**shared, **metadata.tables}
    types = {name: record_table(metadata, shared, table, columns) for name, table, columns in records}
    by_name = {**own, **{table.name: table for table in types.values()}}
    return Tables(by_name=MappingProxyType(by_name), records=MappingProxyType(types), **own)


@cache
def _shared_tables() -> Mapping[str, sa.Table]:
    """The tables that are alike in every business, which take longer to build than a business to open."""
    metadata = plugin_metadata()
    for make in _TABLES:
        make(metadata)
    return MappingProxyType(dict(metadata.tables))
