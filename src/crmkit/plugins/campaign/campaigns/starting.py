"""A new campaign's file to begin with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmkit import Conflict, Invalid
from crmkit.plugin import N_, _, phrase
from crmkit.plugins.campaign.files import CAMPAIGNS

if TYPE_CHECKING:
    from crmkit import Crm

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_FILE = N_("""\
# Whom it would reach: crm campaigns count {name}      Send it: crm campaigns send {name}
doc = "What it is for, in one line"

who = "last(purchase) < 90 days ago"   # or segment = "NAME", view = "NAME", list = "NAME"
{action}
purpose = {purpose}

# at = 2030-05-04T09:00:00             # once, at that hour; without it when you say send
# run = "daily at 09:00"               # again and again: whoever meets the condition then
# on = "purchase"                      # upon each event of that type
# in_their_time = true                 # at and run go by each customer's own clock
# max_audience = 1000                  # never more at once

# To see whether it works:
# control_group = "10%"
# outcome = "purchase"
# within = "14 days"
""")


def written(crm: Crm, name: str, template: str) -> Path:
    """Write the file. Raises `Conflict` where there is one, `Invalid` for a name that cannot be."""
    if _NAME.fullmatch(name) is None:
        raise Invalid(
            phrase('"{name}" cannot be the name of a campaign', name=name),
            hint="Use a lower-case letter followed by up to 47 letters a-z, digits, _ and -.",
        )
    file = crm.config.directory / CAMPAIGNS / f"{name}.toml"
    if file.exists():
        raise Conflict(
            phrase("{campaigns}/{name}.toml is there already", campaigns=CAMPAIGNS, name=name),
            hint=phrase("See: crm campaigns show {name}", name=name),
        )
    file.parent.mkdir(exist_ok=True)
    purposes = sorted(crm.words.purposes, key=lambda each: each.type != "marketing")
    purpose = purposes[0].name if purposes else "news"
    text = _(
        _FILE, name=name, purpose=json.dumps(purpose, ensure_ascii=False),
        action=f"send_email = {json.dumps(template or name, ensure_ascii=False)}",
    )  # fmt: skip
    file.write_text(text, encoding="utf-8")
    return file


def template_of(step: Any) -> list[str]:
    """The templates of a step and its variants, in their order; none where it writes no message."""
    each = (step, *step.variants.values())
    names = (getattr(one.params(one.given), "template", None) for one in each if one.action.touches)
    return list(dict.fromkeys(name for name in names if name))
