"""Whom a customer who was just added looks like, or may have been taken for, said with the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.cli.terminal import safe
from crmkit.core.language import _
from crmkit.core.normalise import fold

if TYPE_CHECKING:
    from crmkit.cli.state import State
    from crmkit.core.duplicates.values import LookAlike
    from crmkit.core.model.customer import Customer
    from crmkit.core.model.interaction import Change


def noticed(state: State, customer: Customer) -> Sequence[LookAlike]:
    """Whom a customer just added looks like; nobody where `crm.toml` does not want it said."""
    crm = state.crm
    if not crm.config.matching.duplicates.warn:
        return ()
    return crm.duplicates.look_alikes(customer.id)


def warn_of(state: State, customer: Customer, alike: Sequence[LookAlike]) -> None:
    """Say whom a customer looks like, and what to do about it; on stderr, and not under `--json`."""
    if not alike or state.output.is_json or state.output.quiet:
        return
    alikes = _("; ").join(safe(each.told) for each in alike)
    state.output.warn("! " + _("Looks like {alikes}", alikes=alikes))
    compare = _(
        "Compare them: crm customers duplicates show {one} {other}. "
        "The same: crm customers merge {one} {other}",
        one=alike[0].id,
        other=customer.id,
    )
    state.output.warn(f"  {compare}")


def warn_of_new_name(state: State, customer: Customer, changes: Sequence[Change]) -> None:
    """Say that a customer who was found by an address had quite another name: it may be somebody else's too;
    on stderr, and not under `--json`."""
    before = next((str(each.old) for each in changes if each.field == "name" and each.old), "")
    has_word_in_common = {*fold(before).split()} & {*fold(customer.name).split()}
    if state.output.is_json or state.output.quiet or not before or has_word_in_common:
        return
    names = {"name": safe(customer.name), "before": safe(before)}
    state.output.warn("! " + _("Is {name} somebody else than {before}?", **names))
    how = _(
        "Take the name back, add them without the address that both have, and then: "
        "crm customers update THEIR_ID --email ADDRESS"
    )
    state.output.warn(f"  {how}")
