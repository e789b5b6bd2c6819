"""`crm mail key`: keys that sign messages, and what the domain has to publish of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit import Conflict, Invalid
from crmkit.plugin import CommandState, _, pass_state, phrase, writes

if TYPE_CHECKING:
    from crmkit.plugins.email.settings import Settings


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--ed25519", is_flag=True, help="An Ed25519 key, to stand beside one of RSA.")
@click.option("--selector", metavar="NAME", help="The key's name in the DNS, if not one with the month.")
@click.option("--show", is_flag=True, help="Make none; print the records of the keys in crm.toml.")
@writes
@pass_state
def key(state: CommandState, path: Path | None, ed25519: bool, selector: str | None, show: bool) -> None:
    """Make a key that signs messages, and print the DNS record that belongs to it.

    The key goes to PATH, beside crm.toml by default, which only its owner can read; a file that is there is
    never overwritten.
    """
    settings: Settings = state.crm.plugins.settings("email")
    if show:
        _show(state, settings)
        return
    from crmkit.plugins.email.dkim import domain_of, new_signer

    selector = selector or _usual_selector(state, ed25519=ed25519)
    signer, pem = new_signer(domain_of(settings, selector), selector, ed25519=ed25519)
    folder = state.config_file.parent
    target = path or folder / f"dkim-{selector}.pem"
    _write_new(target, pem)
    record = signer.record
    shown = target.relative_to(folder) if target.is_relative_to(folder) else target
    state.output.receipt(
        _("The key is in {file}. Publish its record, then name the key in crm.toml:", file=shown),
        reference=record.line,
        record={"file": str(target), "selector": selector, "name": record.name, "value": record.value},
    )
    if not state.output.quiet and state.output.format != "json":
        state.output.data(f'\n{record.line}\n\n[plugins.email.dkim.{selector}]\nkey = "file:{shown}"')


def _show(state: CommandState, settings: Settings) -> None:
    from crmkit.plugins.email.dkim import dns_records

    records = dns_records(settings)
    if state.output.format == "json":
        state.output.json([{"name": each.name, "value": each.value} for each in records.values()])
        return
    for record in records.values():
        state.output.data(record.line)
    if not records:
        state.output.say(_("There is no key in crm.toml. Make one: crm mail key"))


def _usual_selector(state: CommandState, *, ed25519: bool) -> str:
    """With the month: keys are replaced now and then, and both are published for a while."""
    from datetime import UTC, datetime

    month = datetime.fromtimestamp(state.crm.clock.now() // 1_000_000, UTC)
    return f"crm{month:%Y%m}{'e' if ed25519 else ''}"


def _write_new(target: Path, pem: bytes) -> None:
    """Raises `Conflict` where there is a file, `Invalid` where there can be none."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(
            phrase("{target} exists", target=target),
            hint="A key is never overwritten. Name another: crm mail key --selector NAME",
        ) from None
    except OSError as error:
        raise Invalid(
            phrase(
                "{target} cannot be written: {strerror}",
                target=target,
                strerror=phrase(error.strerror or str(error)),
            )
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
