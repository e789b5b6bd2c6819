"""`crm clock`: what time it is in this business, and in a rehearsal another one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from crmkit.cli.options import writes
from crmkit.cli.records import moment
from crmkit.cli.state import State, pass_state
from crmkit.core.cldr import written_full_day
from crmkit.core.language import _

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_LATER: Final = re.compile(r"\+ ?(\d{1,5}) ?(min|h|d|w)", re.IGNORECASE)
_MICROSECONDS: Final = {"min": 60_000_000, "h": 3_600_000_000}
_DAYS: Final = {"d": 1, "w": 7}


@click.command()
@click.argument("when", metavar="[WHEN]", required=False)
@click.option("--real", is_flag=True, help="The machine's time again.")
@writes
@pass_state
def clock(state: State, when: str | None, real: bool) -> None:
    """Say what time it is here; in a rehearsal, put the clock to WHEN.

    WHEN is an instant such as "2027-03-05 15:00", or a time from now: +45min, +3h, +2d, +1w. The clock goes
    on from there, in crm.toml. Nobody goes live while it is set.
    """
    from crmkit.core.errors import Invalid

    if real and when is not None:
        raise Invalid("A time and --real were given", hint="Give one of them.")
    crm = state.crm
    if real:
        crm.rehearsal.set_clock(None)
        state.output.receipt(_("The clock is the machine's again"), record={"now": None})
    elif when is None:
        _show(state, crm)
    else:
        at = wanted_instant(crm, when)
        crm.rehearsal.set_clock(at)
        state.output.receipt(
            _("It is {time}", time=_weekday(crm, at)),
            undo="crm clock --real",
            record={"now": moment(crm, at)},
        )


def wanted_instant(crm: Crm, text: str) -> int:
    """The instant that `text` names: one of the calendar, or so much later than now. Days are by the
    calendar, so that nine o'clock stays nine o'clock. Raises `Invalid`."""
    from crmkit.cli.values import tz
    from crmkit.core.instants import instant_of, parse_instant

    now, zone = crm.clock.now(), tz(crm)
    found = _LATER.fullmatch(text.strip())
    if found is None:
        return parse_instant(text, zone, now)
    amount, unit = int(found[1]), found[2].lower()
    if unit in _MICROSECONDS:
        return now + amount * _MICROSECONDS[unit]
    local = datetime.fromtimestamp(now / 1_000_000, zone).replace(tzinfo=None)
    return instant_of(local + timedelta(days=amount * _DAYS[unit]), zone)


def _show(state: State, crm: Crm) -> None:
    now, is_set = crm.clock.now(), crm.config.crs.clock is not None
    if state.output.is_json:
        state.output.json({"now": moment(crm, now), "set": is_set})
    else:
        said = _weekday(crm, now)
        state.output.data(_("{time}, as crm.toml sets the clock", time=said) if is_set else said)


def _weekday(crm: Crm, at: int) -> str:
    from crmkit.cli.values import shown_instant, tz
    from crmkit.core.instants import local_date

    time = shown_instant(crm, at).partition(" ")[2]
    return _("{day} {time}", day=written_full_day(local_date(at, tz(crm))), time=time)
