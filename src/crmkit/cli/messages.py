"""`crm templates`: what messages say, and what a customer would read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit.cli.findings import show_findings
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, shows
from crmkit.cli.output import Column, safe
from crmkit.cli.state import State, pass_state

if TYPE_CHECKING:
    from crmkit.core.messages.template import Variant

_LISTED = (
    Column("template", fixed=True, style="bold"),
    Column("languages"),
    Column("subject", wrap=True),
    Column("html", "HTML"),
    Column("version", right=True),
    Column("problem", "What is wrong", wrap=True),
)
_NONE = (
    "No templates yet. Write one beside crm.toml, such as templates/happy-birthday.txt:\n"
    "Subject: Happy birthday, {{ customer.name }}!\n\nCome in for a piece of cake."
)
_ANY = "any"


@click.group(cls=Noun)
def templates() -> None:
    """What messages say: the files in templates/ beside crm.toml."""


@templates.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the templates with their languages."""
    rows = [
        {
            "template": each.name,
            "languages": [language or _ANY for language in each.languages],
            "subject": each.subject,
            "html": each.has_html,
            "version": each.version,
            "problem": each.problem,
        }
        for each in state.crm.messages.templates()
    ]
    used = [column for column in _LISTED if any(row[column.key] for row in rows)]
    footer = "What a customer would read: crm templates preview NAME --for CUSTOMER"
    state.output.rows(used or _LISTED, rows, empty=_NONE, footer=footer if rows else "")


@templates.command()
@click.argument("name", metavar="TEMPLATE")
@shows
@pass_state
def show(state: State, name: str) -> None:
    """Show TEMPLATE as its files say it, in every language."""
    template = state.crm.messages.template(name)
    if state.output.is_json:
        languages = {
            language or _ANY: {"subject": each.subject, "text": each.text, "html": each.html}
            for language, each in template.variants.items()
        }
        state.output.json({"template": name, "digest": template.digest, "languages": languages})
        return
    for language, variant in template.variants.items():
        if len(template.variants) > 1:
            state.output.say(f"In {language or 'any other language'}:")
        _read(state, variant)


@templates.command()
@click.argument("name", metavar="TEMPLATE")
@click.option("--for", "customer", metavar="CUSTOMER", required=True, help="Whose name and fields to use.")
@click.option("--lang", metavar="LANG", help="Another language than theirs, such as pl or pt_BR.")
@shows
@pass_state
def preview(state: State, name: str, customer: str, lang: str | None) -> None:
    """Show what a customer would read of TEMPLATE, in their language."""
    said = state.crm.messages.preview(name, customer, language=lang)
    if state.output.is_json:
        state.output.json(
            {"language": said.language or None, "subject": said.subject, "text": said.text, "html": said.html}
        )
        return
    state.output.detail(f"Language: {said.language or _ANY}")
    head = f"Subject: {said.subject}\n\n" if said.subject else ""
    state.output.data(safe(f"{head}{said.text}", lines=True))
    if said.html:
        state.output.data(safe(f"\n-- and as HTML:\n\n{said.html}", lines=True))


@templates.command()
@shows
@pass_state
def check(state: State) -> None:
    """Check every template: its syntax, the names in it, and whether it can be filled in.

    Exits with 6 when there is an error or a warning.
    """
    crm = state.crm
    count = len(crm.messages.templates())
    templates = "template is" if count == 1 else "templates are"
    show_findings(state, list(crm.messages.check()), f"{count} {templates} right.")


def _read(state: State, variant: Variant) -> None:
    head = f"Subject: {variant.subject}\n\n" if variant.subject else ""
    state.output.data(safe(f"{head}{variant.text}", lines=True))
    if variant.html:
        state.output.data(safe(f"\n-- and as HTML:\n\n{variant.html}", lines=True))
