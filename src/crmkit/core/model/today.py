"""What wants attention today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from crmkit.core.language import N_

TASKS: Final = N_("Tasks")
BIRTHDAYS: Final = N_("Birthdays")
CONTACTS: Final = N_("Overdue for a contact")
PLANS: Final = N_("Plans that wait")
DOUBTS: Final = N_("In doubt")
REQUESTS: Final = N_("Privacy requests")


@frozen(kw_only=True)
class Due:
    """One thing that wants attention: under the heading `group`, `what` it is, of which customer.

    `on` is the day by which, None without one; `hint` is the command that deals with it.
    """

    group: str
    what: str
    customer_id: int | None = None
    on: dt.date | None = None
    hint: str = ""


@frozen(kw_only=True)
class Today:
    """The local `day`, and all that is due on it by heading, what is due longest first.

    `more` says how many of a heading were left out; `warnings` name what could not be asked.
    """

    day: dt.date
    due: tuple[Due, ...]
    more: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def groups(self) -> dict[str, Sequence[Due]]:
        """What is due by heading, in the order of the headings."""
        found: dict[str, list[Due]] = {}
        for each in self.due:
            found.setdefault(each.group, []).append(each)
        return dict(found)
