"""A business with something of everything, and with one customer whom who acts is not to see.

It is made twice: without the hidden customer, and as a copy of that to which the hidden customer is added.
Who does not see that customer must read the same in both.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field
from click.testing import CliRunner

from crmkit import Crm
from crmkit.cli.root import crm
from crmkit.cli.state import State
from crmkit.core.model.people import PERMISSIONS
from crmkit.testing import open_crm
from crmkit.testing.command_line import Answer

PLUGINS: Final = ("analytical", "campaign", "collaborative", "email", "operational")
# It stands in every text that is kept of the hidden customer, and nowhere else.
CANARY: Final = "zzcanary"
SECRET: Final = "s" * 32
_LOGS: Final = (
    "SELECT max(seq) FROM interaction",
    "SELECT max(seq) FROM change",
    "SELECT max(id) FROM effect",
)
EVERYTHING: Final = ", ".join(f'"{name}"' for name in PERMISSIONS)
TOML: Final = f"""
currency = "PLN"
timezone = "Europe/Warsaw"
clock = "2026-06-01T09:00"

[web]
url = "https://post.rye.example"

[fields.born]
type = "date"
[fields.remark]
type = "text"

[purposes.news]
type = "marketing"
wording = "Tell me."

[forms.club]
title = "Club"
fields = ["name", "email"]
purpose = "news"

[incoming.shop]
secret = "env:SHOP_SECRET"
defaults = {{ type = "purchase" }}

[identities]
shop = "Shop number"

[records.cake]
states = ["ordered", "ready", "collected"]
fields.flavour = "text"
fields.price = "money"

[segments]
buyers = "count(purchase) >= 1"
[segments.kept]
kind = "static"

[views.all]
columns = ["name", "email", "count(purchase)", "remark"]
where = "not archived"

[customer_types.buyer]
who = "count(purchase) >= 1"

[goals.sales]
metric = "revenue"
target = 1000
by = 2027-01-01

[rules.regulars]
who = "count(purchase) >= 1"
run = "daily at 00:00"
goal = "sales"
tag = "regular"
[rules.sorry]
on = "complaint"
note = "Ring {{{{ customer.name }}}}"

[roles.full]
permissions = [{EVERYTHING}]
[roles.own]
permissions = [{EVERYTHING}]
sees = "own"
[roles.team]
permissions = [{EVERYTHING}]
sees = "team"
[roles.nothing]
permissions = []

[webhooks.desk]
url = "https://shop.example.com/hook"
secret = "env:SHOP_SECRET"

[plugins.collaborative]
own_customers_only = ["counter"]
[plugins.collaborative.subscriptions.desk]
webhook = "desk"
on = ["*"]

