"""What happens to the bakeries, day by day, by a seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from email.utils import formatdate
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from traceback import extract_tb
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit import ContactPoint, Crm, CustomerDraft, Identity
from crmkit.core.errors import Conflict
from crmkit.core.plugins.admin import resume
from crmkit.core.privacy.erasure import ledger_of
from crmkit.core.store.backup import backup
from crmkit.plugins.campaign.api import Campaigns, Journeys
from crmkit.plugins.collaborative.api import Answering, Conversations, Handovers, Subscriptions
from crmkit.plugins.operational.api import Cases, Leads, LineDraft, Loyalty, Quotes, SalesDesk, Tasks
from tests.acceptance.year.arrivals import (
    PRICES,
    bring_history,
    fill_in_form,
    import_guests,
    import_killed,
    import_reviews,
)
from tests.acceptance.year.business import CHECKED, TEAMS, WEB
from tests.acceptance.year.people import OUTLETS, Somebody, sample_people
from tests.acceptance.year.world import ZONE, World
from tests.plugins.incoming.letters import bounce, complaint, letter

# The shops are closed; the machines are not.
_SUNDAY: Final = 6
_STAFF: Final = (
    ("Ewa Lis", "seller", "Sales"), ("Jan Wilk", "seller", "Sales"), ("Olena Bondar", "clerk", "Service"),
    ("Piotr Zając", "clerk", "Service"), ("Halina Kruk", "manager", "Service"),
    *((name, "counter", outlet) for outlet, name in TEAMS.items()),
)  # fmt: skip
_AGENTS: Final = ("Olena Bondar", "Piotr Zając")
_ELSEWHERE: Final = ("Asia/Karachi", "America/New_York", "Europe/London")


@define
class Life:
    """`days` says how long it goes on, unless `minutes` of the machine's time are over before; `pace` how
    often a worker runs, of the usual."""

    world: World
    random: Random
    first: date
    days: int
    count: int
    minutes: float = 1e9
    pace: float = 1.0
    everybody: list[Somebody] = field(factory=list)
    sold: dict[str, int] = field(factory=dict)
    given_back: dict[str, int] = field(factory=dict)
    happened: dict[str, int] = field(factory=dict)
    left: list[str] = field(factory=list)
    backups: list[Path] = field(factory=list)
    # So much the other program heard before it was told again what it had not taken for two days.
    in_order: int = 0
    reviewed: int = 0
    filled_in: int = 0
    # From when on nothing, or no letter, may go to an address: that was known then.
    dead: dict[str, int] = field(factory=dict)
    spam: dict[str, int] = field(factory=dict)
    # What somebody wanted, and was refused though this test thought that it could be.
    refused: list[str] = field(factory=list)
    # What the plugin that was out of order had not seen when its customer was erased: it never will.
    nobodys: set[int] = field(factory=set)
    _numbers: int = 0
    _told: int = 0
    _bounced: list[str] = field(factory=list)
    _complained: list[str] = field(factory=list)

    # ---- The days

    def live(self) -> None:
        """All of it."""
        self._begin()
        down, end = 0, monotonic() + 60 * self.minutes
        for number in range(self.days):
            if monotonic() > end:
                self.days = number
                break
            day = self.first + timedelta(days=number)
            self._tell(day)
            self._troubles(number)
            down = max(0, down - 1) if down else (self.random.choice((2, 4)) if self._is(0.03) else 0)
            works = not down and self._is(self.pace)
            self._hour(day, 6, 5, works=works)
            if day.weekday() == _SUNDAY:
                continue
            self._morning(day)
            self._hour(day, 12, 30, works=works and self._is(0.4))
            self._afternoon()
            self._hour(day, 18, 0, works=works and self._is(0.6))
            self._hour(day, 22, 15, works=works and self._is(0.3))
            if self._is(0.04):
                self._clock_jumps(day)
        self._end()

    def _tell(self, day: date) -> None:
        """Beside the business stands how far its year has come, for whoever waits."""
        line = f"{day}: {monotonic():.0f} s, {len(self.everybody)} people, {len(self.world.mails)} mails"
        refused = [f"  refused: {each}\n" for each in self.refused[self._told :]]
        self._told = len(self.refused)
        with (self.world.folder.parent / "days.txt").open("a", encoding="utf-8") as file:
            file.writelines([*refused, f"{line}\n"])

    def _hour(self, day: date, hour: int, minute: int, *, works: bool) -> None:
        self.world.at(datetime.combine(day, time(hour, minute)))
        if works:
            self.world.work()
            for pending, known in ((self._bounced, self.dead), (self._complained, self.spam)):
                while pending:
                    known.setdefault(pending.pop(), self.place)

    def _is(self, chance: float) -> bool:
        return self.random.random() < chance

    def _clock_jumps(self, day: date) -> None:
        """Somebody sets the machine's clock wrong; a worker runs; it is put right."""
        self._note("clock jumped")
        hours = self.random.choice((-1, -5, 9))
        self.world.at(datetime.combine(day, time(22, 15)) + timedelta(hours=hours))
        self.world.work()

    def _do(self, happens: Callable[[], None] | partial[None]) -> None:
        """One thing that somebody wants. When it is refused, life goes on: it is asked at the end why."""
        named = happens.func if isinstance(happens, partial) else happens
        name = named.__name__.strip("_").replace("_", " ")
        self._note(name)
        try:
            happens()
        except Exception as error:  # noqa: BLE001 - of a year that ends by it nobody learns more
            where = [each for each in extract_tb(error.__traceback__) if each.filename == __file__]
            self.refused.append(f"{self.world.local():%Y-%m-%d}, {name}, line {where[-1].lineno}: {error!r}")

    def _note(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1

    def number(self) -> int:
        """One that nothing else has."""
        self._numbers += 1
        return self._numbers

    @property
    def crm(self) -> Crm:
        """The business, for crmkit itself."""
        return self.world.crm

    def _as(self, name: str) -> Crm:
        return self.crm.acting_as(name if name not in self.left else "Halina Kruk")

    @property
    def _now(self) -> int:
        return self.world.clock.now()

    @property
    def place(self) -> int:
        """How many mails have arrived so far: an order that no clock can upset."""
        return len(self.world.office.taken)

    def _all(self, statement: str, **given: Any) -> list[int]:
        with self.crm.reading() as execute:
            return list(execute(sa.text(statement), given).scalars())

    @property
    def known(self) -> list[Somebody]:
        """Whoever is not erased."""
        return [each for each in self.everybody if each.erased_at is None]

    # ---- The beginning and the end

    def _begin(self) -> None:
        self.world.at(datetime.combine(self.first, time(5, 0)))
        for name, role, team in _STAFF:
            if team not in {each.name for each in self.crm.people.teams()}:
                self.crm.people.add_team(team)
            self.crm.people.add(name, f"{name.split()[0].lower()}@zytnia.example", role=role, teams=[team])
        for person in sample_people(self.count):
            self._enter(person.name, person.email, person.locale, person.birthday)
        bring_history(self)
        self.crm.service(Subscriptions).run()
        for name in ("birthday", "new-bread"):
            self._send(name)
        self.crm.service(Journeys).start("come-back")

    def _enter(self, name: str, email: str, locale: str = "pl", birthday: str = "") -> Somebody:
        """Somebody takes a card at the counter. Whatever is written of them holds their token."""
        number = self.number()
        token = f"kanarek{number}x"
        born = date.fromisoformat(birthday) if birthday else None
        zone = self.random.choice(_ELSEWHERE) if self._is(0.05) else ""
        outlet = self.random.choice(OUTLETS)
        draft = CustomerDraft(
            name=f"{name} {token.title()}",
            locale=locale,
            timezone=zone or None,
            lifecycle="customer",
            owner_id=self.crm.people.get(TEAMS[outlet]).id if TEAMS[outlet] not in self.left else None,
            contact_points=(ContactPoint(kind="email", value=f"{token}.{email}", is_primary=True),),
            identities=(Identity(scheme="card", value=str(70_000 + number)),),
            fields={"home_outlet": outlet, **({"birthday": born} if born else {})},
        )  # fmt: skip
        id_ = self.crm.customers.save(draft, source="counter").id
        one = Somebody(
            ids=[id_], name=name, addresses=[f"{token}.{email}"], card=str(70_000 + number), outlet=outlet,
            a_day=self.random.choice((0.3, 0.15, 0.05, 0.02)), token=token, zone=zone or str(ZONE),
        )  # fmt: skip
        self.everybody.append(one)
        if self._is(0.6):
            self._agree(one)
        return one

    def _end(self) -> None:
        """Everything is put right, and the last of the work is done."""
        weather = self.world.weather
        weather.full.clear()
        weather.breaks.clear()
        weather.is_post_closed = weather.is_sink_down = False
        self._mend_plugin()
        day = self.first + timedelta(days=self.days)
        for number in range(4):
            self._hour(day + timedelta(days=number), 7, 30, works=True)
            self.in_order = self.in_order or len(self.world.sink.heard)
            self.crm.service(Subscriptions).retry("ledger")
            self._settle()
            self.world.work()

    # ---- Troubles

    def _troubles(self, number: int) -> None:
        weather = self.world.weather
        some = [each.address for each in self.random.sample(self.everybody, len(self.everybody) // 15)]
        weather.full = set(some) if self._is(0.3) else set()
        weather.breaks = set(some) if self._is(0.1) else set()
        weather.is_post_closed = self._is(0.05)
        weather.is_sink_down = not weather.is_sink_down and self._is(0.15)
        if number % 12 == 4:
            self._note("plugin broke")
            (self.world.folder / "broken").touch()
        elif number % 12 == 7:
            self._mend_plugin()

    def _mend_plugin(self) -> None:
        (self.world.folder / "broken").unlink(missing_ok=True)
        resume(self.crm.kernel, self.crm.actor, CHECKED)

    # ---- The morning: what customers do

    def _morning(self, day: date) -> None:
        self._shops(day)
        for chance, happens in (
            (0.5, self._somebody_new), (0.15, partial(import_guests, self)), (0.3, self._refund),
            (0.1, self._void), (0.4, self._complain), (0.4, self._write_in), (0.4, self._chat),
            (0.3, self._lead), (0.3, self._unsubscribe), (0.3, self._agree_again), (0.15, self._object),
            (0.3, self._bounce), (0.1, self._call_spam), (0.5, self._answer_survey), (0.3, self._twice),
            (0.2, self._click), (0.3, partial(fill_in_form, self)), (0.1, partial(import_reviews, self)),
            (0.03, partial(import_killed, self)),
        ):  # fmt: skip
            if self._is(chance):
                self._do(happens)

    def _shops(self, day: date) -> None:
        """The tills report what was sold this morning; sometimes twice."""
        events = []
        for one in self.known:
            if self._is(one.a_day):
                ref, amount = f"till-{self.number()}", self.random.choice(PRICES)
                shop = one.outlet if self._is(0.8) else self.random.choice(OUTLETS)
                at = datetime.combine(day, time(7, self.random.randrange(60)), ZONE).isoformat()
                said = {"type": "purchase", "card": one.card, "total": amount / 100, "shop": shop}
                events.append({**said, "id": ref, "at": at})
                self.sold[ref] = amount
        for _ in range(1 + self._is(0.1)):
            if events:
                assert self.world.report("till", events) == 200

    def one(self) -> Somebody:
        """Anybody who is not erased."""
        return self.random.choice(self.known)

    def _somebody_new(self) -> None:
        number = self.number()
        self._enter(f"Nowa{number} Osoba", f"new{number}@example.org", self.random.choice(("pl", "uk", "en")))

    def _purchases(self) -> list[Any]:
        found = self.crm.interactions.list("purchase", limit=30).interactions
        return [each for each in found if each.superseded_by is None and each.customer_id and each.source_ref]

    def _refund(self) -> None:
        taken = {int(each) for each in self.given_back}
        for each in self._purchases():
            if each.seq not in taken and each.source_ref in self.sold:
                self.given_back[str(each.seq)] = each.amount
                self.crm.interactions.record(
                    each.customer_id, "refund", amount=each.amount, payload={"purchase": each.seq}
                )
                return

    def _void(self) -> None:
        for each in self._purchases()[5:]:
            if str(each.seq) not in self.given_back and each.source_ref in self.sold:
                self.crm.interactions.void(each.seq, "rung up twice")
                del self.sold[each.source_ref]
                return

    def _complain(self) -> None:
        one = self.one()
        said = {"subject": f"Stale rolls, says {one.token}", "text": f"I am {one.token} and cross"}
        self.crm.interactions.record(one.id, "complaint", outlet=one.outlet, payload=said)

    def _write_in(self) -> None:
        """A letter arrives; whoever wrote it is on record, or not."""
        one = self.random.choice(self.everybody)
        self._post(letter(one.address, "post@zytnia.example", f"Rye? {one.token}", Subject=f"Q {one.token}"))

    def _post(self, *raw: bytes) -> None:
        """With today's date, and an identifier of its own where it has none."""
        for each in raw:
            dated = each.replace(b"Mon, 04 May 2026 11:00:00 +0200", formatdate(self._now / 1e6).encode())
            id_ = f"Message-ID: <in-{self.number()}@elsewhere.example>".encode()
            if b"\r\nMessage-ID:" in dated.partition(b"\r\n\r\n")[0]:
                dated = re.sub(rb"Message-ID: <[^>]*>", id_, dated, count=1)
            else:
                dated = id_ + b"\r\n" + dated
            self.world.write(dated)

    def _chat(self) -> None:
        one = self.one()
        said = {
            "user": {"mail": one.address}, "room": f"room-{one.token}", "id": f"chat-{self.number()}",
            "said": f"Open on Sunday? {one.token}", "at": self.world.local().isoformat(),
        }  # fmt: skip
        assert self.world.report("chat", [said]) == 200
        assert self.world.report("chat", [said], secret="A" * 40) == 401

    def _lead(self) -> None:
        """A café is visited, qualified, converted into a deal, and offered a price."""
        number, seller = self.number(), self.random.choice(("Ewa Lis", "Jan Wilk"))
        crm = self._as(seller)
        point = ContactPoint(kind="email", value=f"cafe{number}@example.org", is_primary=True)
        draft = CustomerDraft(
            name=f"Café {number}", is_organization=True, lifecycle="lead", contact_points=(point,),
            owner_id=crm.actor.id,
        )  # fmt: skip
        id_ = crm.customers.save(draft, source="visit").id
        crm.service(Leads).qualify(id_, need="Bread by seven", budget="6000")
        if self._is(0.6):
            _, deal = crm.service(Leads).convert(id_, f"Bread for Café {number}")
            line = LineDraft(
                sku="rye", name="Rye", quantity=Decimal(self.random.randrange(10, 90)), unit_price=890
            )
            quote = crm.service(Quotes).new(id_, [line], deal=deal.ref)
            crm.service(Quotes).send(quote.record.id)
            if self._is(0.5):
                crm.service(Quotes).accept(quote.record.id)

    def _agree(self, one: Somebody) -> None:
        self.crm.consent.grant(one.id, "letters", "email", source="card")
        one.words.append((self.place, True))

    def _agree_again(self) -> None:
        self._agree(self.one())

    def _read(self, one: Somebody, word: str) -> Sequence[str]:
        """The links of one sort in the letters that somebody got."""
        mine = [mail for address in one.addresses for mail in self.world.mails_to[address][-3:]]
        return [link for mail in mine for link in re.findall(rf"{re.escape(WEB)}/{word}/\S+", mail.text)]

    def _readers(self, word: str) -> list[tuple[Somebody, str]]:
        found = ((one, self._read(one, word)) for one in self.known)
        return [(one, links[-1]) for one, links in found if links]

    def _unsubscribe(self) -> None:
        """By the link in a letter, or by word of mouth."""
        readers = self._readers("u")
        if readers and self._is(0.7):
            one, link = self.random.choice(readers)
            assert self.world.visit(link) == 200
            assert self.world.visit(link, {"do": "stop"}) == 200
        else:
            one = self.one()
            self.crm.consent.withdraw(one.id, "letters", "email", source="at the counter")
        one.words.append((self.place, False))

    def _object(self) -> None:
        one = self.one()
        self.crm.privacy.request(one.id, "objection", channel="letter")
        one.words.append((self.place, False))

    def _click(self) -> None:
        for one, link in self._readers("c")[:2]:
            assert self.world.visit(link) in (200, 302, 303, 307), one.name

    def _answer_survey(self) -> None:
        for one, link in self._readers("survey")[:1]:
            form = {
                "shown": ["score", "why"],
                "score": self.random.randint(1, 5),
                "why": f"So says {one.token}",
            }
            assert self.world.visit(link, form) in (200, 404, 410)

    def _bounce(self) -> None:
        """Somebody has moved: the server says so at once, or some time after it took the letter."""
        one = self.one()
        if self._is(0.5):
            self.world.weather.gone.update(one.addresses)
            return
        mine = self.world.mails_to[one.address]
        if mine:
            last = mine[-1]
            self._post(bounce(last.taken.to, last.id, by=last.taken.sender))
            self._bounced.append(last.taken.to)

    def _call_spam(self) -> None:
        letters = [each for each in self.world.mails[-40:] if each.message["List-Id"]]
        if letters:
            mail = self.random.choice(letters)
            raw = complaint(mail.taken.to, mail.id)
            self._post(raw.replace(b"post@rye.example", mail.taken.sender.encode()))
            self._complained.append(mail.taken.to)

    def _twice(self) -> None:
        """Somebody is entered a second time, merged, and sometimes parted again."""
        one = self.one()
        if len(one.addresses) > 1:
            return
        second = f"second.{one.address}"
        draft = CustomerDraft(
            name=f"{one.name} {one.token.title()}", lifecycle="customer",
            contact_points=(ContactPoint(kind="email", value=second, is_primary=True),),
        )  # fmt: skip
        other = self.crm.customers.save(draft, source="web").id
        self.crm.interactions.record(other, "visit", payload={"text": f"Looked in, {one.token}"})
        one.addresses.append(second)
        one.ids.append(other)
        survivor, loser = one.ids if self._is(0.5) else one.ids[::-1]
        receipt = self.crm.merging.merge(survivor, loser, source="by hand")
        if self._is(0.5):
            one.ids = [survivor, loser]
            self.world.work()
            self._note("parted")
            self.crm.merging.unmerge(receipt.number)
            one.ids = [one.ids[one.ids.index(other) - 1], other]
        else:
            one.ids = [survivor]

    # ---- The afternoon: what employees do

    def _afternoon(self) -> None:
        for plan in (self.crm.strategy.plan(), *self.crm.strategy.waiting()):
            if self.crm.strategy.get(plan.number).state == "waiting":
                self.crm.strategy.apply(plan.number)
        for chance, happens in (
            (0.8, self._keep_promises), (0.7, self._answer_cases), (0.6, self._answer_letters),
            (0.6, self._sell), (0.5, self._do_tasks), (0.4, self._settle), (0.3, self._redeem),
            (0.1, self._campaign), (0.15, self._restrict), (0.15, self._erase), (0.06, self._back_up),
            (0.05, self._holidays), (0.01, self._leave),
        ):  # fmt: skip
            if self._is(chance):
                self._do(happens)

    def _keep_promises(self) -> None:
        agent = self._as(self.random.choice(_AGENTS))
        for each in agent.service(Handovers).list()[:4]:
            if each.state == "offered" and self._now <= (each.accept_by or each.by):
                agent.service(Handovers).accept(each.id)
                if self._is(0.7):
                    agent.service(Handovers).keep(each.id)

    def _answer_cases(self) -> None:
        agent = self._as(self.random.choice(_AGENTS))
        for each in agent.service(Cases).list()[:3]:
            agent.service(Cases).answer(each.id, "We are sorry", channel="phone", resolve=self._is(0.8))

    def _answer_letters(self) -> None:
        agent = self._as(self.random.choice(_AGENTS))
        for each in agent.service(Conversations).list().conversations[:3]:
            said = each.channel != "email"
            try:
                agent.service(Answering).answer(each.id, "Yes, from six", anyway=True, said=said)
            except Conflict:  # nothing goes to an address that bounced
                agent.service(Answering).answer(each.id, "Yes, from six", anyway=True, said=True)

    def _sell(self) -> None:
        desk = self.crm.service(SalesDesk)
        for deal in self.crm.records.list("deal", open=True, limit=20).records[:5]:
            following = {"new": "tasting", "tasting": "offer"}.get(deal.state or "")
            if self._is(0.15):
                desk.lose(deal.id, "price")
            elif following:
                desk.move(deal.id, following)
            else:
                desk.win(deal.id)

    def _do_tasks(self) -> None:
        tasks = self.crm.service(Tasks)
        for each in tasks.list()[:3]:
            tasks.done(each.id)

    def _settle(self) -> None:
        """A person looks up what is in doubt: in the mail server's log stands what it took."""
        taken = {each.effect for each in self.world.mails}
        for each in self.crm.effects.list(state="unconfirmed", limit=200):
            otherwise = self.random.choice(("retry", "failed"))
            self.crm.effects.resolve(each.number, "done" if each.number in taken else otherwise)

    def _redeem(self) -> None:
        loyalty = self.crm.service(Loyalty)
        for one in self.known:
            if loyalty.balance(one.id) >= 150:
                loyalty.redeem(one.id, "bread")
                return

    def _send(self, name: str) -> None:
        campaigns = self.crm.service(Campaigns)
        campaigns.send(name, confirm=campaigns.count(name).reached)

    def _campaign(self) -> None:
        if self.crm.service(Campaigns).get("new-bread").state in ("done", "cancelled"):
            self._send("new-bread")

    def _restrict(self) -> None:
        one = self.one()
        if self.crm.customers.get(one.id).restricted_at is not None:
            return
        self.crm.privacy.restrict(one.id)
        if self._is(0.5):
            self.crm.privacy.restrict(one.id, lift=True)
        else:
            one.is_restricted = True
            one.words.append((self.place, False))

    def _erase(self) -> None:
        one = self.one()
        position = self._all("SELECT position FROM observer WHERE plugin = :plugin", plugin=CHECKED)[0]
        for id_ in one.ids:
            self.crm.privacy.erase(id_)
        one.erased_at = self.place
        unseen = "SELECT seq FROM interaction WHERE customer_id IS NULL AND seq > :position"
        self.nobodys.update(self._all(unseen, position=position))

    def _back_up(self) -> None:
        target = self.world.folder.parent / f"backup-{self.number()}"
        backup(self.crm.kernel.store, target, ledger=ledger_of(self.crm.kernel))
        self.backups.append(target)

    def _holidays(self) -> None:
        here = [name for name, _, _ in _STAFF if name not in self.left and name != "Halina Kruk"]
        who, helper = self.random.sample(here, 2)
        covers = self.crm.people.covers
        away = {each.employee.name for each in covers.list()}
        standing_in = {each.stand_in.name for each in covers.list() if each.stand_in}
        if who not in away | standing_in and helper not in away:
            last = self.world.local().date() + timedelta(days=5)
            covers.add(who, stand_in=helper, last_day=last)

    def _leave(self) -> None:
        who = self.random.choice(_AGENTS)
        if who not in self.left and len(self.left) < 1:
            self.left.append(who)
            self.crm.people.deactivate(who)
