"""What happens around promises: people leave, customers go, letters are written, many are looked after."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crmkit import Conflict, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.worker import Worker
from crmkit.plugin import RecordDraft
from crmkit.plugins.collaborative.api import Handovers
from crmkit.plugins.collaborative.handovers.notices import tell
from crmkit.plugins.collaborative.handovers.watching import watch
from crmkit.testing import open_crm, run_crm
from tests.plugins.collaborative.handovers.conftest import DAY, FIVE, TOML, counting, staffed

POST = """
from pathlib import Path
from crmkit.plugin import Channel, Later, Performed, hookimpl

def tell(notices, crm):
    folder = Path(crm.config.directory)
    for index, notice in enumerate(notices):
        if (folder / "closed").exists():
            yield Later(index, "closed")
            continue
        with (folder / "post.txt").open("a", encoding="utf-8") as file:
            file.write(f"{notice.to}|{notice.subject}|{notice.text}\\n---\\n")
        with (folder / "keys.txt").open("a", encoding="utf-8") as file:
            file.write(f"{notice.key}\\n")
        if (folder / "killed").exists():
            raise KeyboardInterrupt
        yield Performed(index)

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="post", doc="Letters", tell=tell)
"""


def test_who_leaves_leaves_promises(bakery: Crm, clock: FakeClock) -> None:
    """The doctor tells what is with who left, or with a team of nobody; time goes on for them; and what is
    given to another is theirs to accept."""
    anna = bakery.acting_as("Anna").service(Handovers)
    first = anna.make("Rye Ltd", "Bread", by="friday", to="Piotr")
    accepted = anna.make("Rye Ltd", "Rolls", by="friday", to="Ewa")
    team = anna.make("Rye Ltd", "Buns", by="friday", team="Fitters")
    bakery.acting_as("Ewa").service(Handovers).accept(accepted.id)
    for name in ("Piotr", "Ewa"):
        bakery.people.deactivate(name)
    said = run_crm("--config", bakery.config.path, "doctor").stdout
    for told in (
        "with Piotr, who no longer works here",
        "with Ewa",
        'the team "Fitters", in which nobody works',
    ):
        assert told in said
    bakery.acting_as("Ola").editing.handover("Ewa", "Ola")
    given = anna.get(accepted.id)
    assert (given.state, given.employee_id, given.accepted_at) == (
        "offered",
        bakery.people.get("Ola").id,
        None,
    )
    clock.advance(days=1)
    watch(bakery)
    assert {anna.get(each.id).state for each in (first, accepted, team)} == {"dropped"}
    assert "who no longer works here" not in run_crm("--config", bakery.config.path, "doctor").stdout


def test_customers_go_in_the_middle(bakery_both: Crm, clock: FakeClock) -> None:
    """A merged customer's promises are those of who is left, an archived one's go on, an erased one's end."""
    crm = bakery_both
    anna = crm.acting_as("Anna").service(Handovers)
    twin = crm.customers.save(CustomerDraft(name="Lucja Zak")).id
    merged = anna.make(twin, "Bread", by="friday", to="Piotr")
    crm.merging.merge(1, twin)
    assert anna.get(merged.id).customer_id == 1
    archived = anna.make("Rye Ltd", "Rolls", by="friday", to="Piotr")
    gone = crm.customers.save(CustomerDraft(name="Gone")).id
    erased = anna.make(gone, "A secret", by="friday", to="Piotr", note="Her door")
    crm.customers.archive("Rye Ltd")
    crm.privacy.erase(gone, reason="request")
    clock.advance(days=1)
    watch(crm)
    assert {anna.get(each.id).state for each in (merged, archived)} == {"dropped"}
    left = [each for each in anna.list(all=True) if each.id == erased.id]
    assert all("secret" not in each.promise and each.note is None for each in left)
    assert not watch(crm)


def _post(folder: Path) -> None:
    """The plugin that writes letters, in the business of that folder."""
    (folder / "plugins").mkdir()
    (folder / "plugins" / "post.py").write_text(POST)
    (folder / "plugins" / "post.toml").write_text('name = "post"\ntitle = "Post"\ndoc = "A test"\n')


def test_letters_go_once(tmp_path: Path, clock: FakeClock) -> None:
    """Who is given a promise is written to, and who gave it when it comes back; each once, later where the
    post is closed, and nobody of a customer whom they do not see."""
    _post(tmp_path)
    with open_crm(tmp_path, toml=TOML, plugins=("operational", "collaborative", "post"), clock=clock) as crm:
        staffed(crm).rehearsal.end()
        anna, piotr = (crm.acting_as(name).service(Handovers) for name in ("Anna", "Piotr"))
        first = anna.make("Rye Ltd", "Bread", by="friday", to="Piotr")
        anna.make("Łucja Żak", "Rolls", by="friday", to="Piotr")
        anna.make("Łucja Żak", "Buns", by="friday", to="Anna")
        (tmp_path / "closed").touch()
        assert not tell(crm)
        (tmp_path / "closed").unlink()
        (tmp_path / "killed").touch()
        with pytest.raises(KeyboardInterrupt):
            tell(crm)
        (tmp_path / "killed").unlink()
        for _ in range(2):
            tell(crm)
        first_time, letter = _letters(tmp_path)
        assert first_time == letter, "who was killed may have sent it, and says the same again"
        (key,) = {*(tmp_path / "keys.txt").read_text(encoding="utf-8").split()}
        assert key
        assert letter.startswith(
            "piotr@rye.example|2 promises to customers|Rye Ltd: Bread\n  Promised by 2026"
        )
        piotr.refuse(first.id, "No {flour}")
        clock.advance(days=1)
        watch(crm)
        for _ in range(2):
            tell(crm)
        *_, letter = _letters(tmp_path)
        assert letter.startswith("anna@rye.example|2 promises")
        assert "it was refused: No {flour}" in letter
        assert "accepted by nobody in time" in letter
        anna.make("Łucja Żak", "Cake", by="friday", team="Fitters")
        crm.people.update("Ewa", role="narrow")
        tell(crm)
        *_, letter = _letters(tmp_path)
        assert letter.startswith("piotr@")
        assert len(_letters(tmp_path)) == 4