[plugins.operational.loyalty]
tiers = [{{ name = "silver", points = 10 }}]
[plugins.operational.loyalty.earn.main]
on = "purchase"
points = "amount / 10"
[plugins.operational.loyalty.rewards]
mug = {{ label = "A mug", points = 1 }}
[plugins.operational.cases]
queues = ["service"]
"""
FILES: Final[Mapping[str, str]] = {
    "templates/rye.txt": "Subject: Rye bread\n\nDear {{ customer.name }},\n\nthe rye is in.\n",
    "campaigns/spring.toml": 'doc = "Rye"\nsegment = "buyers"\nsend_email = "rye"\npurpose = "news"\nmax_audience = 50\n',  # noqa: E501
    "journeys/back.toml": 'doc = "Back"\nwho = "count(purchase) >= 1"\nrun = "daily at 09:00"\n[[steps]]\nid = "ask"\ntag = "asked"\n'  # noqa: E501
    '[[steps]]\nid = "wait"\nwait = "3 days"\n',
    "customers.csv": "name,email\nNew Comer,new@comer.example\n",
    "interactions.csv": "email,type,at,amount\nola@lis.example,purchase,2026-05-20,3.00\n",
    "cakes.csv": "email,flavour\nola@lis.example,plum\n",
    "deals.csv": "email,name,value\nola@lis.example,Bread for a year,100\n",
    "addresses.csv": "email\nnobody@else.example\n",
    "rates.csv": "currency,rate,on\nEUR,4.30,2026-01-01\n",
    "products.csv": "sku,name,price\nRYE,Rye bread,8.40\n",
    "points.csv": "email,points\nola@lis.example,5\n",
    "reviews.csv": "email,rating,text\nola@lis.example,5,good\n",
    "letter.eml": "From: ola@lis.example\nTo: shop@rye.example\nSubject: Bread\nMessage-ID: <1@lis.example>\n"
    "Date: Mon, 01 Jun 2026 08:00:00 +0000\n\nIs there bread?\n",
}
# Who acts, their role and team. `trial` is given other roles on the way.
STAFF: Final = (
    ("Otto Other", "clerk", "elsewhere"),
    ("Owen Own", "own", "shop"),
    ("Cole Colleague", "clerk", "shop"),
    ("Tia Team", "team", "shop"),
    ("Ben Beneath", "clerk", "van"),
    ("Dora Department", "full", "counter"),
    ("Dan Department", "clerk", "counter"),
    ("Gus Gone", "own", "leave"),
    ("Sue Standin", "own", "stand"),
    ("Trudy Trial", "full", "nowhere"),
    ("Adam Administrator", "administrator", "nowhere"),
    ("Max Manager", "manager", "nowhere"),
    ("Cleo Clerk", "clerk", "nowhere"),
    ("Vic Viewer", "viewer", "nowhere"),
    ("Nell Nothing", "nothing", "nowhere"),
)
# Who looks after whom, besides the hidden one, whom Otto Other looks after.
OWNERS: Final[Mapping[str, str]] = {
    "ola": "Owen Own", "coco": "Cole Colleague", "bea": "Ben Beneath", "dee": "Dan Department", "gwen": "Gus Gone",  # noqa: E501
}  # fmt: skip
SEEN: Final[Mapping[str, tuple[str, ...]]] = {
    "Owen Own": ("ola",),
    "Tia Team": ("ola", "coco", "bea"),
    "Dora Department": ("dee",),
    "Sue Standin": ("gwen",),
}


@define
class Business:
    """A folder with the business, opened once for many commands, and the numbers of what is kept of each."""

    folder: Path
    numbers: Mapping[str, Mapping[str, str]] = field(factory=dict)
    _crm: Crm | None = None

    @property
    def crm(self) -> Crm:
        """The business on behalf of crmkit itself."""
        if self._crm is None:
            self._crm = Crm.open(self.folder / "crm.toml", strict=True)
        return self._crm

    def close(self) -> None:
        """Close the database."""
        if self._crm is not None:
            self._crm.close()
        self._crm = None

    def run(
        self, words: Sequence[str], actor: str | None = None, only: Collection[str] | None = None
    ) -> Answer:
        """Run `crm` here on behalf of somebody; with `only` they have just these permissions."""
        acting = self.crm.acting_as(actor)
        if only is not None:
            role = evolve(acting.actor.role, permissions=frozenset(only))
            acting = Crm(self.crm.kernel, evolve(acting.actor, role=role))
        state = State()
        vars(state)["crm"] = acting
        with inside(self.folder):
            result = CliRunner().invoke(
                crm, list(words), obj=state, prog_name="crm", env={"SHOP_SECRET": SECRET, "NO_COLOR": "1"}
            )
        return Answer(result.exit_code, result.stdout, result.stderr)

    def copy(self, to: Path) -> Business:
        """The same in another folder."""
        self.close()
        shutil.copytree(self.folder, to)
        return Business(to, self.numbers)

    def restore(self, original: Path) -> None:
        """Have the database and the files be as in another folder again."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(original, self.folder)

    def kept(self, customer_id: str) -> str:
        """All rows that hang on a customer, as one text."""
        with self.crm.kernel.reading() as connection:
            return "\n".join(_rows(connection, int(customer_id)))

    def written(self) -> Any:
        """How far the logs are: whether a command wrote anything."""
        with self.crm.kernel.reading() as connection:
            return [connection.exec_driver_sql(each).all() for each in _LOGS]


# Asked of SQLite itself at once: to reflect two hundred tables takes longer than most commands.
_HANGING: Final = """
    SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name <> 'access'
      AND c.name = CASE t.name WHEN 'customer' THEN 'id' ELSE 'customer_id' END
    ORDER BY t.name
"""


