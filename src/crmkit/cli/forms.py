"""`crm forms`: the pages that strangers fill in."""

from __future__ import annotations

from typing import Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists
from crmkit.cli.state import State, pass_state
from crmkit.core.language import N_, _

_LISTED = (
    Column("form", fixed=True, style="bold"),
    Column("url", "Where", fixed=True),
    Column("title"),
    Column("fields", "Asks for"),
    Column("purpose", "Consent"),
    Column("doc", "What for", wrap=True),
)
_NONE = N_(
    "No forms yet. Declare one in crm.toml:\n"
    '[forms.club]\ntitle = "Join the club"\nfields = ["name", "email"]'
)


@click.group(cls=Noun)
def forms() -> None:
    """Pages with a form that strangers fill in, served by `crm serve`."""


@forms.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the forms: where each is reached, and what it asks for."""
    base = state.crm.config.web.base or ""
    rows: list[dict[str, Any]] = [
        {
            "form": name,
            "url": f"{base}/f/{name}",
            "title": form.title,
            "fields": ", ".join(form.fields),
            "purpose": form.purpose,
            "doc": form.doc,
        }
        for name, form in state.crm.config.forms.items()
    ]
    state.output.rows(_LISTED, rows, empty=_NONE)
    if rows and not base and not state.output.is_json:
        state.output.say(_("[web] url does not say where the public reaches them."))
