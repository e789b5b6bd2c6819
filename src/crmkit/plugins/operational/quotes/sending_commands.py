"""`crm quotes send`, `email`, `html`, `pdf`: a quote on its way to the customer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crmkit import Conflict, ExtraMissing, Invalid
from crmkit.plugin import (
    CommandState,
    _,
    needs,
    pass_state,
    phrase,
    rehearses,
    shown,
    writes,
    written_money,
)
from crmkit.plugins.operational.api import Quote, Quotes
from crmkit.plugins.operational.quotes.document import html_of, pdf_of
from crmkit.plugins.operational.quotes.mailing import mailed, refuse_unmailed, told
from crmkit.plugins.operational.quotes.model import SENT
from crmkit.plugins.operational.quotes.pages import link_of
from crmkit.plugins.operational.quotes.summary import customer_of, receipt


@click.command("send")
@click.argument("quote_", metavar="QUOTE")
@click.option(
    "--output",
    "-o",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where to put the files; here, if not given.",
)
@click.option("--email", "by_email", is_flag=True, help="Write to the customer: a link to the quote's page.")
@writes
@pass_state
@needs("customers.read")
def send(state: CommandState, quote_: str, folder: Path, *, by_email: bool) -> None:
    """Mark a draft as sent, and write it as HTML and PDF for you to send.

    It is given its number, and is edited no more. The PDF needs: pip install 'crmkit[pdf]'
    """
    crm = state.crm
    if by_email:  # before it is sent: what is in the way leaves a draft
        draft = crm.service(Quotes).get(quote_)
        refuse_unmailed(mailed(crm, draft, dry_run=True), draft)
    folder.mkdir(parents=True, exist_ok=True)
    quote = crm.service(Quotes).send(quote_)
    html = html_of(crm, state.crm.service(Quotes).settings, quote)
    files = [_write(folder / f"{_file_name(quote)}.html", html.encode())]
    try:
        files.append(_write(folder / f"{_file_name(quote)}.pdf", pdf_of(html)))
    except ExtraMissing as error:
        state.output.warn(f"{shown(error.message)}. {shown(error.hint)}")
    said = [
        _(
            "{called} for {customer} is sent: {gross}",
            called=quote.called,
            customer=customer_of(state, quote),
            gross=written_money(quote.totals.gross),
        )
    ]
    said += ["  " + _("Written: {path}", path=path) for path in files]
    link = link_of(crm, quote)
    said += ["  " + _("The customer can accept it at {link}", link=link)] if link else []
    said += [f"  {told(mailed(crm, quote))}"] if by_email else []
    receipt(state, quote, "\n".join(said), files=[str(path) for path in files], link=link)


@click.command("email")
@click.argument("quote_", metavar="QUOTE")
@rehearses
@writes
@pass_state
def email(state: CommandState, quote_: str, *, dry_run: bool) -> None:
    """Write to the customer of a quote that was sent: a link to its page, where it can be accepted.

    The template and what it is for stand in crm.toml, under [plugins.operational.quotes.email].
    """
    quote = state.crm.service(Quotes).get(quote_)
    if quote.state != SENT:
        raise Conflict(
            phrase("{called} is {state}", called=quote.called, state=phrase(quote.state)),
            hint="Only a quote that was sent is written.",
        )
    sent = mailed(state.crm, quote, dry_run=dry_run)
    refuse_unmailed(sent, quote)
    record = {"quote": quote.id, "effect": sent.effect, "state": sent.state}
    if dry_run:
        state.output.preview(_("This would be written:\n\n{text}", text=sent.text), record)
        return
    state.output.receipt(
        f"{shown(quote.called)}: {told(sent)}", reference=f"effect:{sent.effect}", record=record
    )


def _output(command: Any) -> Any:
    command = click.option("--language", metavar="CODE", help="en, pl or ur; the customer's, if not given.")(
        command
    )
    return click.option(
        "--output", "-o", "file", metavar="FILE", type=click.Path(path_type=Path),
        help="Where to put it; a file of its number here, if not given.",
    )(command)  # fmt: skip


@click.command("html")
@click.argument("quote_", metavar="QUOTE")
@_output
@writes
@pass_state
def html(state: CommandState, quote_: str, language: str | None, file: Path | None) -> None:
    """Write a quote as a page, in the customer's language."""
    _made(state, quote_, language, file, "html", str.encode)


@click.command("pdf")
@click.argument("quote_", metavar="QUOTE")
@_output
@writes
@pass_state
def pdf(state: CommandState, quote_: str, language: str | None, file: Path | None) -> None:
    """Write a quote as a PDF, in the customer's language. It needs: pip install 'crmkit[pdf]'"""
    _made(state, quote_, language, file, "pdf", pdf_of)


def _made(
    state: CommandState,
    quote_: str,
    language: str | None,
    file: Path | None,
    suffix: str,
    make: Callable[[str], bytes],
) -> None:
    """Write what `make` makes of the quote's page."""
    service = state.crm.service(Quotes)
    quote = service.get(quote_)
    page = html_of(state.crm, service.settings, quote, language=language)
    path = _write(file or Path(f"{_file_name(quote)}.{suffix}"), make(page))
    receipt(state, quote, _("Written: {path}", path=path), files=[str(path)])


def _file_name(quote: Quote) -> str:
    return re.sub(r"[^\w.-]+", "-", quote.number or f"draft-{quote.id}").strip(".-") or f"quote-{quote.id}"


def _write(path: Path, content: bytes) -> Path:
    """What is in it is the customer's and ours: nobody else on this machine reads it."""
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            phrase(
                "{path} cannot be written: {strerror}",
                path=path,
                strerror=phrase(error.strerror or str(error)),
            ),
            hint="Name another: --output",
        ) from None
    return path
