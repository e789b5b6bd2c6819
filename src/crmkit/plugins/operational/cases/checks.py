"""What `crm doctor` asks about cases: that rules and promises name what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, fold, joined, phrase
from crmkit.plugins.operational.cases.settings import ROUND_ROBIN

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.cases.settings import CaseSettings


def findings(crm: Crm, settings: CaseSettings) -> Iterator[Finding]:
    """What promises, routing and articles have wrong."""
    for name, promise in settings.sla.items():
        if promise.customer_type is not None and promise.customer_type not in crm.words.customer_types:
            yield Finding(
                "error",
                phrase(
                    '[plugins.operational.cases.sla.{name}] is for customers of type "{type}", '
                    "and there is no such type",
                    name=name,
                    type=promise.customer_type,
                ),
                phrase("Declare it: [customer_types.{name}]", name=promise.customer_type),
            )
    named = {ROUND_ROBIN, *(each.name for each in crm.people.teams())}
    for employee in crm.people.list():
        named |= {employee.name, employee.email or ""}
    known = {fold(each) for each in named}
    for name, rule in settings.routing.items():
        place = f"[plugins.operational.cases.routing.{name}]"
        if rule.assign is not None and fold(rule.assign) not in known:
            yield Finding(
                "error",
                phrase(
                    '{place} assigns to "{name}", who is neither a team nor works here',
                    place=place,
                    name=rule.assign,
                ),
                phrase("See: crm people employees list"),
            )
        try:
            crm.predicates.parse(rule.where or "id = 1")
        except CrmError as error:
            yield Finding("error", joined("", (f"{place} where: ", error.message)), error.hint or "")
    from crmkit.plugins.operational.cases.articles import Articles

    for fault in Articles(crm.config.path.parent).faults():
        yield Finding(
            "warning",
            phrase("The article {fault}", fault=fault),
            phrase("It is not found by crm cases articles."),
        )
