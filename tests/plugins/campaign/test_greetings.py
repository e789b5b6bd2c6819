"""Birthday greetings, from a campaign's file to the mailbox of a real mail server."""

from __future__ import annotations

from datetime import UTC, date
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from crmkit import ContactPoint, CustomerDraft
from crmkit.core.instants import format_instant, parse_instant
from crmkit.plugins.campaign.api import Campaigns
from crmkit.testing import FakeClock, open_crm
from tests.plugins.campaign.conftest import at, work
from tests.plugins.post_office import post_office

_BUSINESS = """
timezone = "Europe/Warsaw"
locale = "en"
[purposes.greetings]
type = "marketing"
wording = "Write to me on my birthday."
[fields.born]
type = "date"
[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
security = "none"
timeout = 5
port = {port}
"""
_CAMPAIGN = """
who = "is_birthday(born)"
run = "daily at 09:00"
in_their_time = true
send_email = "birthday"
purpose = "greetings"
"""
_LETTERS = {
    "birthday.txt": "Subject: Happy birthday, {{ customer.name }}!\n\nA bun waits for you.\n",
    "birthday.pl.txt": "Subject: Wszystkiego najlepszego, {{ customer.name }}!\n\nCzeka drożdżówka.\n",
    "birthday.ur.txt": "Subject: سالگرہ مبارک، {{ customer.name }}!\n\nآپ کے لیے ایک تحفہ ہے۔\n",
}
_HOUR = 3_600_000_000
# Name, language, zone, birthday, and the hour in UTC at which it is nine o'clock there on the day it is kept.
_PEOPLE = (
    ("Łucja Żak", "pl", None, (1990, 2, 28), "2027-02-28 08"),
    ("زینب خان", "ur", "Asia/Karachi", (1992, 2, 29), "2027-02-28 04"),
    ("Mere Tane", "en", "Pacific/Auckland", (1985, 2, 28), "2027-02-27 20"),
    ("Kai Akana", "en", "Pacific/Honolulu", (1985, 2, 28), "2027-02-28 19"),
    ("Ole Line", "en", "Pacific/Kiritimati", (1985, 3, 1), "2027-02-28 19"),
    # The first and the last place on earth where it is that day: 25 hours lie between them.
    ("Teburoro", "en", "Pacific/Kiritimati", (1992, 2, 29), "2027-02-27 19"),
    ("Sina Tuala", "pl", "Pacific/Pago_Pago", (1992, 2, 29), "2027-02-28 20"),
    ("احمد علی", "ur", "Pacific/Pago_Pago", (1985, 2, 27), "2027-02-27 20"),
    ("Not Today", "en", None, (1985, 3, 2), ""),
)


def test_right_to_the_day_in_every_time_zone(tmp_path: Path, clock: FakeClock) -> None:
    """Each gets one letter in their own language, at nine o'clock of the day on which their birthday is kept
    where they are, from the first zone on earth to the last: 29 February on the 28th in a common year."""
    for folder, files in (("templates", _LETTERS), ("campaigns", {"birthday.toml": _CAMPAIGN})):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    at(clock, "2027-02-26 12:00", "UTC")
    with post_office() as office:
        crm = open_crm(
            tmp_path, _BUSINESS.format(port=office.port), plugins=("campaign", "email"), clock=clock
        )
        crm.rehearsal.end()
        for number, (name, language, zone, (year, month, day), _) in enumerate(_PEOPLE):
            point = ContactPoint(kind="email", value=f"p{number}@example.org")
            made = crm.customers.save(
                CustomerDraft(
                    name=name, locale=language, timezone=zone, contact_points=(point,),
                    fields={"born": date(year, month, day)},
                )
            )  # fmt: skip
            crm.consent.grant(made.id, "greetings", "email")
        crm.service(Campaigns).send("birthday", confirm=0)
        arrived: dict[str, tuple[str, EmailMessage]] = {}
        hours = {parse_instant(f"{hour}:00", UTC, 0) for *_, hour in _PEOPLE if hour}
        for instant in sorted({each + shift * _HOUR for each in hours for shift in (-1, 0, 1)}):
            clock.set(instant + _HOUR // 60)
            work(crm, 1)
            hour = format_instant(clock.now(), UTC)[:13]
            for taken in office.taken[len(arrived) :]:
                arrived[taken.to] = (hour, taken.message)
        assert len(office.taken) == len(arrived)
        hour_there = [
            (arrived[f"p{n}@example.org"][0], zone) for n, (_, _, zone, _, h) in enumerate(_PEOPLE) if h
        ]
        for hour, zone in hour_there:
            there = parse_instant(f"{hour}:00", UTC, 0)
            assert format_instant(there, ZoneInfo(zone or "Europe/Warsaw"))[11:13] == "09"
        wanted = {
            f"p{number}@example.org": hour for number, (*_, hour) in enumerate(_PEOPLE) if hour
        }  # fmt: skip
        assert {to: hour for to, (hour, _) in arrived.items()} == wanted
        subjects = {to: str(message["Subject"]) for to, (_, message) in arrived.items()}
        assert subjects["p0@example.org"] == "Wszystkiego najlepszego, Łucja Żak!"
        assert subjects["p1@example.org"] == "سالگرہ مبارک، زینب خان!"
        body = arrived["p1@example.org"][1].get_body(("plain",))
        assert body is not None
        assert "آپ کے لیے ایک تحفہ ہے۔" in body.get_content()
        assert crm.service(Campaigns).get("birthday").counts.sent == sum(bool(hour) for *_, hour in _PEOPLE)
        crm.close()


def test_a_leap_year(tmp_path: Path, clock: FakeClock) -> None:
    """In a leap year whoever was born on 29 February is greeted on that day where they are, and once in three
    days of hourly passes."""
    for folder, files in (("templates", _LETTERS), ("campaigns", {"birthday.toml": _CAMPAIGN})):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    at(clock, "2028-02-26 12:00", "UTC")
    with post_office() as office:
        crm = open_crm(
            tmp_path, _BUSINESS.format(port=office.port), plugins=("campaign", "email"), clock=clock
        )
        crm.rehearsal.end()
        for number, zone in enumerate(("Pacific/Kiritimati", "Pacific/Pago_Pago", None)):
            point = ContactPoint(kind="email", value=f"p{number}@example.org")
            draft = CustomerDraft(
                name=f"P{number}", timezone=zone, contact_points=(point,), fields={"born": date(1992, 2, 29)}
            )
            crm.consent.grant(crm.customers.save(draft).id, "greetings", "email")
        crm.service(Campaigns).send("birthday", confirm=0)
        days: dict[str, list[str]] = {}
        at(clock, "2028-02-27 18:05", "UTC")
        for _ in range(3 * 24):
            clock.set(clock.now() + _HOUR)
            work(crm, 1)
            for taken in office.taken[sum(map(len, days.values())) :]:
                days.setdefault(taken.to, []).append(format_instant(clock.now(), UTC)[:13])
        assert days == {
            "p0@example.org": ["2028-02-28 19"], "p1@example.org": ["2028-02-29 20"],
            "p2@example.org": ["2028-02-29 08"],
        }  # fmt: skip
        crm.close()
