"""What a new business begins with, and the questions by which `crm init` finds it out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from textwrap import wrap
from typing import Final

import click
from attrs import evolve, frozen

from crmkit.cli.kinds import kinds
from crmkit.cli.prompts import ask, whole_number
from crmkit.cli.terminal import safe
from crmkit.core.language import ENGLISH, N_, _, laid_out, language_of, spoken, translated
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase

_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:_([A-Z]{2}))?(?:[.@].*)?")
# What is paid with in some regions. Whoever lives elsewhere types three letters.
_CURRENCIES: Final = {
    "US": "USD", "GB": "GBP", "PL": "PLN", "UA": "UAH", "PK": "PKR", "IN": "INR", "CH": "CHF", "CZ": "CZK",
    "SE": "SEK", "NO": "NOK", "DK": "DKK", "HU": "HUF", "RO": "RON", "TR": "TRY", "JP": "JPY", "CN": "CNY",
    "CA": "CAD", "AU": "AUD", "NZ": "NZD", "BR": "BRL", "MX": "MXN", "ZA": "ZAR", "EG": "EGP",
}  # fmt: skip
_AT_HOME: Final = {"pl": "PL", "uk": "UA", "ur": "PK"}
_WHY_POSTGRESQL: Final = N_(
    "Several computers need one database that all of them reach: that is PostgreSQL, a program which runs on "
    "one of them or at a provider. A single file would have to lie on a shared drive, where two who write at "
    "once can damage it."
)
_WIDTH: Final = 110


@frozen(kw_only=True)
class Beginning:
    """What a business begins with; empty is what nobody has said."""

    template: str = ""
    name: str = ""
    database: str = ""
    currency: str = ""
    timezone: str = ""
    locale: str = ""

    def completed(self, folder: Path) -> Beginning:
        """With a plain answer to everything that nobody has said."""
        return self.otherwise(
            template="blank",
            name=named_after(folder),
            database="crm.db",
            currency="EUR",
            timezone=machine_zone(),
            locale=spoken(),
        )

    def otherwise(self, **values: str) -> Beginning:
        """With these values where nothing has been said."""
        return evolve(self, **{key: value for key, value in values.items() if not getattr(self, key)})


def asked(known: Beginning, folder: Path) -> Beginning:
    """Ask the person at the terminal for what is not known yet. Enter takes what is proposed."""
    locale = known.locale or machine_locale()
    begins = _(
        "A new business in {folder}. Press Enter to take what stands in brackets.", folder=safe(folder)
    )
    _say(f"{begins}\n")
    template = known.template or _kind()
    name = known.name or ask(_("What is it called?"), named_after(folder), str.strip)
    currency, database = known.currency or _currency(locale), known.database or _database()
    timezone = known.timezone or machine_zone()
    taken = _(
        "Its time is that of {zone} and its language {locale}, as on this computer.",
        zone=safe(timezone),
        locale=safe(locale),
    )
    _say(f"\n{taken}")
    return Beginning(
        template=template, name=name, currency=currency, database=database, timezone=timezone, locale=locale
    )


def named_after(folder: Path) -> str:
    """The name of a business that begins in a folder: "Rye bakery" in rye-bakery/."""
    return folder.name.replace("-", " ").replace("_", " ").strip().capitalize() or _("My business")


def machine_zone() -> str:
    """The time zone that this machine is set to, UTC where that cannot be told."""
    from crmkit.core.errors import Invalid
    from crmkit.core.instants import zone

    link = os.path.realpath("/etc/localtime")
    for candidate in (os.environ.get("TZ", ""), link.partition("zoneinfo/")[2]):
        try:
            return zone(candidate).key.removeprefix("Etc/")
        except Invalid:
            continue
    return "UTC"


def machine_locale() -> str:
    """The language that this machine is set to, such as pl_PL; where another is spoken, that one."""
    names = (os.environ.get(variable, "") for variable in ("LC_ALL", "LC_MESSAGES", "LANG"))
    found = _LANGUAGE.fullmatch(next(filter(None, names), ""))
    locale = re.split("[.@]", found[0])[0] if found else ENGLISH
    return locale if spoken() in (ENGLISH, language_of(locale)) else spoken()


def _kind() -> str:
    offered = kinds()
    for number, kind in enumerate(offered, 1):
        _say(f"  {number}  {translated(kind.about)}")
    one_of, names = whole_number(1, len(offered)), [kind.name for kind in offered]

    def kind_named(text: str) -> str:
        name = text.strip().lower()
        return name if name in names else names[one_of(text) - 1]

    return ask(_("What kind of business is it?"), "1", kind_named)


def _currency(locale: str) -> str:
    from crmkit.core.model.money import minor_digits

    def currency(text: str) -> str:
        code = text.strip().upper()
        minor_digits(code)
        return code

    language, _mark, region = locale.partition("_")
    usual = _CURRENCIES.get(region or _AT_HOME.get(language, ""), "EUR")
    return ask(_("What do customers pay in? Three letters, such as EUR or PLN"), usual, currency)


def _database() -> str:
    computers = ask(_("How many computers will use it at the same time?"), "1", whole_number(1))
    if computers == 1:
        return "crm.db"
    _say("")
    for line in wrap(translated(_WHY_POSTGRESQL), _WIDTH):
        _say(line)
    _say(_("Begin with a file on this computer if there is none yet: crm db copy moves it there later."))
    return ask(_("Its address, postgresql://…, or a file"), "crm.db", _address)


def _address(text: str) -> str:
    scheme, mark, _rest = text.strip().partition("://")
    if mark and scheme != "postgresql":
        raise click.UsageError(phrase("An address of PostgreSQL begins with postgresql://"))
    if mark:
        _try_out(text.strip())
    elif not set("./\\").intersection(text):
        raise click.UsageError(
            phrase(
                "{text} is neither an address nor a file's name, which has an ending: crm.db",
                text=quoted(text.strip()),
            )
        )
    return text.strip()


def _try_out(address: str) -> None:
    """Connect to an address once, so that a slip is told where it was made. Raises `click.UsageError`."""
    from crmkit.core.errors import CrmError
    from crmkit.core.store.reaching import require_reachable

    _say(_("Trying it…"))
    try:
        require_reachable(address)
    except CrmError as error:
        again = phrase("Correct the address, or press Enter to begin with a file.")
        lines = [each for each in (error.message, error.hint, again) if each]
        raise click.UsageError(joined("\n", lines)) from None


def _say(text: str) -> None:
    click.echo(laid_out(text), err=True)
