"""Every section of `crm.toml` and what it means.

Each attribute's `doc` metadata is its line in the reference of settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from attrs import field, frozen

from crmkit.core.config import checks
from crmkit.core.config.control import ControlSettings
from crmkit.core.config.duplicates import DuplicateSettings
from crmkit.core.config.faults import Faults
from crmkit.core.config.fields import FieldDeclaration, PayloadField, renaming_faults
from crmkit.core.config.forms import FormDeclaration
from crmkit.core.config.goals import GoalDeclaration
from crmkit.core.config.hours import HoursSettings
from crmkit.core.config.incoming import IncomingDeclaration
from crmkit.core.config.limits import LimitSettings
from crmkit.core.config.names import FIELD, HYPHENATED, RECORD_TYPE, TRAIT, WORD
from crmkit.core.config.privacy import PrivacySettings, retention_periods
from crmkit.core.config.raw import RawConfig, Where
from crmkit.core.config.records import RecordDeclaration, reference_faults, renamed_faults
from crmkit.core.config.rules import RuleDeclaration
from crmkit.core.config.secrets import Secret, masked
from crmkit.core.config.strategy import (
    CustomerTypeDeclaration,
    SegmentDeclaration,
    TraitDeclaration,
    ViewDeclaration,
)
from crmkit.core.config.web import WebSettings
from crmkit.core.config.webhooks import WebhookDeclaration

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@frozen(kw_only=True)
class CrsSettings:
    """`[crs]`: the business and its relationship strategy."""

    name: str = field(validator=checks.filled, metadata={"doc": "The name of the business."})
    currency: str = field(
        default="EUR", validator=checks.currency, metadata={"doc": "ISO 4217 code of money without another."}
    )
    timezone: str = field(
        default="UTC", validator=checks.timezone, metadata={"doc": "IANA zone in which days begin and end."}
    )
    locale: str = field(
        default="en",
        validator=checks.locale,
        metadata={"doc": "Language and country, such as en or pt_BR; without one, the time zone's."},
    )
    address: str = field(
        default="",
        metadata={"doc": "The postal address, which marketing has to name: business.address in templates."},
    )
    phone: str = field(default="", metadata={"doc": "The telephone number, as customers read it."})
    website: str = field(default="", metadata={"doc": "The address of the business's own pages."})
    plugins: tuple[str, ...] = field(
        default=(), validator=checks.distinct, metadata={"doc": "The plugins in use, in their order."}
    )
    database: Secret | str = field(
        default="crm.db",
        validator=checks.database,
        repr=lambda value: repr(masked(value) if isinstance(value, str) else value),
        metadata={
            "doc": "A file beside crm.toml, a URL postgresql://…, or env:NAME or file:PATH for either."
        },
    )
    clock: str | None = field(
        default=None,
        validator=checks.local_instant,
        metadata={
            "doc": "For rehearsal only: the local date and time that it was when this file was last written."
        },
    )


@frozen(kw_only=True)
class InteractionDeclaration:
    """`[interactions.NAME]`: a kind of contact."""

    label: str = field(default="", metadata={"doc": "What people call it; the name, if empty."})
    doc: str = field(default="", metadata={"doc": "One line on what it means."})
    fields: Mapping[Annotated[str, WORD], PayloadField] = field(
        default=_NOTHING, metadata={"doc": "The keys of its payload, each a type's name or a table."}
    )
    amount: bool = field(default=False, metadata={"doc": "Whether it may carry an amount of money."})
    version: int = field(
        default=1, validator=checks.positive, metadata={"doc": "Raised when the payload changes its meaning."}
    )


@frozen(kw_only=True)
class PurposeDeclaration:
    """`[purposes.NAME]`: what a customer can consent to."""

    type: Literal["marketing", "service", "contract"] = field(
        metadata={"doc": "Decides which limits apply: none ever hold what a contract or a service needs."}
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    wording: str = field(default="", metadata={"doc": "The sentence that the customer agreed to."})
    wording_version: int = field(
        default=1, validator=checks.positive, metadata={"doc": "Raised when the sentence changes."}
    )
    confirm: str | None = field(
        default=None,
        metadata={
            "doc": "Double opt-in, for marketing: the template that asks whoever a form enters to confirm."
        },
    )


@frozen(kw_only=True)
class MatchingSettings:
    """`[matching]`: how incoming data finds its customer."""

    keys: tuple[str, ...] = field(
        default=("identities", "email"),
        validator=checks.matching_keys,
        metadata={"doc": "identities and email, in the order tried; an e-mail must be one customer's only."},
    )
    duplicates: DuplicateSettings = field(
        factory=DuplicateSettings,
        metadata={"doc": "Which customers are suggested as being the same."},
    )


@frozen(kw_only=True)
class ImportDeclaration:
    """`[imports.NAME]`: how a file that comes again and again is read."""

    what: str = field(
        default="customers", metadata={"doc": "customers, interactions, or records:TYPE for a record type."}
    )
    map: Mapping[str, str] = field(
        default=_NOTHING, metadata={"doc": "What columns mean: the header, and its target."}
    )
    defaults: Mapping[str, str] = field(
        default=_NOTHING, metadata={"doc": "One value for all rows: the target, and the value."}
    )
    preset: Literal["hubspot", "odoo", "espocrm", "mailchimp"] | None = field(
        default=None, metadata={"doc": "The product whose export it is."}
    )
    unknown: Literal["refuse", "ignore"] = field(
        default="refuse", metadata={"doc": "What becomes of a file with a column that nobody can tell."}
    )


@frozen(kw_only=True)
class PeopleSettings:
    """`[people]`: employees."""

    default_actor: str | None = field(
        default=None, metadata={"doc": "The employee in whose name a command acts that names none."}
    )


@frozen(kw_only=True)
class RoleDeclaration:
    """`[roles.NAME]`: what employees of a role may do and see."""

    permissions: tuple[str, ...] = field(
        default=(), validator=checks.distinct, metadata={"doc": "What the role may do."}
    )
    sees: Literal["all", "team", "own"] = field(
        default="all", metadata={"doc": "Which customers: all, those of the team, or their own."}
    )


@frozen(kw_only=True)
class PluginSection:
    """`[plugins.NAME]`: whether and how much of a plugin is used, and its own settings, not yet judged."""

    enabled: bool = field(default=True, metadata={"doc": "false sets the plugin aside without removing it."})
    use: tuple[str, ...] | None = field(
        default=None, metadata={"doc": "The capabilities to use; all of them, if not given."}
    )
    settings: Mapping[str, Any] = field(default=_NOTHING, repr=lambda value: f"<{len(value)} settings>")


@frozen(kw_only=True)
class Sections:
    """Every section that `crm.toml` can have."""

    crs: CrsSettings = field(metadata={"doc": "The business."})
    fields: Mapping[Annotated[str, FIELD], FieldDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Data points of a customer."}
    )
    records: Mapping[Annotated[str, RECORD_TYPE], RecordDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Kinds of things that belong to customers."}
    )
    interactions: Mapping[Annotated[str, WORD], InteractionDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Kinds of contact."}
    )
    identities: Mapping[Annotated[str, WORD], str] = field(
        default=_NOTHING, metadata={"doc": "Schemes of customer numbers, each with its label."}
    )
    channels: Mapping[Annotated[str, WORD], str] = field(
        default=_NOTHING, metadata={"doc": "Ways to be in touch, each with its label."}
    )
    relationships: Mapping[Annotated[str, WORD], str] = field(
        default=_NOTHING, metadata={"doc": "Kinds of relationship between customers, each with its label."}
    )
    purposes: Mapping[Annotated[str, HYPHENATED], PurposeDeclaration] = field(
        default=_NOTHING, metadata={"doc": "What customers consent to."}
    )
    customer_types: Mapping[Annotated[str, WORD], CustomerTypeDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Sorts of customers; the first in the file that matches decides."}
    )
    segments: Mapping[Annotated[str, HYPHENATED], SegmentDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Groups of customers, each a condition or a table."}
    )
    traits: Mapping[Annotated[str, TRAIT], TraitDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Quantities of each customer, each an expression or a table."}
    )
    goals: Mapping[Annotated[str, HYPHENATED], GoalDeclaration] = field(
        default=_NOTHING, metadata={"doc": "What the business wants of its customers, in numbers."}
    )
    rules: Mapping[Annotated[str, HYPHENATED], RuleDeclaration] = field(
        default=_NOTHING, metadata={"doc": "What is done for whom, and when."}
    )
    hours: HoursSettings = field(factory=HoursSettings, metadata={"doc": "When the business is open."})
    limits: LimitSettings = field(
        factory=LimitSettings, metadata={"doc": "One budget of contact for each customer, over all rules."}
    )
    control: ControlSettings = field(
        factory=ControlSettings,
        metadata={"doc": "Customers whom rules leave alone for a stated time, to compare with."},
    )
    webhooks: Mapping[Annotated[str, HYPHENATED], WebhookDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Programs elsewhere that rules can call."}
    )
    incoming: Mapping[Annotated[str, HYPHENATED], IncomingDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Programs elsewhere that report here what happened."}
    )
    forms: Mapping[Annotated[str, HYPHENATED], FormDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Pages with a form that strangers fill in."}
    )
    web: WebSettings = field(
        factory=WebSettings, metadata={"doc": "The pages that customers reach by links in their messages."}
    )
    views: Mapping[Annotated[str, HYPHENATED], ViewDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Lists of customers to look at again and again."}
    )
    matching: MatchingSettings = field(
        factory=MatchingSettings, metadata={"doc": "How incoming data finds its customer."}
    )
    imports: Mapping[Annotated[str, HYPHENATED], ImportDeclaration] = field(
        default=_NOTHING, metadata={"doc": "Files that come again and again, and how each is read."}
    )
    people: PeopleSettings = field(factory=PeopleSettings, metadata={"doc": "Employees."})
    roles: Mapping[Annotated[str, HYPHENATED], RoleDeclaration] = field(
        default=_NOTHING, metadata={"doc": "What employees may do and see."}
    )
    privacy: PrivacySettings = field(
        factory=PrivacySettings, metadata={"doc": "People's rights over their data."}
    )
    retention: Mapping[str, str] = field(
        default=_NOTHING,
        validator=retention_periods,
        metadata={
            "doc": "How long what is kept: a length of time by interaction type, and under `customers` for "
            "people of whom nothing has been heard."
        },
    )
    plugins: Mapping[str, PluginSection] = field(
        default=_NOTHING, metadata={"doc": "Settings of plugins, each in its own table."}
    )

    @records.validator
    def _references(self, _: object, declarations: Mapping[str, RecordDeclaration]) -> None:
        crs = getattr(self, "crs", None)
        found = list(reference_faults(declarations, crs is None or bool(crs.plugins)))
        found += renamed_faults(declarations)
        if found:
            raise Faults(found)

    @fields.validator
    def _renames(self, _: object, declarations: Mapping[str, FieldDeclaration]) -> None:
        found = renaming_faults(declarations)
        if found:
            raise Faults(found)


@frozen(kw_only=True)
class Config(Sections):
    """The effective configuration: every section, and the files it came from (`path` first)."""

    path: Path
    files: tuple[Path, ...] = ()
    raw: RawConfig = field(repr=False, eq=False)

    @property
    def directory(self) -> Path:
        """Where relative paths start."""
        return self.path.parent

    @property
    def directories(self) -> tuple[Path, ...]:
        """Beside which files there may be texts: `crm.toml` first, then what it includes."""
        return tuple(dict.fromkeys(file.parent for file in self.files)) or (self.directory,)

    def where(self, *keys: str) -> Where:
        """A table of the configuration, for `structure_settings`."""
        return Where(self.raw, keys)

    def database(self) -> Path | str:
        """The SQLite file as an absolute path, or the PostgreSQL URL as text; reads a secret if it is one.

        Errors: ConfigError if the secret cannot be read, or is neither a path nor such a URL.
        """
        from crmkit.core.config.database import database_of

        return database_of(self)
