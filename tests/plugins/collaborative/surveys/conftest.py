"""A bakery that asks its customers by pigeon, live; its pigeons note what they deliver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.plugins.collaborative.api import Surveys
from crmkit.testing import FakeClock, Page, Public, open_crm
from crmkit.testing.ready import ReadyDatabases

# 4 May 2026, 10:00 in Warsaw.
NOW = 1_777_881_600_000_000
PLUGINS = ("operational", "collaborative")
TOML = """
timezone = "Europe/Warsaw"
[web]
url = "https://post.rye.example"
[purposes.feedback]
type = "service"
doc = "Whether we did well"
[plugins.collaborative]
own_customers_only = ["wholesale"]
[rules.after_case]
on = "case.resolved"
survey = "csat"
[rules.unhappy]
on = "feedback.bad"
task = "Call back"
enabled = true
"""
NPS = """
kind = "nps"
purpose = "feedback"
template = "ask"
channel = "post.pigeon"
[question]
en = "Would you recommend us?"
pl = "Czy polecisz nas znajomym?"
ur = "کیا آپ ہمارا مشورہ دیں گے؟"
[low]
en = "no"
pl = "nie"
ur = "نہیں"
[high]
en = "yes"
pl = "tak"
ur = "ہاں"
[[questions]]
id = "why"
type = "text"
text = { en = "Why?", pl = "Dlaczego?", ur = "کیوں؟" }
[[questions]]
id = "what"
type = "choices"
only_if = { score = "..6" }
text = { en = "What was it about?", pl = "O co chodzi?", ur = "کیا بات تھی؟" }
[questions.choices]
price = { en = "Price", pl = "Cena", ur = "قیمت" }
taste = { en = "Taste", pl = "Smak", ur = "ذائقہ" }
[[questions]]
id = "again"
type = "yes-no"
only_if = { score = "..6", what = "price" }
text = { en = "May we call you?", pl = "Zadzwonić?", ur = "کیا ہم فون کریں؟" }
"""
CSAT = """
kind = "csat"
purpose = "feedback"
template = "ask"
channel = "post.pigeon"
keep_in = "satisfaction"
[question]
en = "How satisfied are you?"
"""
_MANIFEST = 'name = "post"\ntitle = "Post"\ndoc = "Pigeons"\n'
_SOURCE = '''
"""Delivers by pigeon."""
from crmkit.plugin import Channel, Performed, Refusal, Unconfirmed, hookimpl

def deliver(messages, crm):
    for index, message in enumerate(messages):
        with (crm.config.directory / "delivered.txt").open("a", encoding="utf-8") as file:
            file.write(f"{message.customer_id} {message.links['survey']}\\\\n")
        if (crm.config.directory / "fog").exists():
            yield Unconfirmed(index, "fog")
        else:
            yield Performed(index, "pigeon")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="pigeon", doc="By pigeon", label="Pigeon", contact_kind="email", deliver=deliver)

@hookimpl
def crmkit_before_records_saved(record_type, drafts, crm):
    if record_type == "survey" and (crm.config.directory / "strike").exists():
        yield from (Refusal(index, "the pigeons are on strike") for index, _ in enumerate(drafts))
'''.replace("\\\\", "\\")
Form = Mapping[str, Any]


@define
class Bakery:
    """The business in `folder`, with Anna (customer 1) and Ben (2)."""

    folder: Path
    clock: FakeClock
    crm: Crm
    public: Public

    @property
    def surveys(self) -> Surveys:
        """The service."""
        return self.crm.service(Surveys)

    @property
    def links(self) -> list[tuple[int, str]]:
        """(customer, link) of what the pigeons brought."""
        file = self.folder / "delivered.txt"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [(int(line.split()[0]), line.split()[1]) for line in lines]

    def ask(self, survey: str = "nps", customer: int = 1) -> str:
        """The link of a survey that was sent by hand."""
        assert self.surveys.send(survey, customer).state in ("done", "unconfirmed")
        return self.links[-1][1]

    def answer(self, link: str, form: Form) -> Page:
        """What the page says to somebody who sends this."""
        shown = ["score", *(name for name in form if name != "score")]
        return self.public.post(link, {"shown": shown, **form})

    def told(self, type_: str = "survey.answered") -> list[Any]:
        """What stands on the timelines of a type, the oldest first."""
        found = self.crm.interactions.list(type=type_).interactions
        return [each.payload for each in reversed(found) if each.superseded_by is None]

    def ruled(self) -> None:
        """What rules do now."""
        self.crm.strategy.apply(self.crm.strategy.plan().number)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bakery_both(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases
) -> Iterator[Bakery]:
    """On both databases in turn."""
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = crm_ready.copy(tmp_path, "", PLUGINS, server)
    yield from _opened(tmp_path, clock, address if server else None)
    if server is not None:
        server.drop_database(address)


@pytest.fixture
def bakery(tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases) -> Iterator[Bakery]:
    """On SQLite only, for what has nothing to do with the database."""
    crm_ready.copy(tmp_path, "", PLUGINS, None)
    yield from _opened(tmp_path, clock, None)


@pytest.fixture
def rehearsing(tmp_path: Path, clock: FakeClock, crm_ready: ReadyDatabases) -> Iterator[Bakery]:
    """The same before it goes live: what would leave it goes to files."""
    crm_ready.copy(tmp_path, "", PLUGINS, None)
    yield from _opened(tmp_path, clock, None, is_live=False)


def _opened(folder: Path, clock: FakeClock, address: str | None, *, is_live: bool = True) -> Iterator[Bakery]:
    for name, text in {
        "plugins/post.py": _SOURCE,
        "plugins/post.toml": _MANIFEST,
        "surveys/nps.toml": NPS,
        "surveys/csat.toml": CSAT,
        "templates/ask.txt": "Subject: Tell us\n\n{{ links.survey }}?score=9\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    clock.set(NOW)
    crm = open_crm(folder, TOML, plugins=(*PLUGINS, "post"), database=address, clock=clock)
    for name, locale in (("Anna", "pl_PL"), ("Ben", "en_GB")):
        point = ContactPoint(kind="email", value=f"{name.lower()}@example.org")
        crm.customers.save(CustomerDraft(name=f"{name} Kowalska", contact_points=(point,), locale=locale))
    if is_live:
        crm.rehearsal.end()
    clock.advance(60)
    yield Bakery(folder, clock, crm, Public(crm))
    crm.close()
