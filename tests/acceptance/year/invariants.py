"""What must hold after the year, one promise each; found out from the tables and from what really arrived."""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.store.check import check_store
from crmkit.core.store.page_file import blocks_of
from crmkit.plugins.campaign.api import Campaigns
from crmkit.plugins.collaborative.api import Conversations, Handovers
from crmkit.plugins.operational.api import Cases, Leads, Loyalty, Quotes, Tasks
from crmkit.testing import run_crm
from tests.acceptance.year.business import TEAMS
from tests.acceptance.year.life import Life
from tests.acceptance.year.people import Somebody
from tests.acceptance.year.world import Mail, World

_DAY: Final = 86_400_000_000
# The words by which a letter is known, in whichever language.
_LETTERS: Final = {
    "birthday": ("wszystkiego najlepszego", "Happy birthday", "з днем народження", "سالگرہ مبارک"),
    "new-bread": ("chleb orzechowy", "walnut bread", "горіховий хліб", "اخروٹ کی روٹی"),
    "miss-you": ("brakuje nam", "We miss you", "нам Вас бракує", "یاد آتے ہیں"),
}
Rows = list[Any]


def rows(world: World, statement: str, **given: Any) -> Rows:
    """What a plain statement finds."""
    with world.crm.reading() as execute:
        return list(execute(sa.text(statement), given).all())


def letters(world: World) -> Iterator[tuple[str, Mail]]:
    """The marketing letters that arrived, each with what it is."""
    for mail in world.mails:
        kinds = [kind for kind, words in _LETTERS.items() if any(word in mail.subject for word in words)]
        if kinds:
            yield kinds[0], mail


def whose(life: Life) -> dict[str, Somebody]:
    """Everybody by address."""
    return {address: one for one in life.everybody for address in one.addresses}


# ---- The record


def check_nobody_was_refused(_world: World, life: Life) -> None:
    """What somebody wanted, and could have, they got."""
    assert life.refused == []


def check_sound(world: World, _life: Life) -> None:
    """The database is whole, the logs are in order, the chain over the changes is unbroken."""
    kernel = world.crm.kernel
    assert [each.message for each in check_store(kernel.store, kernel.tables)] == []


def check_nothing_failed_unseen(world: World, _life: Life) -> None:
    """No job is failing at the end, and none failed but for the plugin that was out of order and the mail
    server that was closed."""
    assert rows(world, "SELECT name, error FROM job WHERE failures > 0") == []
    assert world.troubles == []


def check_observers_caught_up(world: World, life: Life) -> None:
    """Every observer has seen all of the log; the one that was out of order each entry exactly once, but for
    those whose customer was erased before it could see them."""
    assert rows(world, "SELECT plugin FROM observer WHERE quarantined_at IS NOT NULL OR failures > 0") == []
    counted = rows(world, "SELECT key FROM setting WHERE key LIKE 'tally:%'")
    seen = {int(key.partition(":")[2]) for (key,) in counted}
    recorded = rows(world, "SELECT seq, customer_id, type, source, known_at FROM interaction ORDER BY seq")
    wanted = {each.seq: tuple(each) for each in recorded if each.seq not in life.nobodys}
    unseen = [each for seq, each in wanted.items() if seq not in seen]
    assert (unseen, recorded[-1].seq) == ([], recorded[-1].seq)
    assert len(counted) == len(wanted)


# ---- Money and points


def check_money(world: World, life: Life) -> None:
    """What was sold and given back is what stands in the books, to the last grosz, also of the erased."""
    found = rows(
        world,
        "SELECT type, SUM(amount), COUNT(*) FROM interaction WHERE type IN ('purchase', 'refund') "
        "AND superseded_by IS NULL GROUP BY type ORDER BY type",
    )
    sold, back = life.sold.values(), life.given_back.values()
    wanted = [("purchase", sum(sold), len(sold)), *([("refund", sum(back), len(back))] if back else [])]
    assert [(type_, abs(int(total)), count) for type_, total, count in found] == wanted


