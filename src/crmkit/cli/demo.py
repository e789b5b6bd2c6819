"""`crm demo`: a real shop's purchases, by invented people, imported before the newcomer's eyes."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import define

from crmkit.cli.options import writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, number
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange import ImportReport
    from crmkit.data.people import Person
    from crmkit.data.shop import Shop

_ALL: Final = 23_570
_DAY: Final = 86_400 * 1_000_000
_MARK: Final = ".crmkit-demo"
# The log ends on 30 June 1998.
_MORNING_AFTER: Final = N_(
    "The last purchase is of 30 June 1998, and this is the morning after. A business of today has no such "
    "line:"
)
# What a demo consists of, and hence all that --fresh removes.
_FILES: Final = (
    "crm.toml", "crm.db", "crm.db-wal", "crm.db-shm", "customers.csv", "purchases.csv", "README.md",
    ".gitignore", _MARK,
)  # fmt: skip
_FOLDERS: Final = ("templates", "journeys", "rehearsal")
_ABOUT: Final = N_("""\
# A shop to look around in

The purchases are real: {purchases} purchases of customers of the CD shop CDNOW in 1997 and 1998,
collected by Peter S. Fader and Bruce G. S. Hardie, as shipped in the PyPI package lifetimes 0.11.3 (MIT).

The people are not. CDNOW's customers are anonymous, so crmkit made up everything else: names, e-mail
addresses (all at example.org and example.com), telephone numbers (all from ranges set aside for stories),
towns, birthdays, languages, tastes, and who agreed to be written to, for what and how. It makes up the same
ones every time. The shop's clock stands at the morning after the last purchase, 1 July 1998, and goes on.

