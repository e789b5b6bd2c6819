"""Birthday greetings, from a campaign's file to the mailbox of a real mail server."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

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
    ("Not Today", "en", None, (1985, 3, 2), ""),
)


def test_right_to_the_day_in_every_time_zone(tmp_path: Path, clock: FakeClock) -> None:
    """Each gets one letter in their own language, at nine o'clock of the day on which their birthday is kept
    where they are: 29 February on the 28th in a common year."""
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
        arrived = {}
        hours = {parse_instant(f"{hour}:00", UTC, 0) for *_, hour in _PEOPLE if hour}
        for instant in sorted({each + shift * _HOUR for each in hours for shift in (-1, 0, 1)}):
            clock.set(instant + _HOUR // 60)
            work(crm, 1)
            hour = format_instant(clock.now(), UTC)[:13]
            for taken in office.taken[len(arrived) :]:
                arrived[taken.to] = (hour, taken.message)
        assert len(office.taken) == len(arrived)
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
        assert crm.service(Campaigns).get("birthday").counts.sent == 5
        crm.close()