def _rows(connection: sa.Connection, customer_id: int) -> Iterator[str]:
    for table, key in connection.exec_driver_sql(_HANGING).all():
        found = connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE {key} = {customer_id}').all()
        yield f"{table}: {found}"


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """With `folder` as the current one."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def made(folder: Path) -> Business:
    """The business without the hidden customer."""
    open_crm(folder, TOML, plugins=PLUGINS).close()
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    business = Business(folder)
    _staff(business)
    for words in ("surveys new happy --kind nps", "products import products.csv"):
        _do(business, *words.split())
    business.close()  # what is in files now is read
    filled = {name: _filled(business, name, f"{name.title()} Lis", owner) for name, owner in OWNERS.items()}
    business.numbers = filled
    _do(business, "segments", "add", "kept", filled["ola"]["ref"])
    for words in ("customers duplicates scan", "journeys start back --yes", "segments snapshot"):
        _do(business, *words.split())
    return business


def with_hidden(business: Business, folder: Path) -> Business:
    """A copy of the business with the hidden customer in it."""
    other = business.copy(folder)
    hidden = _filled(other, CANARY, f"{CANARY.title()} Quux", "Otto Other")
    _do(other, "segments", "add", "kept", hidden["ref"])
    _do(other, "customers", "duplicates", "scan")
    _do(other, "segments", "snapshot")
    other.close()
    return Business(folder, {**business.numbers, "hidden": hidden})


def _staff(business: Business) -> None:
    house = business.crm
    with house.transaction():
        for team in dict.fromkeys(team for *_, team in STAFF):
            house.people.add_team(team, parent="shop" if team == "van" else None)
        for name, role, team in STAFF:
            house.people.add(name, role=role, teams=[team], email=f"{name.split()[0].lower()}@rye.example")
    _do(business, "people", "away", "add", "Gus Gone", "--until", "2026-06-30", "--to", "Sue Standin")


def _do(business: Business, *words: str) -> str:
    answer = business.run(words)
    assert answer.status == 0, f"crm {' '.join(words)}: {answer.stdout}{answer.stderr}"
    return answer.stdout + answer.stderr


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1] or found[2]


def _filled(business: Business, name: str, shown: str, owner: str) -> dict[str, str]:
    """A customer with something of everything; the numbers of these."""

    def do(*words: str) -> str:
        return _do(business, *words)

    mail = f"{name}@lis.example"
    said = do(
        "customers", "add", "--name", shown, "--email", mail, "--owner", owner, "--tag", name, "--city", f"{name}ville",  # noqa: E501
        "--street", f"{name} street 1", "--identity", f"shop:{name}", "--set", f"remark={name} remark", "--source", name,  # noqa: E501
        "--phone", f"+48 51210{len(name):04d}", "--set", "born=1980-06-02",
    )  # fmt: skip
    ref = _number(r"#(\d+)", said)
    found = {"ref": ref, "name": shown, "mail": mail}
    amount = "777777.77" if name == CANARY else "12.00"
    said = do(
        "log", ref, "purchase", amount, "--at", "2026-05-04", "--text", f"{name} bought", "--outlet", name
    )
    found["seq"] = _number(r"as number (\d+)", said)
    do("log", ref, "complaint", "--text", f"{name} complained")
    found["note"] = _number(r"as number (\d+)|void (\d+)", do("note", ref, f"{name} noted @otto"))
    do("pin", ref, found["note"])
    do("follow", ref, "--for", owner)
    do("consent", "grant", ref, "news", "email", "--evidence", f"{name} evidence")
    do("customers", "prefer", ref, "music", name)
    said = do("records", "cake", "add", ref, "--set", f"flavour={name}", "--set", f"price={amount}")
    found["cake"] = _number(r"#?(\d+)", said)
    found["task"] = _number(
        r"Task (\d+)", do("tasks", "add", ref, f"{name} task", "--due", "2026-06-01", "--for", owner)
    )
    found["deal"] = _number(
        r"deal:(\d+)", do("deals", "add", ref, f"{name} deal", "--value", amount, "--owner", owner)
    )
    found["case"] = _number(r"Case (\d+)", do("cases", "open", ref, f"{name} case", "--text", f"{name} case"))
    found["quote"] = _number(r"Draft (\d+)", do("quotes", "new", ref, "--line", "RYE", "--subject", name))
    found["coupon"] = _number(r"Coupon (\S+)", do("loyalty", "coupons", "issue", ref, "mug"))
    found["movement"] = _number(
        r"cancel (\d+)", do("loyalty", "award", ref, "5", "--reason", f"{name} reason")
    )
    found["request"] = _number(
        r"request (\d+)", do("privacy", "requests", "add", ref, "access", "--note", name)
    )
    found["hold"] = _number(r"lift (\d+)", do("privacy", "holds", "add", ref, f"{name} hold"))
    do("suppressions", "add", mail, "--note", f"{name} suppressed")
    found["handover"] = _number(
        r"(?i)handover (\d+)",
        do("handovers", "make", ref, f"{name} promise", "--by", "2026-06-05", "--to", owner),
    )
    found["plan"] = _number(r"Plan (\d+)", do("plan"))
    found["undo"] = f"plan:{found['plan']}"
    do("apply", found["plan"], "--yes")
    found["effect"] = _number(r"(?m)^ *(\d+) ", do("effects", "list", "--customer", ref))
    return found
