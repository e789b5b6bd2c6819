"""What plugin authors import: the hook marker, words, helpers for tables, and the values that hooks see.

A plugin is a module with a `plugin.toml` beside it. It implements hooks as functions marked with `@hookimpl`,
each with as few of the specified arguments as it needs (`crmkit.core.hooks` describes every hook).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pluggy

    from crmkit.cli.column import Column as OutputColumn
    from crmkit.cli.importing import reads_file, reads_rows, run_import
    from crmkit.cli.options import asks, limited, lists, rehearses, shows, writes
    from crmkit.cli.record_files import import_ as records_import
    from crmkit.cli.state import State as CommandState
    from crmkit.cli.state import needs, pass_state
    from crmkit.cli.values import instant as instant_given
    from crmkit.cli.values import shown_end, shown_instant
    from crmkit.cli.values import until as until_given
    from crmkit.core.bulk.question import BulkQuestion
    from crmkit.core.business_day import day_of, today_of, zone_of
    from crmkit.core.cldr import (
        figures,
        written_amount,
        written_day,
        written_direction,
        written_full_day,
        written_money,
        written_month,
        written_percent,
        written_sum,
    )
    from crmkit.core.clock import Clock
    from crmkit.core.config.folders import DeclaredFile, declared_files
    from crmkit.core.config.secrets import Secret
    from crmkit.core.crm import Crm
    from crmkit.core.duplicates.person import Person as ComparedPerson
    from crmkit.core.effects.abouts import records_acted_upon
    from crmkit.core.errors import PluginError, Rejected, reason_of
    from crmkit.core.exchange import import_interactions
    from crmkit.core.exchange.file_rows import FileRow, FileRows, read_rows
    from crmkit.core.exchange.formulas import guarded
    from crmkit.core.hours import WorkingHours
    from crmkit.core.instants import day_bounds, instant_of, local_date, parse_date, parse_instant
    from crmkit.core.interactions.asof import known_and_current
    from crmkit.core.interactions.cursor import read_cursor, write_cursor
    from crmkit.core.interactions.payload_value import payload_value
    from crmkit.core.jobs import Check, Finding, Job
    from crmkit.core.language import N_, _, ngettext, number, pgettext, speaking, spoken, translated
    from crmkit.core.lazily import lazily
    from crmkit.core.measuring.amounts import mean as mean_interval
    from crmkit.core.measuring.interval import Interval
    from crmkit.core.measuring.proportions import newcombe, wilson
    from crmkit.core.measuring.sample import Counted, Measured
    from crmkit.core.messages.action import sending_action
    from crmkit.core.messages.addresses import rewritten_text
    from crmkit.core.messages.params import Sending
    from crmkit.core.metrics.period import Period
    from crmkit.core.metrics.question import MetricQuestion
    from crmkit.core.metrics.written_period import written_period
    from crmkit.core.model.acting import (
        ActionItem,
        Later,
        Message,
        Parcel,
        Performed,
        Rate,
        Touch,
        Unconfirmed,
    )
    from crmkit.core.model.batches import Refusal, Replace
    from crmkit.core.model.bulk import BulkAnswer, BulkRead, BulkReader, CannotRead
    from crmkit.core.model.chart import Axis, Chart
    from crmkit.core.model.consent import Asked, Confirmed, Unsubscribed
    from crmkit.core.model.customer import (
        ContactPoint,
        Customer,
        CustomerDraft,
        Identity,
        Preference,
        Section,
    )
    from crmkit.core.model.deprecated import Deprecated
    from crmkit.core.model.interaction import Change, Interaction, InteractionDraft
    from crmkit.core.model.judge import (
        ComparedField,
        DuplicateJudge,
        Evidence,
        Judged,
        JudgedPair,
        JudgeQuestion,
    )
    from crmkit.core.model.money import Money
    from crmkit.core.model.notice import Notice, Told
    from crmkit.core.model.people import Actor
    from crmkit.core.model.privacy import Elsewhere, PrivacyPart
    from crmkit.core.model.record import Record, RecordDraft
    from crmkit.core.model.report import Figure, Report, ReportQuestion, ReportSection, ReportTable
    from crmkit.core.model.rule_source import LeftOut, RuleSource, SourcedRule
    from crmkit.core.model.strategy import Applicable, Decision, Effect, ProposedAct
    from crmkit.core.model.suppression import Strike, Suppression
    from crmkit.core.model.today import Due
    from crmkit.core.model.trials import Simulation
    from crmkit.core.model.web import FORM, JSON, MULTIPART, Request, Response, Route
    from crmkit.core.model.words import (
        Action,
        Adopted,
        Channel,
        Field,
        Goal,
        IdentityScheme,
        InteractionType,
        Metric,
        MetricParameter,
        Purpose,
        RecordType,
        Segment,
        Trait,
    )
    from crmkit.core.nearest import did_you_mean
    from crmkit.core.normalise.fold import fold
    from crmkit.core.normalise.text import shown_safely
    from crmkit.core.phrase import joined, nphrase, phrase, shown
    from crmkit.core.plugins.capability import Capability
    from crmkit.core.plugins.capability_hooks import CapabilityHooks
    from crmkit.core.plugins.services import Service
    from crmkit.core.plugins.settings import NoSettings, Settings
    from crmkit.core.predicates.duration import Duration, parse_duration
    from crmkit.core.predicates.lengths import written_length
    from crmkit.core.records.decisions import decisions
    from crmkit.core.store.ownership import (
        customer_column,
        employee_column,
        impersonal,
        on_conflict,
        owned,
        personal,
        via,
    )
    from crmkit.core.store.tables import Instant, PluginTables, Tables, Text, key_column, plugin_metadata
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.reasons import recorded_reason
    from crmkit.core.strategy.reasons import told as written_reason
    from crmkit.core.strategy.reporting import RuleReport
    from crmkit.core.strategy.schedules import Schedule, parse_schedule
    from crmkit.core.strategy.states import written_state
    from crmkit.core.strategy.turns import written_schedule
    from crmkit.core.strategy.zones import wall_instant
    from crmkit.core.undo.values import Action as UndoableAction
    from crmkit.core.undo.values import Left, Undoable, UndoPreview, UndoReceipt
    from crmkit.core.webhooks.request import WebhookRequest
    from crmkit.core.webhooks.signing import headers as webhook_headers
    from crmkit.core.webhooks.signing import is_signed
    from crmkit.core.webhooks.signing import key_of as webhook_key
    from crmkit.core.words.payloads import RecordMoved, moved_summary
    from crmkit.web.pages.gone import gone_page
    from crmkit.web.pages.layout import language_of as page_language
    from crmkit.web.pages.layout import page as public_page

    # Marks a function of a plugin as its implementation of the hook with the same name.
    hookimpl: pluggy.HookimplMarker

# Loaded on first use: a plugin without tables does not pay for SQLAlchemy before the store does, and none
# pays for the command line before a command of its own runs.
_HOMES = {
    "cli.importing": ("reads_file", "reads_rows", "run_import"),
    "cli.options": ("asks", "limited", "lists", "rehearses", "shows", "writes"),
    "cli.column": ("OutputColumn",),
    "cli.record_files": ("records_import",),
    "cli.state": ("CommandState", "needs", "pass_state"),
    "cli.values": ("instant_given", "shown_end", "shown_instant", "until_given"),
    "core.bulk.question": ("BulkQuestion",),
    "core.business_day": ("day_of", "today_of", "zone_of"),
    "core.cldr": (
        "figures",
        "written_amount",
        "written_day",
        "written_direction",
        "written_full_day",
        "written_money",
        "written_month",
        "written_percent",
        "written_sum",
    ),
    "core.clock": ("Clock",),
    "core.config.folders": ("DeclaredFile", "declared_files"),
    "core.config.secrets": ("Secret",),
    "core.crm": ("Crm",),
    "core.duplicates.person": ("ComparedPerson",),
    "core.effects.abouts": ("records_acted_upon",),
    "core.errors": ("PluginError", "Rejected", "reason_of"),
    "core.exchange": ("import_interactions",),
    "core.exchange.file_rows": ("FileRow", "FileRows", "read_rows"),
    "core.exchange.formulas": ("guarded",),
    "core.hours": ("WorkingHours",),
    "core.instants": ("day_bounds", "instant_of", "local_date", "parse_date", "parse_instant"),
    "core.interactions.asof": ("known_and_current",),
    "core.interactions.cursor": ("read_cursor", "write_cursor"),
    "core.interactions.payload_value": ("payload_value",),
    "core.jobs": ("Check", "Finding", "Job"),
    "core.measuring.amounts": ("mean_interval",),
    "core.language": ("N_", "_", "ngettext", "number", "pgettext", "speaking", "spoken", "translated"),
    "core.lazily": ("lazily",),
    "core.nearest": ("did_you_mean",),
    "core.measuring.interval": ("Interval",),
    "core.measuring.proportions": ("newcombe", "wilson"),
    "core.measuring.sample": ("Counted", "Measured"),
    "core.messages.action": ("sending_action",),
    "core.messages.addresses": ("rewritten_text",),
    "core.messages.params": ("Sending",),
    "core.metrics.period": ("Period",),
    "core.metrics.question": ("MetricQuestion",),
    "core.model.batches": ("Refusal", "Replace"),
    "core.model.bulk": ("BulkAnswer", "BulkRead", "BulkReader", "CannotRead"),
    "core.model.chart": ("Axis", "Chart"),
    "core.model.consent": ("Asked", "Confirmed", "Unsubscribed"),
    "core.model.customer": ("ContactPoint", "Customer", "CustomerDraft", "Identity", "Preference", "Section"),
    "core.model.deprecated": ("Deprecated",),
    "core.model.interaction": ("Change", "Interaction", "InteractionDraft"),
    "core.model.judge": (
        "ComparedField",
        "DuplicateJudge",
        "Evidence",
        "Judged",
        "JudgedPair",
        "JudgeQuestion",
    ),
    "core.model.money": ("Money",),
    "core.model.notice": ("Notice", "Told"),
    "core.model.people": ("Actor",),
    "core.model.privacy": ("Elsewhere", "PrivacyPart"),
    "core.model.record": ("Record", "RecordDraft"),
    "core.model.report": ("Figure", "Report", "ReportQuestion", "ReportSection", "ReportTable"),
    "core.model.rule_source": ("LeftOut", "RuleSource", "SourcedRule"),
    "core.metrics.written_period": ("written_period",),
    "core.phrase": ("joined", "nphrase", "phrase", "shown"),
    "core.records.decisions": ("decisions",),
    "core.model.acting": (
        "ActionItem",
        "Later",
        "Message",
        "Parcel",
        "Performed",
        "Rate",
        "Touch",
        "Unconfirmed",
    ),
    "core.model.strategy": (
        "Applicable",
        "Decision",
        "Effect",
        "ProposedAct",
    ),
    "core.model.suppression": ("Strike", "Suppression"),
    "core.model.today": ("Due",),
    "core.model.trials": ("Simulation",),
    "core.model.web": ("FORM", "JSON", "MULTIPART", "Request", "Response", "Route"),
    "core.model.words": (
        "Action",
        "Adopted",
        "Channel",
        "Field",
        "Goal",
        "IdentityScheme",
        "InteractionType",
        "Metric",
        "MetricParameter",
        "Purpose",
        "RecordType",
        "Segment",
        "Trait",
    ),
    "core.normalise.fold": ("fold",),
    "core.normalise.text": ("shown_safely",),
    "core.plugins.capability": ("Capability",),
    "core.plugins.capability_hooks": ("CapabilityHooks",),
    "core.plugins.services": ("Service",),
    "core.plugins.settings": ("NoSettings", "Settings"),
    "core.predicates.duration": ("Duration", "parse_duration"),
    "core.predicates.lengths": ("written_length",),
    "core.store.ownership": (
        "customer_column",
        "employee_column",
        "impersonal",
        "on_conflict",
        "owned",
        "personal",
        "via",
    ),
    "core.store.tables": ("Instant", "PluginTables", "Tables", "Text", "key_column", "plugin_metadata"),
    "core.store.unit": ("Transaction",),
    "core.strategy.reasons": ("recorded_reason", "written_reason"),
    "core.strategy.reporting": ("RuleReport",),
    "core.strategy.states": ("written_state",),
    "core.strategy.turns": ("written_schedule",),
    "core.undo.values": ("Left", "UndoPreview", "UndoReceipt", "Undoable", "UndoableAction"),
    "core.strategy.schedules": ("Schedule", "parse_schedule"),
    "core.strategy.zones": ("wall_instant",),
    "core.webhooks.request": ("WebhookRequest",),
    "core.webhooks.signing": ("is_signed", "webhook_headers", "webhook_key"),
    "core.words.payloads": ("RecordMoved", "moved_summary"),
    "web.pages.gone": ("gone_page",),
    "web.pages.layout": ("page_language", "public_page"),
}
# At home these have names that would say too little here.
_AT_HOME = {
    "CommandState": "State",
    "ComparedPerson": "Person",
    "OutputColumn": "Column",
    "UndoableAction": "Action",
    "mean_interval": "mean",
    "page_language": "language_of",
    "public_page": "page",
    "instant_given": "instant",
    "until_given": "until",
    "records_import": "import_",
    "webhook_headers": "headers",
    "webhook_key": "key_of",
    "written_reason": "told",
}
_HOME = {name: f"crmkit.{module}" for module, names in _HOMES.items() for name in names}
__all__ = (
    "FORM",
    "JSON",
    "MULTIPART",
    "N_",
    "Action",
    "ActionItem",
    "Actor",
    "Adopted",
    "Applicable",
    "Asked",
    "Axis",
    "BulkAnswer",
    "BulkQuestion",
    "BulkRead",
    "BulkReader",
    "CannotRead",
    "Capability",
    "CapabilityHooks",
    "Change",
    "Channel",
    "Chart",
    "Check",
    "Clock",
    "CommandState",
    "ComparedField",
    "ComparedPerson",
    "Confirmed",
    "ContactPoint",
    "Counted",
    "Crm",
    "Customer",
    "CustomerDraft",
    "Decision",
    "DeclaredFile",
    "Deprecated",
    "Due",
    "DuplicateJudge",
    "Duration",
    "Effect",
    "Elsewhere",
    "Evidence",
    "Field",
    "Figure",
    "FileRow",
    "FileRows",
    "Finding",
    "Goal",
    "Identity",
    "IdentityScheme",
    "Instant",
    "Interaction",
    "InteractionDraft",
    "InteractionType",
    "Interval",
    "Job",
    "JudgeQuestion",
    "Judged",
    "JudgedPair",
    "Later",
    "Left",
    "LeftOut",
    "Measured",
    "Message",
    "Metric",
    "MetricParameter",
    "MetricQuestion",
    "Money",
    "NoSettings",
    "Notice",
    "OutputColumn",
    "Parcel",
    "Performed",
    "Period",
    "PluginError",
    "PluginTables",
    "Preference",
    "PrivacyPart",
    "ProposedAct",
    "Purpose",
    "Rate",
    "Record",
    "RecordDraft",
    "RecordMoved",
    "RecordType",
    "Refusal",
    "Rejected",
    "Replace",
    "Report",
    "ReportQuestion",
    "ReportSection",
    "ReportTable",
    "Request",
    "Response",
    "Route",
    "RuleReport",
    "RuleSource",
    "Schedule",
    "Secret",
    "Section",
    "Segment",
    "Sending",
    "Service",
    "Settings",
    "Simulation",
    "SourcedRule",
    "Strike",
    "Suppression",
    "Tables",
    "Text",
    "Told",
    "Touch",
    "Trait",
    "Transaction",
    "Unconfirmed",
    "UndoPreview",
    "UndoReceipt",
    "Undoable",
    "UndoableAction",
    "Unsubscribed",
    "WebhookRequest",
    "WorkingHours",
    "_",
    "asks",
    "customer_column",
    "day_bounds",
    "day_of",
    "decisions",
    "declared_files",
    "did_you_mean",
    "employee_column",
    "figures",
    "fold",
    "gone_page",
    "guarded",
    "hookimpl",
    "impersonal",
    "import_interactions",
    "instant_given",
    "instant_of",
    "is_signed",
    "joined",
    "key_column",
    "known_and_current",
    "lazily",
    "limited",
    "lists",
    "local_date",
    "mean_interval",
    "moved_summary",
    "needs",
    "newcombe",
    "ngettext",
    "nphrase",
    "number",
    "on_conflict",
    "owned",
    "page_language",
    "parse_date",
    "parse_duration",
    "parse_instant",
    "parse_schedule",
    "pass_state",
    "payload_value",
    "personal",
    "pgettext",
    "phrase",
    "plugin_metadata",
    "public_page",
    "read_cursor",
    "read_rows",
    "reads_file",
    "reads_rows",
    "reason_of",
    "recorded_reason",
    "records_acted_upon",
    "records_import",
    "rehearses",
    "rewritten_text",
    "run_import",
    "sending_action",
    "shown",
    "shown_end",
    "shown_instant",
    "shown_safely",
    "shows",
    "speaking",
    "spoken",
    "today_of",
    "translated",
    "until_given",
    "via",
    "wall_instant",
    "webhook_headers",
    "webhook_key",
    "wilson",
    "write_cursor",
    "writes",
    "written_amount",
    "written_day",
    "written_direction",
    "written_full_day",
    "written_length",
    "written_money",
    "written_month",
    "written_percent",
    "written_period",
    "written_reason",
    "written_schedule",
    "written_state",
    "written_sum",
    "zone_of",
)


def __getattr__(name: str) -> Any:
    if name == "hookimpl":
        import pluggy

        return pluggy.HookimplMarker("crmkit")
    if name not in _HOME:
        raise AttributeError(f"module 'crmkit.plugin' has no attribute {name!r}")
    from importlib import import_module

    from crmkit.core.deprecation import warn_of_name

    warn_of_name(__name__, name)
    return getattr(import_module(_HOME[name]), _AT_HOME.get(name, name))


def __dir__() -> list[str]:
    return list(__all__)
