"""`crm templates`: what messages say, and what a customer would read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit.cli.column import Column
from crmkit.cli.findings import show_findings
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, shows, writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.files.refusals import refusal_of
from crmkit.core.language import N_, _, ngettext
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.messages.composing import Composed
    from crmkit.core.messages.template import Variant

_LISTED = (
    Column("template", fixed=True, style="bold"),
    Column("languages", sparse=True),
    Column("subject", wrap=True, sparse=True),
    Column("html", "HTML", sparse=True),
    Column("version", right=True, sparse=True),
    Column("problem", "What is wrong", wrap=True, sparse=True),
)
_NONE = N_(
    "No templates yet. Write one beside crm.toml, such as templates/happy-birthday.txt:\n"
    "Subject: Happy birthday, {{ customer.name }}!\n\nCome in for a piece of cake."
)
_ANY = N_("any")


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
            "languages": [language or _(_ANY) for language in each.languages],
            "subject": each.subject,
            "html": each.has_html,
            "version": each.version,
            "problem": each.problem,
        }
        for each in state.crm.messages.templates()
    ]
    footer = N_("What a customer would read: crm templates preview NAME CUSTOMER")
    state.output.rows(_LISTED, rows, empty=_NONE, footer=footer if rows else "")


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
            state.output.say(
                _("In {language}:", language=language) if language else _("In any other language:")
            )
        _read(state, variant)


@templates.command()
@click.argument("name", metavar="TEMPLATE")
@click.argument("ref", metavar="[CUSTOMER]", required=False)
@click.option("--for", "customer", metavar="CUSTOMER", help="The same as CUSTOMER.")
@click.option("--lang", "--language", "lang", metavar="LANG", help="Not theirs, but such as pl or pt_BR.")
@click.option("--all", "every", is_flag=True, help="In every language there is.")
@click.option("--html", "page", metavar="FILE", help="Write a page for a browser; - for standard output.")
@shows
@pass_state
def preview(
    state: State,
    name: str,
    ref: str | None,
    customer: str | None,
    lang: str | None,
    every: bool,
    page: str | None,
) -> None:
    """Show what CUSTOMER would read of TEMPLATE, in their language. Links in it lead nowhere."""
    if every and lang:
        raise click.UsageError("--all is every language, and --lang one.")
    who = ref or customer
    if who is None or (ref and customer):
        raise click.UsageError("Say once whose name and fields to use: crm templates preview NAME CUSTOMER")
    messages = state.crm.messages
    if every:
        found = list(messages.preview_all(name, who).values())
    else:
        found = [messages.preview(name, who, language=lang)]
    if page is not None:
        _write_page(state, page, messages.page(name, who, found))
    elif state.output.is_json:
        said = [_record(each) for each in found]
        state.output.json(said if every else said[0])
    else:
        for each in found:
            _show_composed(state, each)


@templates.command("send")
@click.argument("name", metavar="TEMPLATE")
@click.option(
    "--to", metavar="EMPLOYEE", required=True, help="Who works here: name, number or e-mail address."
)
@click.option(
    "--as", "customer", metavar="CUSTOMER", help="Whose name and fields to use, not a made-up one's."
)
@click.option("--lang", "--language", "lang", metavar="LANG", help="In which language, such as pl or pt_BR.")
@writes
@pass_state
def send_test(state: State, name: str, to: str, customer: str | None, lang: str | None) -> None:
    """Send TEMPLATE to a colleague as a test, to see it in a mail program.

    Only who works here can get it; links in it lead nowhere, and no timeline tells of it. Until crm go-live
    it is written to a file under rehearsal/. At most 30 go out within an hour.
    """
    sent = state.crm.messages.test(name, to, customer=customer, language=lang)
    message, file = sent.message, sent.file
    whom = f"{safe(sent.employee.name)} <{safe(message.to)}>"
    told = _("Sent a test of {template} to {whom}", template=name, whom=whom)
    if file is not None:
        from crmkit.cli.going_live import near

        told = _(
            "Rehearsed a test of {template} to {whom}: {file}", template=name, whom=whom, file=near(file)
        )
    state.output.receipt(
        told,
        record={
            "template": name, "employee": sent.employee.id, "to": message.to, "subject": message.subject,
            "language": message.language, "rehearsal": file is not None, "file": str(file) if file else None,
        },
    )  # fmt: skip


@templates.command()
@click.argument("name", metavar="TEMPLATE")
@click.option("--mjml", is_flag=True, help="Write the HTML as MJML, which needs: pip install 'crmkit[email]'")
@writes
@pass_state
def new(state: State, name: str, mjml: bool) -> None:
    """Begin a new TEMPLATE: its text and its HTML, with the address and the unsubscribe link at the end."""
    from crmkit.cli.going_live import near
    from crmkit.core.messages.beginning import begin

    files = [near(path) for path in begin(state.config.path.parent, name, mjml=mjml)]
    written = _("Written: {files}", files=_(" and ").join(files))
    state.output.receipt(written, record={"template": name, "files": files})
    state.output.say(
        _("What a customer would read: {command}", command=f"crm templates preview {name} CUSTOMER")
    )


@templates.command()
@shows
@pass_state
def check(state: State) -> None:
    """Check every template: its syntax, the names in it, whether it can be filled in, and what readers and
    mail programs would hold against it. Whether one is marketing is known if a rule sends it.

    Exits with 6 when there is an error or a warning.
    """
    crm = state.crm
    count = len(crm.messages.templates())
    right = ngettext("{count} template is right.", "{count} templates are right.", count)
    show_findings(state, list(crm.messages.check()), right)


def _read(state: State, variant: Variant) -> None:
    head = f"{_('Subject: {subject}', subject=variant.subject)}\n\n" if variant.subject else ""
    state.output.data(safe(f"{head}{variant.text}", lines=True))
    if variant.html:
        state.output.data(safe(f"\n{_('-- and as HTML:')}\n\n{variant.html}", lines=True))


def _show_composed(state: State, said: Composed) -> None:
    state.output.detail(_("Language: {language}", language=said.language or _(_ANY)))
    head = f"{_('Subject: {subject}', subject=said.subject)}\n\n" if said.subject else ""
    state.output.data(safe(f"{head}{said.text}", lines=True))
    if said.html:
        state.output.data(safe(f"\n{_('-- and as HTML:')}\n\n{said.html}", lines=True))


def _record(said: Composed) -> dict[str, str | None]:
    return {"language": said.language or None, "subject": said.subject, "text": said.text, "html": said.html}


def _write_page(state: State, file: str, page: str) -> None:
    from pathlib import Path

    from crmkit.core.errors import CrmError

    if file == "-":
        click.echo(page, nl=False)
        return
    try:
        Path(file).write_text(page, encoding="utf-8")
    except OSError as error:
        raise CrmError(
            phrase("{file} cannot be written: {strerror}", file=file, strerror=refusal_of(error))
        ) from None
    state.output.say(
        _("Written: {file}. It holds a customer's data: delete it when it is read.", file=safe(file))
    )