def check_points(world: World, life: Life) -> None:
    """Each purchase in a shop earned one point a zloty, once; what was voided or refunded earned nothing."""
    earned = rows(
        world,
        "SELECT i.seq, i.amount, i.superseded_by, COALESCE(SUM(e.points), 0) FROM interaction i "
        "LEFT JOIN operational_points_entry e ON e.about = i.seq AND e.account = 'customer' "
        "WHERE i.type = 'purchase' AND i.customer_id IS NOT NULL AND i.known_at = i.recorded_at "
        "GROUP BY i.seq, i.amount, i.superseded_by",
    )
    assert earned
    back = {int(seq) for seq in life.given_back}
    wrong = [
        (seq, amount, points)
        for seq, amount, by, points in earned
        if points != (0 if by is not None or seq in back else amount // 100)
    ]
    assert wrong == []


def check_balances(world: World, life: Life) -> None:
    """The ledger of points sums to nothing, a balance is the sum of its movements, and reckoning everything
    anew changes none."""
    sums = dict(
        rows(
            world,
            "SELECT customer_id, SUM(points) FROM operational_points_entry "
            "WHERE card = '' AND account = 'customer' GROUP BY 1",
        )
    )
    assert rows(world, "SELECT SUM(points) FROM operational_points_entry")[0][0] in (0, None)
    loyalty = world.crm.service(Loyalty)
    for one in life.everybody:
        if one.erased_at is None:
            assert loyalty.balance(one.id) == sums.get(one.id, 0), one
    again = loyalty.recalculate(dry_run=True)
    assert again.differences == 0, again


# ---- What came in


def check_came_in_once(world: World, life: Life) -> None:
    """Each form that was filled in, and each review, is on record once, also of the erased."""
    said = "SELECT COUNT(*) FROM interaction WHERE type = :type AND superseded_by IS NULL"
    found = [rows(world, said, type=each)[0][0] for each in ("form.submitted", "review.posted")]
    assert found == [life.filled_in, life.reviewed]


# ---- Messages


def check_every_message_is_on_record(world: World, _life: Life) -> None:
    """Each mail that arrived is one line of the ledger that is done, and each such line is one mail."""
    arrived = Counter(each.effect for each in world.mails if each.effect is not None)
    done = rows(world, "SELECT id FROM effect WHERE channel = 'email' AND state = 'done' AND rehearsed = 0")
    assert {number for number, count in arrived.items() if count > 1} == set()
    assert set(arrived) == {number for (number,) in done}


def check_employees_told_once(world: World, _life: Life) -> None:
    """What is no line of the ledger went to employees, and each of these once."""
    told = [each for each in world.mails if each.effect is None]
    assert {each.taken.to.partition("@")[2] for each in told} <= {"zytnia.example"}
    assert [id_ for id_, count in Counter(each.id for each in told).items() if count > 1] == []


def check_nobody_twice(world: World, life: Life) -> None:
    """One greeting a year, one letter of each campaign, one "we miss you" in half a year."""
    got: dict[tuple[int, str], list[Mail]] = defaultdict(list)
    people = whose(life)
    runs = dict(rows(world, "SELECT id, occasion FROM effect WHERE origin = 'campaign:new-bread'"))
    for kind, mail in letters(world):
        got[(id(people[mail.taken.to]), kind)].append(mail)
    for (_, kind), mails in got.items():
        times = [each.at for each in mails]
        if kind == "new-bread":
            turns = [runs[each.effect] for each in mails]
            assert len(set(turns)) == len(turns), (kind, turns, times)
        else:
            apart = {"birthday": 300, "miss-you": 179}[kind]
            assert all(later - at > apart * _DAY for at, later in pairwise(sorted(times))), (kind, times)


def check_campaigns_add_up(world: World, _life: Life) -> None:
    """Sent, failed, unconfirmed, skipped and withheld are the audience; what was sent has arrived."""
    campaigns = world.crm.service(Campaigns)
    arrived = {each.effect for each in world.mails}
    for name in ("birthday", "new-bread"):
        runs = campaigns.runs(name)
        for run, it in runs:
            audience = rows(world, "SELECT COUNT(*) FROM campaign_recipient WHERE run_id = :run", run=run.id)
            parts = it.sent + it.failed + it.unconfirmed + it.skipped + it.withheld + it.waiting
            assert parts == it.audience == audience[0][0], (name, run.number, it)
            assert run.state != "done" or it.waiting == 0, (name, run.number, it)
        sent = rows(
            world, "SELECT id FROM effect WHERE origin = :rule AND state = 'done'", rule=f"campaign:{name}"
        )  # fmt: skip
        assert sum(it.sent for _, it in runs) == len(sent)
        assert {number for (number,) in sent} <= arrived


def check_nothing_waits(world: World, _life: Life) -> None:
    """Days after the last trouble nothing is on its way, and nothing is in doubt."""
    open_ = rows(world, "SELECT state, COUNT(*) FROM effect WHERE state IN "
                 "('claimed', 'handing_over', 'unconfirmed', 'prepared') GROUP BY state")  # fmt: skip
    assert open_ == []


# ---- What customers wish


def check_consent(world: World, life: Life) -> None:
    """No letter went to anybody whose last word was not yes, as they themselves remember it."""
    people = whose(life)
    without = [
        (kind, mail.place, people[mail.taken.to])
        for kind, mail in letters(world)
        if not people[mail.taken.to].agreed(mail.place)
    ]
    assert without == []


def check_consent_on_record(world: World, life: Life) -> None:
    """What the history of consent says now of each person is what they said last."""
    for one in life.everybody:
        if one.erased_at is None and one.words and not one.is_restricted:
            state = world.crm.consent.state(one.id, "letters", "email")
            assert (state == "granted") == one.words[-1][1], one


def check_limits(world: World, life: Life) -> None:
    """Nobody had more than two letters in any thirty days."""
    people, got = whose(life), defaultdict(list)
    for _, mail in letters(world):
        got[id(people[mail.taken.to])].append(mail.at)
    for times in got.values():
        times.sort()
        assert all(third - first > 30 * _DAY for first, third in zip(times, times[2:], strict=False)), times


def check_quiet_hours(world: World, life: Life) -> None:
    """No letter came between nine in the evening and seven in the morning, where its reader lives."""
    people = whose(life)
    for kind, mail in letters(world):
        zone = ZoneInfo(people[mail.taken.to].zone)
        assert 7 <= datetime.fromtimestamp(mail.at / 1e6, zone).hour < 21, (kind, people[mail.taken.to])


def check_dead_addresses(world: World, life: Life) -> None:
    """Once it was known that nobody is at an address, nothing went there."""
    for address, since in life.dead.items():
        late = [each.subject for each in world.mails if each.taken.to == address and each.place >= since]
        assert late == [], address


def check_called_spam(world: World, life: Life) -> None:
    """Whoever called a letter spam got no letter after that was known."""
    for address, since in life.spam.items():
        assert [
            kind for kind, mail in letters(world) if mail.taken.to == address and mail.place >= since
        ] == []


# ---- The erased


def tokens(life: Life) -> list[str]:
    """What nothing may hold any more."""
    return [one.token for one in life.everybody if one.erased_at is not None]


def _holds(text: bytes, found: list[str]) -> set[str]:
    wanted = {each.encode() for each in found}
    return {each.decode() for each in set(re.findall(rb"kanarek\d+x", text.lower())) & wanted}


def check_erased_are_gone(world: World, life: Life) -> None:
    """No byte of an erased person is in the database, in a file of the business, or in what is handed out."""
    gone = tokens(life)
    world.crm.privacy.scrub()
    if not world.crm.kernel.store.is_sqlite:
        assert held_in_tables(world.crm, gone) == {}
    held = {
        str(path.relative_to(world.folder)): found
        for path in world.folder.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (found := _holds(b"".join(blocks_of(path)), gone))
    }
    assert held == {}
    for name, write in exports(world.crm).items():
        target = world.folder.parent / f"{name}.csv"
        write(target)
        assert _holds(target.read_bytes(), gone) == set(), name


def exports(crm: Crm) -> dict[str, Callable[[Path], Any]]:
    """What can be handed out as a file."""
    from crmkit.core.exporting.exporting import Exporting

    export = Exporting(crm)
    return {
        "customers": export.customers,
        "interactions": export.interactions,
        "cases": lambda target: export.records("case", target),
        "handovers": lambda target: export.records("handover", target),
    }


def held_in_tables(crm: Crm, gone: list[str]) -> dict[str, set[str]]:
    """Which tables hold whom of them, read row by row."""
    held = {}
    with crm.reading() as execute:
        names = execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
        for (name,) in names.all():
            lines = execute(sa.text(f'SELECT CAST(t AS text) FROM "{name}" t')).scalars()
            if found := _holds("\n".join(each or "" for each in lines).encode(), gone):
                held[name] = found
    return held


def check_erased_are_left_alone(world: World, life: Life) -> None:
    """Nothing went to anybody after they were erased."""
    people = whose(life)
    late = [
        (mail.subject, one)
        for mail in world.mails
        if (one := people.get(mail.taken.to)) and one.erased_at is not None and mail.place >= one.erased_at
    ]
    assert late == []


# ---- Other programs, and employees


def check_other_program_heard(world: World, life: Life) -> None:
    """It was told of every sale at least once, and of each customer in the order of the logs."""
    told = [body for id_, body in world.sink.heard if id_.startswith("ledger:")]
    sales = rows(
        world,
        "SELECT seq FROM interaction WHERE type IN ('purchase', 'refund') AND customer_id IS NOT NULL "
        "AND superseded_by IS NULL AND known_at = recorded_at",
    )
    assert {f"i:{seq}" for (seq,) in sales} <= {each["id"] for each in told}
    heard: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in [body for id_, body in world.sink.heard[: life.in_order] if id_.startswith("ledger:")]:
        log, number = each["id"].split(":")
        # What is told of people who were erased meanwhile is told of nobody: they may be several.
        if each["customer"] is not None and int(number) not in heard[each["customer"], log]:
            heard[each["customer"], log].append(int(number))
    assert [(who, numbers) for who, numbers in heard.items() if numbers != sorted(numbers)] == []


def check_acts_once(world: World, _life: Life) -> None:
    """A call that a rule makes is one call, however often it was tried."""
    calls = [(id_, body) for id_, body in world.sink.heard if not id_.startswith("ledger:")]
    done = rows(world, "SELECT COUNT(*) FROM effect WHERE action = 'webhook.call' AND state = 'done'")
    assert len({id_ for id_, _ in calls}) == done[0][0]


def check_visibility(world: World, life: Life) -> None:
    """Whoever works in one shop finds their team's customers in every list, and nobody else's."""
    for name in (*TEAMS.values(), "Ewa Lis"):
        if name in life.left:
            continue
        crm = world.crm.acting_as(name)
        mine = _owned_by_team(world, crm)
        assert set(_all_customers(crm)) == mine["active"], name
        for what, seen in _lists(crm).items():
            assert seen <= mine["all"], (name, what)


def _owned_by_team(world: World, crm: Crm) -> dict[str, set[int]]:
    """By plain SQL: the customers of whoever is in a team with them, and of those for whom they stand in."""
    today = world.local().date().isoformat()
    found = rows(
        world,
        "SELECT id, archived_at FROM customer WHERE owner_id = :me OR owner_id IN (SELECT other.employee_id "
        "FROM team_member me JOIN team_member other ON other.team_id = me.team_id "
        "WHERE me.employee_id = :me) "
        "OR owner_id IN (SELECT employee_id FROM cover WHERE stand_in_id = :me AND first_day <= :today "
        "AND last_day >= :today)",
        me=crm.actor.id,
        today=today,
    )
    return {"all": {id_ for id_, _ in found}, "active": {id_ for id_, at in found if at is None}}


def _all_customers(crm: Crm) -> Iterator[int]:
    after = None
    while True:
        page, after = crm.customers.list(200, after)
        yield from (each.id for each in page)
        if after is None:
            return


def _lists(crm: Crm) -> dict[str, set[int]]:
    """Whose each list is."""
    deals = crm.records.list("deal", limit=500).records
    return {
        "interactions": {each.customer_id for each in crm.interactions.list(limit=500).interactions},
        "deals": {each.customer_id for each in deals},
        "cases": {each.customer_id for each in crm.service(Cases).list(limit=500)},
        "handovers": {each.customer_id for each in crm.service(Handovers).list()},
        "conversations": {each.customer_id for each in crm.service(Conversations).list().conversations},
        "leads": {each.customer_id for each in crm.service(Leads).list()},
        "quotes": {each.customer_id for each in crm.service(Quotes).list()},
        "tasks": {each.customer_id for each in crm.service(Tasks).list()},
    }


# ---- Reports and backups


def check_reports(world: World, life: Life) -> None:
    """Each month that passed has its report, whole, and Halina was told of each once."""
    written = sorted((world.folder / "reports").glob("*.html"))
    months = {f"{at:%Y-%m}" for at in _month_ends(life)}
    assert months <= {each.stem[-7:] for each in written}, written
    for path in written:
        # That too few bought to say more is no failure.
        said = path.read_text(encoding="utf-8").replace("will spend could not be told", "")
        assert "could not be" not in said
    told = [
        each for each in world.mails if each.taken.to == "halina@zytnia.example" and "eport" in each.subject
    ]
    assert len(told) <= len(written)


def _month_ends(life: Life) -> Iterator[datetime]:
    for number in range(life.days):
        day = datetime.fromordinal(life.first.toordinal() + number)
        if datetime.fromordinal(day.toordinal() + 1).day == 1:
            yield day


def check_backups(world: World, life: Life) -> None:
    """A backup put back beside the ledger of erasures is sound, brings nobody back, and sends nothing."""
    for number, backup in enumerate(life.backups[-2:]):
        folder = world.folder.parent / f"restored-{number}"
        left_out = shutil.ignore_patterns("crm.db", "crm.db-*", "reports", "__pycache__")
        shutil.copytree(world.folder, folder, ignore=left_out)
        toml = folder / "crm.toml"
        database = world.new_database()
        text = re.sub(r"(?m)^database = .*$", f'database = "{database}"', toml.read_text(encoding="utf-8"))
        toml.write_text(text, encoding="utf-8")
        put_back = run_crm("--config", toml, "db", "restore", backup)
        assert put_back.status == 0, put_back.stderr
        with Crm.open(toml, strict=True) as crm:
            assert crm.rehearsal.is_on
            kernel = crm.kernel
            found = check_store(kernel.store, kernel.tables)
            assert [each.message for each in found if each.level == "error"] == []
            is_sqlite = kernel.store.is_sqlite
            assert is_sqlite or held_in_tables(crm, tokens(life)) == {}
        if is_sqlite:
            assert _holds((folder / "crm.db").read_bytes(), tokens(life)) == set()


CHECKS: Final = [
    each for name, each in vars().items() if name.startswith("check_") and each.__module__ == __name__
]
