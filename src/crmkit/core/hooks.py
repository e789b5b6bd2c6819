"""The specifications of every hook, in the order in which a plugin's author meets them.

Verbs: `register_*` yields words or parts, once, when a `Crm` opens; `before_*` decides, inside the unit of
work, and may refuse; `after_*` observes what is on record; `extend_*` adds to what is shown; `restrict_*`
narrows what is seen. Every hook that receives data receives a batch.

A plugin implements any of them as a function of the same name marked with `crmkit.plugin.hookimpl`, with as
few of the arguments as it needs. Every hook offers `settings`: the plugin's own section of `crm.toml`,
structured by the settings class that its manifest names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from datetime import date

    from crmkit.core.crm import Crm
    from crmkit.core.jobs import Check, Job
    from crmkit.core.model.batches import Refusal, Replace
    from crmkit.core.model.bulk import BulkReader
    from crmkit.core.model.customer import Customer, CustomerDraft, Section
    from crmkit.core.model.interaction import Change, Interaction, InteractionDraft
    from crmkit.core.model.judge import DuplicateJudge
    from crmkit.core.model.people import Actor
    from crmkit.core.model.privacy import Elsewhere, PrivacyPart
    from crmkit.core.model.record import Record, RecordDraft
    from crmkit.core.model.report import ReportQuestion, ReportSection
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.model.strategy import ProposedAct
    from crmkit.core.model.today import Due
    from crmkit.core.model.web import Route
    from crmkit.core.model.words import (
        Action,
        Channel,
        Field,
        Goal,
        IdentityScheme,
        InteractionType,
        Metric,
        RecordType,
        Segment,
        Trait,
    )
    from crmkit.core.plugins.services import Service
    from crmkit.core.plugins.settings import Settings
    from crmkit.core.store.tables import PluginTables, Tables
    from crmkit.core.store.unit import Transaction

PROJECT = "crmkit"
hookspec = pluggy.HookspecMarker(PROJECT)


class HookSpecs:
    """All hooks. The façade `crmkit.core.plugins.hooks.Hooks` has one typed method for each."""

    @hookspec
    def crmkit_register_customer_words(
        self, settings: Settings
    ) -> Iterable[Field | RecordType | IdentityScheme]:
        """Contribute fields and identity schemes of customers, and kinds of records that belong to them.

        Called: once, when a `Crm` opens.
        Moments: open.words.
        Arguments: `settings`.
        Returns: an iterable of `Field`, `RecordType` and `IdentityScheme`; a generator is welcome. The core
        makes the table of a record type, named after the manifest's prefix.
        Order: as in `plugins` of `crm.toml`, adjusted by the manifests' `requires` and `after`.
        On failure: the plugin is set aside for this `Crm` and named; the others go on.
        Since: 0.1.
        Example: `yield Field(name="shoe_size", type="number", doc="European shoe size")`
        """

    @hookspec
    def crmkit_before_customers_saved(
        self, drafts: Sequence[CustomerDraft], crm: Crm, tx: Transaction, settings: Settings
    ) -> Iterable[Replace | Refusal] | None:
        """Correct or refuse customers before they are saved.

        Called: inside the unit of work, with every batch of drafts that is valid, before matching.
        Moments: change.decide, apply.decide, serve.decide.
        Arguments: `drafts`, the batch as the plugins before left it; `crm`, acting for whoever saves; `tx`,
        the unit of work; `settings`.
        Returns: `Replace(index, draft)` and `Refusal(index, reason)` values, or nothing.
        Order: as in `plugins`; each sees its predecessors' result; refused items are not shown again.
        On failure: the unit of work is undone and the error names plugin, version and hook. Raise
        `Rejected(message, hint=…)` to refuse the whole unit of work on purpose.
        Since: 0.1.
        Example: `return [Refusal(i, "needs a name") for i, d in enumerate(drafts) if not d.name]`
        """

    @hookspec
    def crmkit_after_customers_changed(
        self, changes: Sequence[Change], crm: Crm, tx: Transaction, settings: Settings
    ) -> None:
        """Observe what changed about customers, exactly once, in the order of the change log.

        Called: with the batch after the plugin's own position in the change log, as part of the saving
        process or by `crm worker`.
        Moments: change.observe, apply.observe, work.observe, merge.observe, erase.observe, serve.observe.
        Arguments: `changes`, `Change` values; `crm`, acting for crmkit itself; `tx`, the unit of work in
        which the position advances: what is written through it or through `crm` commits with the position;
        `settings`.
        Returns: nothing.
        Order: as in `plugins`; observers do not see each other.
        On failure: nothing of the saved data is lost; the batch is kept and tried again with growing pauses,
        and at the limit the hook of this plugin is quarantined (`crm plugins resume NAME`).
        Since: 0.1.
        Example: `for change in changes: print(change.customer_id, change.field)`
        """

    @hookspec
    def crmkit_extend_profile(
        self, customers: Sequence[Customer], crm: Crm, settings: Settings
    ) -> Iterable[tuple[int, Section]] | None:
        """Add sections to customers' pages.

        Called: when pages are shown (`crm show`, `Crm.customers.profiles`).
        Moments: look.extend.
        Arguments: `customers`, the batch shown; `crm`, acting for whoever looks; `settings`.
        Returns: `(customer_id, Section)` pairs.
        Order: as in `plugins`.
        On failure: the page is shown without the plugin's sections, and says so.
        Since: 0.1.
        Example: `yield customer.id, Section("Loyalty", (("Points", "120"),))`
        """

    @hookspec
    def crmkit_extend_receipt(
        self, interactions: Sequence[Interaction], crm: Crm, settings: Settings
    ) -> Iterable[tuple[int, str]] | None:
        """Add to what is said to whoever has recorded something.

        Called: when a command prints what it recorded or corrected (`crm note`, `crm log`,
        `Interactions.remarks`); not for imports.
        Moments: change.receipt.
        Arguments: `interactions`, the batch recorded; `crm`, acting for whoever recorded it; `settings`.
        Returns: `(seq, sentence)` pairs, by the number of the interaction.
        Order: as in `plugins`.
        On failure: what was recorded is on record, and the receipt says whose sentence is missing.
        Since: 0.1.
        Example: `yield interaction.seq, "Anna Nowak hears of it"`
        """

    @hookspec
    def crmkit_extend_today(self, day: date, crm: Crm, settings: Settings) -> Iterable[Due] | None:
        """Add what wants attention today.

        Called: when somebody asks for the day's work (`crm today`, `Crm.today`).
        Moments: look.extend.
        Arguments: `day`, by the business's clock; `crm`, acting for whoever asks; `settings`.
        Returns: `Due` values, of customers whom `crm` sees; each names the heading it belongs under.
        Order: as in `plugins`; what is due longest comes first under its heading.
        On failure: the rest is shown, and says whose part is missing.
        Since: 0.1.
        Example: `yield Due(group="Tasks", what="Call back", customer_id=7, on=day)`
        """

    @hookspec
    def crmkit_extend_report(
        self, question: ReportQuestion, crm: Crm, settings: Settings
    ) -> Iterable[ReportSection] | None:
        """Add sections to the report on the business.

        Called: when somebody asks for a report (`crm analytics report`, `Crm.report`), and when one is due.
        Moments: look.extend.
        Arguments: `question`, the period, as of when, and of which customers; `crm`, acting for whoever asks;
        `settings`.
        Returns: `ReportSection` values, with nothing of customers whom `crm` does not see.
        Order: by each section's `order`, then as in `plugins`.
        On failure: the rest is shown, and says whose sections are missing.
        Since: 0.1.
        Example: `yield ReportSection(name="visits", title="Visits", text=("12 in the period.",), order=80)`
        """

    @hookspec
    def crmkit_extend_privacy_export(
        self, customers: Sequence[Customer], crm: Crm, settings: Settings
    ) -> Iterable[tuple[int, PrivacyPart]] | None:
        """Hand out what the plugin keeps about customers outside the database.

        Called: when a customer's data is exported for themselves. What lies in tables is exported without
        the plugin's help, as they declare it.
        Moments: export.extend.
        Arguments: `customers`, the batch exported; `crm`, acting for whoever exports; `settings`.
        Returns: `(customer_id, PrivacyPart)` pairs, with nothing about anybody else.
        Order: as in `plugins`.
        On failure: nothing is handed out, because it would not be everything; the error names the plugin.
        Since: 0.1.
        Example: `yield customer.id, PrivacyPart("Letters", ({"file": "2026-03-01.pdf"},))`
        """

    @hookspec
    def crmkit_before_customers_erased(
        self, customers: Sequence[Customer], crm: Crm, tx: Transaction, settings: Settings
    ) -> Iterable[Elsewhere | Refusal] | None:
        """Erase what the plugin keeps about customers outside the database, or refuse the erasure.

        Called: inside the unit of work, before any row is erased; also for the preview, whose unit of work is
        undone. The hook itself must not erase anything.
        Moments: erase.decide.
        Arguments: `customers`, the batch that is to be erased; `crm`, acting for whoever erases; `tx`, the
        unit of work; `settings`.
        Returns: `Elsewhere(index, what, erase)` values: `erase()` is called once nobody has refused and all
        rows are erased, just before the unit of work is committed, and must bear being called again.
        `Refusal(index, reason)` values refuse.
        Order: as in `plugins`.
        On failure: the unit of work is undone and the error names plugin, version and hook.
        Since: 0.1.
        Example: `yield Elsewhere(0, "1 scanned letter", lambda: path.unlink(missing_ok=True))`
        """

    @hookspec
    def crmkit_register_interaction_words(self, settings: Settings) -> Iterable[InteractionType | Channel]:
        """Contribute interaction types and channels.

        Called: once, when a `Crm` opens.
        Moments: open.words, reach.deliver.
        Arguments: `settings`.
        Returns: an iterable of `InteractionType` and `Channel`.
        Order: as in `plugins`.
        On failure: the plugin is set aside for this `Crm` and named; the others go on.
        Since: 0.1.
        Example: `yield InteractionType(name="tasting", doc="Tasted something", payload=Tasting)`
        """

    @hookspec
    def crmkit_before_interactions_recorded(
        self, drafts: Sequence[InteractionDraft], crm: Crm, tx: Transaction, settings: Settings
    ) -> Iterable[Replace | Refusal] | None:
        """Correct or refuse interactions before they are recorded.

        Called: inside the unit of work, with every batch of valid drafts, before their customers are looked
        up.
        Moments: change.decide, apply.decide, serve.decide.
        Arguments: `drafts`, the batch as the plugins before left it; `crm`; `tx`, the unit of work;
        `settings`.
        Returns: `Replace(index, draft)` and `Refusal(index, reason)` values, or nothing.
        Order: as in `plugins`; each sees its predecessors' result; refused items are not shown again.
        On failure: the unit of work is undone and the error names plugin, version and hook. Raise
        `Rejected(message, hint=…)` to refuse the whole unit of work on purpose.
        Since: 0.1.
        Example: `return [Refusal(i, "till closed") for i, d in enumerate(drafts) if d.outlet == "old"]`
        """

    @hookspec
    def crmkit_after_interactions_recorded(
        self, interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings
    ) -> None:
        """Observe recorded interactions, exactly once, in the order of the log.

        Called: with the batch after the plugin's own position in the log, as part of the recording process or
        by `crm worker`. What was about people who were erased before that is left out.
        Moments: change.observe, apply.observe, work.observe, serve.observe.
        Arguments: `interactions`; `crm`, acting for crmkit itself; `tx`, the unit of work in which the
        position advances: what is written through it or through `crm` commits with the position; `settings`.
        Returns: nothing.
        Order: as in `plugins`; observers do not see each other.
        On failure: nothing on record is lost; the batch is kept and tried again with growing pauses, and at
        the limit the hook of this plugin is quarantined (`crm plugins resume NAME`).
        Since: 0.1.
        Example: `tx.execute(update(points).values(total=points.c.total + len(interactions)))`
        """

    @hookspec
    def crmkit_before_records_saved(
        self,
        record_type: str,
        drafts: Sequence[RecordDraft],
        records: Mapping[int, Record],
        crm: Crm,
        tx: Transaction,
        settings: Settings,
    ) -> Iterable[Replace | Refusal] | None:
        """Correct or refuse records before they are saved.

        Called: inside the unit of work, with every batch of drafts of one type that is valid: by hand, by
        rules, by imports and by programs.
        Moments: change.decide, apply.decide, serve.decide.
        Arguments: `record_type`, the name of the type; `drafts`, the batch as the plugins before left it,
        with values of the fields' Python types, defaults among them, and the ids of customers who are there;
        `records`, those that are to change as they are now, by id; `crm`, acting for whoever saves; `tx`, the
        unit of work; `settings`.
        Returns: `Replace(index, draft)` and `Refusal(index, reason)` values, or nothing;
        `crmkit.plugin.decisions` makes them of a function that completes one draft.
        Order: as in `plugins`; each sees its predecessors' result; refused items are not shown again.
        On failure: the unit of work is undone and the error names plugin, version and hook. Raise
        `Rejected(message, hint=…)` to refuse the whole unit of work on purpose.
        Since: 0.1.
        Example: `return [Refusal(i, "say why") for i, d in enumerate(drafts) if d.state == "lost"]`
        """

    @hookspec
    def crmkit_register_strategy_words(
        self, settings: Settings
    ) -> Iterable[Trait | Segment | Metric | Goal | Action]:
        """Contribute traits, segments, metrics, goals and actions.

        Called: once, when a `Crm` opens.
        Moments: open.words, plan.traits, apply.perform.
        Arguments: `settings`.
        Returns: an iterable of `Trait`, `Segment`, `Metric`, `Goal` and `Action`.
        Order: as in `plugins`.
        On failure: the plugin is set aside for this `Crm` and named; the others go on.
        Since: 0.1.
        Example: `yield Trait(name="frequency", doc="Number of purchases", type="number", select=frequency)`
        """

    @hookspec
    def crmkit_review_proposals(
        self, proposals: Sequence[ProposedAct], crm: Crm, settings: Settings
    ) -> Iterable[Refusal] | None:
        """Refuse what rules propose, before it is in a plan.

        Called: while a plan is made, with all that the gates before have left: it may be done, and whoever it
        reaches has agreed, has an address, and was not written to too often. Nothing can be written.
        Moments: plan.review, reach.review.
        Arguments: `proposals`, `ProposedAct` values as the plugins before left them; `crm`, acting for crmkit
        itself; `settings`.
        Returns: `Refusal(index, reason)` values, or nothing. What is refused is left out of the plan for that
        reason, and of a contact that is refused the slot is free for another.
        Order: as in `plugins`; refused proposals are not shown again.
        On failure: no plan is made, and the error names the plugin, version and hook: whoever has a say does
        not lose it by failing.
        Since: 0.1.
        Example: `return [Refusal(i, "on holiday") for i, p in enumerate(proposals) if p.customer_id in away]`
        """

    @hookspec
    def crmkit_register_tables(self, tables: Tables, settings: Settings) -> PluginTables:
        """Contribute tables of the plugin's own, each of which says whose it is.

        Called: once, when a `Crm` opens, and by `crm db upgrade`.
        Moments: open.tables, merge.tables, erase.tables, export.tables.
        Arguments: `tables`, the core's tables, for foreign keys by Column object; `settings`.
        Returns: `PluginTables(metadata, migrations, derived, fresh)`: a MetaData of the plugin's own, whose
        table names start with the manifest's table prefix, the folder of its alembic revisions, the names of
        the tables that its observers alone fill from the logs (a replay empties them), and whether an empty
        database may be given the tables without running the revisions.
        Order: as in `plugins`.
        On failure: the plugin is set aside for this `Crm` and named; the others go on. A table that does not
        declare its ownership is a failure.
        Since: 0.1.
        Example: `return PluginTables(build(tables), Path(__file__).parent / "migrations")`
        """

    @hookspec
    def crmkit_register_services(self, settings: Settings) -> Iterable[Service]:
        """Contribute services that programs get by `crm.service(Class)`.

        Called: once, when a `Crm` opens.
        Moments: open.parts.
        Arguments: `settings`.
        Returns: `Service(cls)` values, or `Service(cls, build)`, where `build(crm)` makes an instance for one
        `Crm` and actor. `cls` is the class or, so that it is imported when somebody asks for it, its place.
        Order: as in `plugins`.
        On failure: the plugin is set aside for this `Crm` and named; the others go on.
        Since: 0.1.
        Example: `yield Service("my_plugin.tasks:Tasks")`
        """

    @hookspec
    def crmkit_register_jobs(self, settings: Settings) -> Iterable[Job]:
        """Contribute bounded passes of work that `crm worker` repeats.

        Called: once, when a `Crm` opens.
        Moments: open.parts, work.jobs.
        Arguments: `settings`.
        Returns: `Job` values. A job looks at durable rows and does what is due; killed anywhere, run twice or
        run by ten workers, it leads to the same result.
        Order: by due time.
        On failure: logged, kept, and tried again at the next turn.
        Since: 0.1.
        Example: `yield Job(name="read_mailbox", every=60.0, run=read_mailbox)`
        """

    @hookspec
    def crmkit_register_checks(self, settings: Settings) -> Iterable[Check]:
        """Contribute checks to `crm doctor`.

        Called: once, when a `Crm` opens.
        Moments: open.parts, look.checks.
        Arguments: `settings`.
        Returns: `Check` values; `run(crm)` yields `Finding`s, none when all is well.
        Order: as in `plugins`.
        On failure: the failure is itself a finding.
        Since: 0.1.
        Example: `yield Check(name="maildir", doc="The mail folder can be read", run=check_maildir)`
        """

    @hookspec
    def crmkit_register_routes(self, settings: Settings) -> Iterable[Route]:
        """Contribute pages and doors to the public server.

        Called: once, when a `Crm` opens; they are served by `crm serve`.
        Moments: open.parts, serve.handle.
        Arguments: `settings`.
        Returns: `Route` values. Whoever comes by one is nobody on record: the token in its path or the
        signature of its body says what they may do, and nothing else does.
        Order: as in `plugins`; two routes of one method and path are a failure of the later plugin.
        On failure: the plugin is set aside for this `Crm` and named; the others go on. A route that fails
        while it answers says that to nobody outside.
        Since: 0.1.
        Example: `yield Route(method="GET", path="/card/{token}", handle=show_card)`
        """

    @hookspec
    def crmkit_register_bulk_readers(self, settings: Settings) -> Iterable[BulkReader]:
        """Contribute copies from which answers over many customers can be read: members, metrics, reports.

        Called: once, when a `Crm` opens.
        Moments: open.parts, look.copies.
        Arguments: `settings`.
        Returns: `BulkReader` values. `read(crm, question)` finds out which columns the statement touches and
        whether the copy is as the database was; it gives the rows, or `CannotRead(reason)`.
        Order: as in `plugins`; the first that gives rows is believed.
        On failure: the plugin is set aside for this `Crm` and named; the others go on. A reader that fails
        while it reads is logged, and the database answers.
        Since: 0.1.
        Example: `yield BulkReader(name="replica", doc="Parquet beside the database", read=read)`
        """

    @hookspec
    def crmkit_register_rule_sources(self, settings: Settings) -> Iterable[RuleSource]:
        """Contribute rules that do not stand in `crm.toml`, such as campaigns and journeys.

        Called: once, when a `Crm` opens; the sources are asked for their rules whenever rules are.
        Moments: open.parts, plan.sources.
        Arguments: `settings`.
        Returns: `RuleSource` values. Their rules pass the same gates, have the same groups and go through the
        same ledger as those of the file; the source says whose turn it is, and hears who was left out.
        Order: as in `plugins`; rules go first by their priority. Two sources of one name are a failure of the
        later plugin.
        On failure: the plugin is set aside for this `Crm` and named; the others go on. A source that fails
        later is a broken rule: `crm check` tells, and nothing of it is done.
        Since: 0.1.
        Example: `yield RuleSource(name="campaign", doc="Campaigns in campaigns/", rules=running_campaigns)`
        """

    @hookspec
    def crmkit_register_judges(self, settings: Settings) -> Iterable[DuplicateJudge]:
        """Contribute judges that say which customers may be the same, in place of the core's rules.

        Called: once, when a `Crm` opens; a judge itself at a scan for duplicates, if `crm.toml` names it.
        Moments: open.parts, work.judges.
        Arguments: `settings`.
        Returns: `DuplicateJudge` values. The core says who is worth comparing, draws the line at the expected
        precision that `crm.toml` asks for, and keeps the list as always; doubts are the core's own.
        Order: as in `plugins`; a name that is taken sets the later plugin aside.
        On failure: the plugin is set aside for this `Crm` and named; the others go on. When a judge itself
        fails, the scan ends with its error, and the list stays as it was.
        Since: 0.1.
        Example: `yield DuplicateJudge(name="splink", doc="Learns from the data", judge=judge)`
        """

    @hookspec
    def crmkit_restrict_visibility(self, actor: Actor, tables: Tables, settings: Settings) -> Any | None:
        """Narrow which customers somebody sees.

        Called: for every look-up, list, count and write on behalf of an employee.
        Moments: look.who, change.who, merge.who.
        Arguments: `actor`, who looks; `tables`, the core's tables; `settings`, the plugin's own section of
        `crm.toml`, structured by its settings class.
        Returns: a SQLAlchemy condition over `tables.customer`, or None for no restriction.
        Order: none: all restrictions apply together, so that a plugin can narrow and never widen.
        On failure: nothing is seen, and the error names the plugin: rights never fail open.
        Since: 0.1.
        Example: `return tables.customer.c.owner_id == actor.id`
        """