`customers.csv` and `purchases.csv` are what was imported; `crm.toml` says how the shop meets its customers.
Change anything: `crm demo --fresh` makes it anew.
""")


@click.command()
@click.argument(
    "directory", metavar="[DIR]", default="crmkit-demo", type=click.Path(file_okay=False, path_type=Path)
)
@click.option("--fresh", is_flag=True, help="Throw away the demo that is in DIR, and make it anew.")
@click.option(
    "--customers",
    "size",
    type=click.IntRange(1, _ALL),
    default=_ALL,
    metavar="N",
    help="Only the first N customers and their purchases.",
)
@writes
@pass_state
def demo(state: State, directory: Path, fresh: bool, size: int) -> None:
    """See crmkit at work, in DIR (crmkit-demo): the purchases of a real CD shop, by invented people."""
    begin = time.perf_counter()
    folder = _Folder(directory)
    folder.claim(fresh=fresh)
    folder.require(size)
    from crmkit.data.shop import Shop

    shop = Shop(size)
    shop.invent()
    if not folder.is_complete:
        _lay_out(state, folder, shop)
    state.config_path = str(folder.file("crm.toml"))
    crm = state.crm
    if not folder.is_complete:
        _fill(state, crm, folder, shop)
        folder.complete(size)
    _present(state, crm, folder, shop, time.perf_counter() - begin)


@define
class _Folder:
    """Where the demo lives. A mark in it tells a demo from everything else, and says when it is complete."""

    path: Path

    def file(self, name: str) -> Path:
        return self.path.absolute() / name

    @property
    def is_complete(self) -> bool:
        return self._said().startswith("complete")

    def claim(self, *, fresh: bool) -> None:
        """Make the folder a demo's, unless it is something else's. Raises `Conflict`."""
        from crmkit.core.errors import Conflict

        if self.path.exists() and not self.file(_MARK).exists() and any(self.path.iterdir()):
            raise Conflict(
                phrase("{path} is not empty, and not a demo", path=safe(self.path)),
                hint="Name another folder: crm demo NEW-FOLDER",
            )
        if fresh:
            from shutil import rmtree

            for name in _FILES:
                self.file(name).unlink(missing_ok=True)
            for name in _FOLDERS:
                rmtree(self.file(name), ignore_errors=True)
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.file(_MARK).exists():
            self.file(_MARK).write_text("in the making\n", encoding="utf-8")

    def complete(self, size: int) -> None:
        """Note that everything is there."""
        self.file(_MARK).write_text(f"complete: {size} customers\n", encoding="utf-8")

    def require(self, size: int) -> None:
        """Raise `Conflict` when a demo of another size is here."""
        from crmkit.core.errors import Conflict

        if self.is_complete and self._said().split()[1] != str(size):
            raise Conflict(
                phrase(
                    "{path} holds a demo of another size: {said}",
                    path=safe(self.path),
                    said=safe(self._said()),
                ),
                hint="Make it anew with --fresh, or name another folder.",
            )

    def _said(self) -> str:
        mark = self.file(_MARK)
        return mark.read_text(encoding="utf-8").strip() if mark.exists() else ""


def _lay_out(state: State, folder: _Folder, shop: Shop) -> None:
    """Write the files, and make the database."""
    from datetime import date

    from crmkit.cli.laying_out import filled, lay_out
    from crmkit.core.opening import upgrade_database

    business = {
        "name": "CD shop (demo)",
        "currency": "USD",
        "timezone": "America/New_York",
        "locale": "en_US",
    }
    config = filled("online-shop", database="crm.db", by=date(1998, 12, 31), **business)
    if not folder.file("crm.toml").exists():
        before, database, after = config.partition('\ndatabase = "crm.db"\n')
        clock = f'# {_(_MORNING_AFTER)}\nclock = "1998-07-01T09:00"\n'
        folder.file("crm.toml").write_text(before + database + clock + after, encoding="utf-8")
    lay_out("online-shop", folder.path)
    folder.file(".gitignore").write_text("*\n", encoding="utf-8")
    folder.file("README.md").write_text(
        _(_ABOUT, purchases=number(sum(shop.purchases.values()))), encoding="utf-8"
    )
    shop.write_customers(folder.file("customers.csv"))
    shop.write_purchases(folder.file("purchases.csv"))
    state.output.say(
        _("Wrote {path}: crm.toml, customers.csv, purchases.csv, README.md", path=safe(folder.path))
    )
    state.output.say(
        _("The purchases are real, the people are not: names, addresses, consent and tastes are made up.")
    )
    upgrade_database(folder.file("crm.toml"))


def _fill(state: State, crm: Crm, folder: _Folder, shop: Shop) -> None:
    """Import both files; where an interrupted demo stopped, it goes on."""
    from crmkit.core.exchange import import_customers, import_interactions

    with state.progress(_("Importing customers")) as advance:
        customers = import_customers(
            crm, folder.file("customers.csv"), defaults={"lifecycle": "customer"}, progress=advance
        )
    _told(
        state, customers, ngettext("Imported {count} customer", "Imported {count} customers", customers.rows)
    )
    with state.progress(_("Importing purchases")) as advance:
        purchases = import_interactions(
            crm,
            folder.file("purchases.csv"),
            defaults={"type": "purchase", "channel": "web", "line.product": "CD"},
            source="demo",
            progress=advance,
        )
    _told(
        state, purchases, ngettext("Imported {count} purchase", "Imported {count} purchases", purchases.rows)
    )
    with state.progress(_("Recording consent")) as advance:
        asked = _consent(crm, shop, advance)
    state.output.say(
        ngettext(
            "Recorded consent: {count} of them agreed to offers by e-mail at some time",
            "Recorded consent: {count} of them agreed to offers by e-mail at some time",
            asked,
        )
    )


def _told(state: State, report: ImportReport, imported: str) -> None:
    done = report.rows - report.resumed_from
    rate = (
        _("{count} a second", count=number(round(done / report.seconds))) if report.seconds else _("at once")
    )
    said = [_("{imported} in {seconds:.1f} s ({rate})", imported=imported, seconds=report.seconds, rate=rate)]
    if report.rejected:
        said.append(ngettext("{count} refused", "{count} refused", report.rejected))
    state.output.say(f"{', '.join(said)}: {report.ref}")


def _consent(crm: Crm, shop: Shop, advance: Any) -> int:
    """Give and withdraw consent, all of it or none; it is made up like the people."""
    agreed = [person for person in shop.persons if person.consent and person.email]
    with crm.transaction() as tx:
        if tx.execute(crm.tables.consent.select().limit(1)).first() is not None:
            return len(agreed)
        for done, person in enumerate(agreed):
            _one_consent(crm, person, shop.first_day[person.number])
            if done % 500 == 0:
                advance(done, len(agreed))
    return len(agreed)


def _one_consent(crm: Crm, person: Person, day: str) -> None:
    from crmkit.cli.values import tz
    from crmkit.core.instants import parse_instant

    at = parse_instant(f"{day} 12:00", tz(crm), crm.clock.now())
    ref, source = f"shop:{person.number}", "order form (made up)"
    crm.consent.grant(ref, "offers", "email", source=source, at=at)
    if person.number % 2:
        crm.consent.grant(ref, "reviews", "email", source=source, at=at)
    if person.phone and person.number % 5 == 0:
        crm.consent.grant(ref, "offers", "phone", source="a call (made up)", at=at + 30 * _DAY)
    if person.withdrawn:
        later = at + 180 * _DAY
        crm.consent.withdraw(ref, "offers", "email", source="link in a mail (made up)", at=later)


def _present(state: State, crm: Crm, folder: _Folder, shop: Shop, seconds: float) -> None:
    """Totals, one customer, and what to try next."""
    hero = _hero(shop)
    record = {
        "directory": str(folder.path),
        **_totals(crm),
        "seconds": round(seconds, 1),
        "shown": f"shop:{hero.number}",
    }
    attempts = _attempts(crm, shop, hero)
    if state.output.is_json:
        state.output.json(record | {"try": [command for command, _ in attempts]})
        return
    if state.output.quiet:
        state.output.data(str(folder.path))
        return
    state.output.say(
        "\n"
        + _(
            "{customers}, {purchases} from {first} to {last}, revenue ${revenue}; made in {seconds:.0f} s",
            customers=ngettext("{count} customer", "{count} customers", record["customers"]),
            purchases=ngettext("{count} purchase", "{count} purchases", record["purchases"]),
            first=record["first"],
            last=record["last"],
            revenue=f"{record['revenue']:,}",
            seconds=seconds,
        )
        + "\n"
    )
    from crmkit.cli.show import show

    click.get_current_context().invoke(show, ref=(f"shop:{hero.number}",), limit=5)
    state.output.say("\n" + _("What to try next:") + f"\n\n  cd {shlex.quote(str(folder.path))}")
    width = max(len(command) for command, _ in attempts)
    for command, what in attempts:
        state.output.say(f"  {command.ljust(width)}   {what}")


def _totals(crm: Crm) -> dict[str, Any]:
    from decimal import Decimal

    import sqlalchemy as sa

    from crmkit.cli.values import tz
    from crmkit.core.instants import local_date

    total = crm.interactions.totals("purchase")[0]
    table = crm.tables.interaction
    with crm.reading() as execute:
        ends = execute(sa.select(sa.func.min(table.c.occurred_at), sa.func.max(table.c.occurred_at))).one()
    return {
        "customers": crm.customers.count(),
        "purchases": total.count,
        "revenue": Decimal(total.sums["USD"]).scaleb(-2),
        "currency": "USD",
        "first": local_date(ends[0], tz(crm)).isoformat(),
        "last": local_date(ends[1], tz(crm)).isoformat(),
    }


def _hero(shop: Shop) -> Person:
    """The customer to show: a name that is found without its accents, a full page, and many purchases."""
    from crmkit.core.normalise import fold

    def rank(person: Person) -> tuple[bool, bool, int]:
        is_accented = not person.name.isascii() and fold(person.name).isascii()
        is_full = bool(
            person.consent and not person.withdrawn and person.email and person.music and person.city
        )
        return is_accented, is_full, shop.purchases[person.number]

    return max(shop.persons, key=rank)


def _attempts(crm: Crm, shop: Shop, hero: Person) -> list[tuple[str, str]]:
    """Commands that work in this demo, each with what it shows."""
    from crmkit.core.normalise import fold

    best = max(shop.persons, key=lambda person: shop.purchases[person.number])
    ref = f"shop:{hero.number}"
    slipping = crm.predicates.members("in(slipping)", limit=1)
    attempts = [(f"crm find {shlex.quote(fold(hero.name))}", _("accents do not matter"))]
    urdu = next((one for one in shop.persons if one.locale == "ur_PK"), None)
    if urdu is not None:
        attempts.append((f"crm find {shlex.quote(urdu.name)}", _("a name may be in any script")))
    return [
        *attempts,
        (f"crm show shop:{best.number}", _("the customer who came most often")),
        (f"crm log {ref} purchase 24.90", _("somebody has just bought something")),
        (f"crm note {ref} 'Asked for the new album'", _("and said something worth keeping")),
        (f"crm consent show {ref}", _("may we write to them?")),
        ("crm goals show come-back", _("what the shop wants, and how it has gone")),
        ("crm rules explain win-back", _("what it does for it, read back as a sentence")),
        (
            "crm rules backtest win-back --from 1997-07-01 --to 1998-01-01",
            _("what it would have done in 1997"),
        ),
        ("crm journeys simulate come-back --days 60", _("people led step by step: what would be done")),
        ("crm plan", _("what the rules would do now; nothing is done")),
        ("crm plans show 1 --limit 5", _("for whom, and who is left out and why")),
        ("crm apply 1 --only win-back --yes", _("do a part of it: the letters go to files, in rehearsal/")),
        (f"crm why {slipping[0] if slipping else ref}", _("why somebody is written to, or not")),
        ("crm today", _("what wants attention")),
        ("crm status", _("where the strategy stands")),
        ("crm words", _("the words this shop knows, and whose they are")),
        ("crm plugins list", _("where they come from")),
    ]
