"""What comes in by other ways than the counter: forms of the site, and files, of which one is cut off."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.exchange.importing import import_customers, import_interactions
from crmkit.plugins.collaborative.reviews.importing import headers_of
from tests.acceptance.year.killed import kill_import
from tests.acceptance.year.people import Somebody
from tests.acceptance.year.world import ZONE

if TYPE_CHECKING:
    from tests.acceptance.year.life import Life

PRICES: Final = (480, 650, 890, 1290, 1390, 3200)
_PAGE: Final = re.compile(r'name="page" value="([^"]+)"')
_TILL: Final[dict[str, Any]] = {"mapping": {"card": "identity:card"}, "source": "till"}


def bring_history(life: Life) -> None:
    """What the tills of before know: some came often, and stay away for two months."""
    path = life.world.folder / "before.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("type", "at", "card", "amount", "outlet", "source_ref"))
        for one in life.everybody:
            gap = life.random.choice((3, 60))
            for visit in range(life.random.choice((2, 9))):
                day = life.first - timedelta(days=gap + 4 * visit)
                ref, amount = f"old-{life.number()}", life.random.choice(PRICES)
                rows.writerow(("purchase", f"{day}T10:00:00+01:00", one.card, amount / 100, one.outlet, ref))
                life.sold[ref] = amount
    for expected in (len(life.sold), 0):
        report = import_interactions(life.crm, path, **_TILL)
        assert report.created == expected, report
    path.unlink()


def import_guests(life: Life) -> None:
    """A list of the customer fair is imported; the same list again changes nothing."""
    path = life.world.folder / "fair.csv"
    number = life.number()
    lines = [f"Fair{number}-{n} Guest,fair{number}.{n}@example.org" for n in range(5)]
    path.write_text("\n".join(["name,email", *lines, ""]), encoding="utf-8")
    assert [import_customers(life.crm, path).created for _ in range(2)] == [5, 0]
    path.unlink()


def fill_in_form(life: Life) -> None:
    """A stranger joins the club on the site, or somebody who is a customer already; some press twice."""
    world, is_new = life.world, life.random.random() < 0.6
    one = _stranger(life) if is_new else life.one()
    agrees = life.random.random() < 0.5
    _, page = world.read("/f/club")
    shown = _PAGE.search(page)
    assert shown, page
    world.clock.advance(30)
    form = {
        "page": shown[1], "q.name": f"{one.name} {one.token.title()}", "q.email": one.address,
        "q.message": f"Hello from {one.token}", **({"agree": "yes"} if agrees else {}),
    }  # fmt: skip
    life.filled_in += 1
    for _ in range(1 + (life.random.random() < 0.2)):
        assert world.read("/f/club", form)[0] == 200
    if is_new:
        one.ids.extend(each.id for each in life.crm.customers.find_by_email(one.address))
        assert len(one.ids) == 1, one
        life.everybody.append(one)
        if agrees:
            one.words.append((life.place, True))


def _stranger(life: Life) -> Somebody:
    number = life.number()
    token = f"kanarek{number}x"
    return Somebody(
        ids=[], name=f"Klub{number} Osoba", addresses=[f"{token}@club.example.org"], card="",
        outlet="Station", a_day=0, token=token, zone=str(ZONE),
    )  # fmt: skip


def import_reviews(life: Life) -> None:
    """What some wrote on a site of reviews is imported, twice; a row of a stranger is refused each time."""
    path = life.world.folder / "maps.csv"
    life.reviewed += (count := life.random.randrange(1, 4))
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "date", "author", "email", "stars", "site", "text"))
        day = life.world.local().date() - timedelta(days=1)
        for one in (life.one() for _ in range(count)):
            stars = life.random.randint(1, 5)
            said = (f"m{life.number()}", day, one.token, one.address, stars, "maps", f"So says {one.token}")
            rows.writerow(said)
        rows.writerow(("m0", day, "somebody", "nobody@nowhere.example", 3, "maps", "Nice"))
    ran = partial(
        import_interactions, life.crm, path, source="maps", headers=headers_of("review"),
        defaults={"type": "review.posted", "direction": "in"},
    )  # fmt: skip
    for expected in (count, 0):
        report = ran()
        assert (report.created, report.rejected) == (expected, 1), report
    for each in path.parent.glob("maps*"):
        each.unlink()


def import_killed(life: Life) -> None:
    """A till was off the net, and its file comes in the evening. The import is killed on its way; the same
    command again completes it, and once more changes nothing."""
    path = life.world.folder / f"till-{life.number()}.csv"
    buyers = [one for one in life.known if one.card]
    refs = {f"file-{life.number()}": life.random.choice(PRICES) for _ in range(60)}
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("type", "at", "card", "amount", "outlet", "source_ref"))
        at = life.world.local().isoformat()
        for ref, amount in refs.items():
            one = life.random.choice(buyers)
            rows.writerow(("purchase", at, one.card, amount / 100, one.outlet, ref))
    life.sold.update(refs)
    before = life.crm.interactions.count("purchase")  # a full card makes a coupon of some
    kill_import(life.world.path, path, life.world.clock.now(), life.random, _TILL)
    done = life.crm.interactions.count("purchase") - before
    report = import_interactions(life.crm, path, **_TILL)
    # What was on its way to the server when it died may have come later.
    assert done == 60 or (report.created == 60 and report.resumed_from >= done), (report, done)
    assert import_interactions(life.crm, path, **_TILL).created == 0
    path.unlink()