@pytest.mark.parametrize(("tell", "letters"), [("true", 1), ("false", 0)])
def test_the_worker_writes_where_the_business_wants_it(
    tmp_path: Path, clock: FakeClock, tell: str, letters: int
) -> None:
    """Who is given a promise hears of it by letter, or finds it on their page of today only."""
    _post(tmp_path)
    toml = f"{TOML}\n[plugins.collaborative.handovers]\ntell = {tell}\n"
    with open_crm(tmp_path, toml=toml, plugins=("operational", "collaborative", "post"), clock=clock) as crm:
        staffed(crm).rehearsal.end()
        crm.acting_as("Anna").service(Handovers).make("Rye Ltd", "Bread", by="friday", to="Piotr")
        Worker(crm.kernel).drain()
    assert len(_letters(tmp_path)) == letters


def test_what_is_open_stays_out_of_the_archive(bakery: Crm) -> None:
    """There it would be in no number and nobody's work; what is closed may go."""
    anna = bakery.acting_as("Anna")
    made = anna.service(Handovers).make("Rye Ltd", "Bread", by="friday", to="Piotr")
    with pytest.raises(Conflict, match=r"handover:1 is offered, and is not put into the archive so"):
        anna.records.archive("handover", made.id)
    anna.service(Handovers).withdraw(made.id)
    assert anna.records.archive("handover", made.id).archived_at


def _letters(folder: Path) -> list[str]:
    written = folder / "post.txt"
    return written.read_text(encoding="utf-8").split("\n---\n")[:-1] if written.exists() else []


def test_many_take_as_few_statements(bakery_both: Crm, clock: FakeClock) -> None:
    """Making, listing, watching and the day's work take as many for hundreds as for a few."""
    anna = bakery_both.acting_as("Anna")
    seen: dict[str, list[int]] = {}

    def counted(what: str, call: Callable[[], object]) -> None:
        with counting() as statements:
            call()
        seen.setdefault(what, []).append(len(statements))

    for size in (3, 300):
        drafts = [
            RecordDraft(
                customer=1 + n % 2,
                fields={"promise": f"Bread {n}", "by": clock.now() + 3 * DAY},
                owner="Ola",
            )
            for n in range(size)
        ]
        counted("make", lambda drafts=drafts: anna.records.save_all("handover", drafts))  # type: ignore[misc]
        counted("list", lambda: anna.service(Handovers).list(made=True, limit=1000))
        counted("today", anna.today)
        clock.advance(days=1)
        counted("watch", lambda: watch(bakery_both))
    for what, (few, many) in seen.items():
        assert many <= few + 3, (what, few, many)
    assert len(anna.service(Handovers).list(made=True, limit=1000)) == 303


def test_two_workers_break_it_once(bakery_both: Crm, clock: FakeClock) -> None:
    """However many look at the same moment: each promise is dropped once, and told once."""
    by = {"promise": "Bread", "by": clock.now() + DAY}
    drafts = [RecordDraft(customer="Rye Ltd", fields=by, owner="Piotr") for _ in range(40)]
    bakery_both.acting_as("Anna").records.save_all("handover", drafts)
    clock.advance(days=2)
    with ThreadPoolExecutor(3) as pool:
        seen = [pool.submit(lambda: watch(bakery_both.acting_as(None))) for _ in range(3)]
        assert [each.exception() for each in seen] == [None] * 3
    told = bakery_both.interactions.timeline("Rye Ltd", limit=200).interactions
    assert [each.type for each in told].count("handover.dropped") == 40
    assert {each.state for each in bakery_both.service(Handovers).list(limit=None)} == {"dropped"}


def test_what_comes_from_files_keeps_its_times(bakery: Crm, tmp_path: Path) -> None:
    """A handover from the past is as it was, for who may import; nobody else writes times down."""
    made = FIVE - 90 * DAY
    fields = {
        "promise": "Bread",
        "by": made + 1_000_000,
        "made_at": made,
        "settled_at": made + 5,
        "accepted_at": made + 1,
    }
    draft = RecordDraft(customer="Rye Ltd", fields=fields, state="kept", owner="Piotr")
    bakery.people.add("Vera", role="clerkish")
    (refused,) = bakery.acting_as("Vera").records.save_all("handover", [draft]).refused
    assert "customers.import" in refused.reason
    report = bakery.acting_as("Ola").records.save_all("handover", [draft], history=True)
    found = bakery.service(Handovers).get(report.ids[0] or 0)
    assert (found.state, found.made_at, found.settled_at, found.team) == ("kept", made, made + 5, "Fitters")
    with pytest.raises(Exception, match="set by itself"):
        bakery.acting_as("Ola").records.update("handover", found.id, {"made_at": made + 7})
