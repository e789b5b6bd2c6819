"""Which commands there are and where each lives, so that `crm --help` imports none of them."""

from __future__ import annotations

from typing import NamedTuple

from crmkit.core.language import N_


class Entry(NamedTuple):
    """A command's name, the place it is loaded from on first use, and its line in `crm --help`."""

    name: str
    target: str
    help: str
    group: str


DAILY = N_("Every day")
RECORDS = N_("The records")
HOUSE = N_("Set up and look after")
PLUGINS = N_("From plugins")

ENTRIES = (
    Entry("find", "crmkit.cli.find:find", "Find customers by name, e-mail, phone or number", DAILY),
    Entry("show", "crmkit.cli.show:show", "Show one customer on one screen", DAILY),
    Entry("log", "crmkit.cli.log:log", "Record a contact with a customer", DAILY),
    Entry("note", "crmkit.cli.log:note", "Write down a note about a customer", DAILY),
    Entry("today", "crmkit.cli.today:today", "What wants attention today", DAILY),
    Entry("status", "crmkit.cli.status:status", "Where the strategy stands, on one screen", DAILY),
    Entry("plan", "crmkit.cli.plans:plan", "Plan what the rules would do now; nothing is done", DAILY),
    Entry("apply", "crmkit.cli.plans:apply", "Do exactly what a plan says", DAILY),
    Entry("why", "crmkit.cli.plans:why", "Why anything was done for a customer, or not", DAILY),
    Entry("send", "crmkit.cli.sending:send", "Write to one customer, by a template", DAILY),
    Entry("undo", "crmkit.cli.undo:undo", "Take back an import, a merge, a mass edit or a plan", DAILY),
    Entry("customers", "crmkit.cli.customers:customers", "Add, list, change and import customers", RECORDS),
    Entry(
        "interactions",
        "crmkit.cli.interactions:interactions",
        "List, correct and import what happened",
        RECORDS,
    ),
    Entry("records", "crmkit.cli.record_commands:records", "Orders, deals and whatever you keep", RECORDS),
    Entry("segments", "crmkit.cli.segments:segments", "Groups of customers: who is in, and why", RECORDS),
    Entry("views", "crmkit.cli.views:views", "Saved lists of customers", RECORDS),
    Entry("consent", "crmkit.cli.consent:consent", "Who may be written to, and for what", RECORDS),
    Entry(
        "suppressions", "crmkit.cli.suppressions:suppressions", "Addresses that are not written to", RECORDS
    ),
    Entry("privacy", "crmkit.cli.privacy:privacy", "Hand out, restrict and erase what is kept", RECORDS),
    Entry("metrics", "crmkit.cli.metrics:metrics", "Numbers over all customers and a period", RECORDS),
    Entry("rules", "crmkit.cli.rules:rules", "What is done for whom, and when", RECORDS),
    Entry("plans", "crmkit.cli.plans:plans", "What the rules would do, and whom they leave out", RECORDS),
    Entry("effects", "crmkit.cli.effects:effects", "What was done, is due, failed, or is in doubt", RECORDS),
    Entry("templates", "crmkit.cli.messages:templates", "What messages say, in which languages", RECORDS),
    Entry("forms", "crmkit.cli.forms:forms", "Pages that strangers fill in", RECORDS),
    Entry("incoming", "crmkit.cli.incoming:incoming", "What other programs report", RECORDS),
    Entry("goals", "crmkit.cli.goals:goals", "What the business wants, and how far it has come", RECORDS),
    Entry("rates", "crmkit.cli.rates:rates", "What other currencies are worth", RECORDS),
    Entry("access", "crmkit.cli.access:access", "Who read or took out customers' data", RECORDS),
    Entry("people", "crmkit.cli.people:people", "Employees, teams and roles", RECORDS),
    Entry("init", "crmkit.cli.init:init", "Start a new CRM in a folder", HOUSE),
    Entry("demo", "crmkit.cli.demo:demo", "See crmkit at work on a real shop's customers", HOUSE),
    Entry("go-live", "crmkit.cli.going_live:go_live", "End the rehearsal: messages really go out", HOUSE),
    Entry("clock", "crmkit.cli.clock:clock", "What time it is, and in a rehearsal another one", HOUSE),
    Entry("check", "crmkit.cli.check:check", "Check crm.toml, plugins and words", HOUSE),
    Entry("words", "crmkit.cli.words:words", "List the words this CRM knows", HOUSE),
    Entry("config", "crmkit.cli.config:config", "Show the configuration in effect", HOUSE),
    Entry("plugins", "crmkit.cli.plugins:plugins", "List, enable, disable and remove plugins", HOUSE),
    Entry("db", "crmkit.cli.db:db", "Upgrade, back up, restore and copy the database", HOUSE),
    Entry("worker", "crmkit.cli.worker:worker", "Do the work that runs in the background", HOUSE),
    Entry("serve", "crmkit.cli.serve:serve", "Serve the pages that links in messages lead to", HOUSE),
    Entry("doctor", "crmkit.cli.doctor:doctor", "Find out what is wrong, and what to do", HOUSE),
    Entry("completion", "crmkit.cli.completion:completion", "Set up completion for your shell", HOUSE),
)
GROUPS = (DAILY, RECORDS, HOUSE, PLUGINS)


def entries_by_name() -> dict[str, Entry]:
    """The core's commands by name."""
    return {entry.name: entry for entry in ENTRIES}
