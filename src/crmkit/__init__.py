"""crmkit: a CRM framework of plugins, put together in one text file.

Programs need `Crm` and the values in which it speaks; plugins import `crmkit.plugin` as well.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from crmkit.version import __version__ as __version__

if TYPE_CHECKING:
    from crmkit.core.crm import Crm as Crm
    from crmkit.core.deprecation import DeprecatedUse as DeprecatedUse
    from crmkit.core.editing.values import Changes as Changes
    from crmkit.core.errors import Ambiguous as Ambiguous
    from crmkit.core.errors import ConfigError as ConfigError
    from crmkit.core.errors import Conflict as Conflict
    from crmkit.core.errors import CrmError as CrmError
    from crmkit.core.errors import ExtraMissing as ExtraMissing
    from crmkit.core.errors import Invalid as Invalid
    from crmkit.core.errors import NotAllowed as NotAllowed
    from crmkit.core.errors import NotFound as NotFound
    from crmkit.core.errors import PluginError as PluginError
    from crmkit.core.errors import ReadOnly as ReadOnly
    from crmkit.core.errors import Rejected as Rejected
    from crmkit.core.errors import SchemaError as SchemaError
    from crmkit.core.errors import StoreError as StoreError
    from crmkit.core.errors import TryAgain as TryAgain
    from crmkit.core.model.batches import RecordReport as RecordReport
    from crmkit.core.model.batches import Refusal as Refusal
    from crmkit.core.model.batches import SaveReport as SaveReport
    from crmkit.core.model.consent import Asked as Asked
    from crmkit.core.model.consent import Confirmed as Confirmed
    from crmkit.core.model.consent import Unsubscribed as Unsubscribed
    from crmkit.core.model.customer import Consent as Consent
    from crmkit.core.model.customer import ContactPoint as ContactPoint
    from crmkit.core.model.customer import Customer as Customer
    from crmkit.core.model.customer import CustomerDraft as CustomerDraft
    from crmkit.core.model.customer import CustomerSummary as CustomerSummary
    from crmkit.core.model.customer import Identity as Identity
    from crmkit.core.model.customer import Preference as Preference
    from crmkit.core.model.customer import Relationship as Relationship
    from crmkit.core.model.event import Event as Event
    from crmkit.core.model.event import EventPage as EventPage
    from crmkit.core.model.interaction import Change as Change
    from crmkit.core.model.interaction import Interaction as Interaction
    from crmkit.core.model.interaction import InteractionDraft as InteractionDraft
    from crmkit.core.model.money import Money as Money
    from crmkit.core.model.people import Actor as Actor
    from crmkit.core.model.people import Employee as Employee
    from crmkit.core.model.people import Role as Role
    from crmkit.core.model.people import Team as Team
    from crmkit.core.model.record import Record as Record
    from crmkit.core.model.record import RecordDraft as RecordDraft
    from crmkit.core.model.record import RecordPage as RecordPage
    from crmkit.core.model.suppression import Strike as Strike
    from crmkit.core.model.suppression import Suppression as Suppression
    from crmkit.core.predicates.errors import PredicateError as PredicateError
    from crmkit.core.predicates.predicate import Predicate as Predicate

# Loaded on first use, so that the command line starts without SQLAlchemy.
_HOMES = {
    "crm": ("Crm",),
    "deprecation": ("DeprecatedUse",),
    "editing.values": ("Changes",),
    "errors": (
        "Ambiguous", "ConfigError", "Conflict", "CrmError", "ExtraMissing", "Invalid", "NotAllowed",
        "NotFound", "PluginError", "ReadOnly", "Rejected", "SchemaError", "StoreError", "TryAgain",
    ),
    "model.batches": ("RecordReport", "Refusal", "SaveReport"),
    "model.consent": ("Asked", "Confirmed", "Unsubscribed"),
    "model.customer": (
        "Consent", "ContactPoint", "Customer", "CustomerDraft", "CustomerSummary", "Identity", "Preference",
        "Relationship",
    ),
    "model.event": ("Event", "EventPage"),
    "model.interaction": ("Change", "Interaction", "InteractionDraft"),
    "model.money": ("Money",),
    "model.people": ("Actor", "Employee", "Role", "Team"),
    "model.record": ("Record", "RecordDraft", "RecordPage"),
    "model.suppression": ("Strike", "Suppression"),
    "predicates.errors": ("PredicateError",),
    "predicates.predicate": ("Predicate",),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmkit' has no attribute {name!r}")
    from crmkit.core.deprecation import warn_of_name

    warn_of_name(__name__, name)
    return getattr(import_module(f"crmkit.core.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return ["__version__", *sorted(_HOME)]
