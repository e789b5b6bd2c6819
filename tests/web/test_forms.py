"""Forms that strangers fill in."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.testing import Page, Public


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugin that brings the channel."""
    return ["email"]


@pytest.fixture
def crm_toml(tmp_path: Path) -> str:
    """Two forms: one whose consent is confirmed by a message, one whose tick counts."""

    return """
[web]
url = "https://post.rye.example"

[fields]
birthday = { type = "date", label = "Birthday" }
taste = { type = "choice", choices = ["sweet", "salty"] }
likes = { type = "multi-choice", choices = ["rye", "wheat"] }
card = { type = "text", unique = true }
vip = { type = "bool" }

[purposes.news]
type = "marketing"
wording = "I want news of <bread> by e-mail."
wording_version = 3

[forms.club]
title = "Join <the> club"
text = "For those who love bread."
fields = ["name", "email", "phone", "birthday", "taste", "likes", "card", "vip", "message"]
required = ["name"]
purpose = "news"
tags = ["web"]

[forms.ask]
title = "Ask us"
fields = ["email", "message"]
"""


class Visitor:
    """Somebody with a browser."""

    def __init__(self, public: Public, clock: FakeClock) -> None:
        self.public = public
        self.clock = clock
        self.page = ""

    def open(self, name: str = "club", seconds: float = 30) -> Page:
        """Open a form and look at it for a while."""
        found = self.public.get(f"/f/{name}")
        token = re.search(r'name="page" value="([^"]+)"', found.text)
        self.page = token[1] if token else ""
        self.clock.advance(seconds)
        return found

    def send(self, form: str = "club", **answers: Any) -> Page:
        """Send what was filled in."""
        more: dict[str, Any] = {key: answers.pop(key) for key in ("agree", "company_fax") if key in answers}
        self.public.seconds += 60
        named = {f"q.{key}": value for key, value in answers.items()}
        return self.public.post(f"/f/{form}", {"page": self.page, **named, **more})


@pytest.fixture
def visitor(public: Public, clock: FakeClock) -> Visitor:
    """Somebody with a browser."""
    return Visitor(public, clock)


@pytest.fixture
def anna(crm_both: Crm) -> int:
    """A customer whose address others know."""
    point = ContactPoint(kind="email", value="anna@example.com")
    return crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(point,))).id


def _submitted(crm: Crm, customer: int | str) -> list[Any]:
    found = crm.interactions.timeline(customer).interactions
    return [each for each in found if each.type == "form.submitted"]


def test_the_form_asks_as_it_is_declared(visitor: Visitor) -> None:
    """Each question has a label and the right input; the box of the consent is not ticked."""
    page = visitor.open()
    assert "Join &lt;the&gt; club" in page.text
    assert "I want news of &lt;bread&gt; by e-mail." in page.text
    assert not re.search(r"<input[^>]* checked", page.text)
    ids = re.findall(r'<(?:input|select|textarea) id="(f\w+)"', page.text)
    assert len(ids) == 8, "seven questions that are no boxes, and the trap"
    for id_ in ids:
        assert f'<label for="{id_}">' in page.text
    assert 'type="date"' in page.text
    assert 'autocomplete="email"' in page.text
    assert "<script" not in page.text


def test_who_is_unknown_becomes_a_prospect(visitor: Visitor, crm_both: Crm) -> None:
    """What they say is kept, with where it came from; the tick is their consent, with its wording."""
    visitor.open()
    page = visitor.send(
        name="Eva", email="eva@example.com", birthday="1990-05-01", taste="sweet", likes=["rye", "wheat"],
        vip="yes", card="K-1", message="Hi!\nI like rye.", agree="yes",
    )  # fmt: skip
    assert page.status == 200
    eva = crm_both.customers.get("eva@example.com")
    assert (eva.name, eva.lifecycle, eva.tags) == ("Eva", "prospect", ("web",))
    assert str(eva.fields["birthday"]) == "1990-05-01"
    assert (eva.fields["taste"], eva.fields["likes"], eva.fields["vip"]) == ("sweet", ("rye", "wheat"), True)
    assert not eva.fields.get("card"), "what only one may have is not had by saying so"
    (entry,) = _submitted(crm_both, eva.id)
    assert entry.payload.text == "Hi!\nI like rye."
    assert "card: K-1" in entry.payload.said
    assert (entry.channel, entry.direction, entry.source) == ("web", "in", "form:club")
    (consent,) = crm_both.consent.show(eva.id)
    assert (consent.state, consent.wording_version, consent.source) == ("granted", 3, "form:club")
    assert "192.0.2" not in consent.evidence


def test_without_a_tick_there_is_no_consent(visitor: Visitor, crm_both: Crm) -> None:
    """Nobody agrees by sending a form."""
    visitor.open()
    visitor.send(name="Eva", email="eva@example.com")
    assert crm_both.consent.show("eva@example.com") == ()


def test_a_stranger_changes_nothing_of_a_customer(visitor: Visitor, crm_both: Crm, anna: int) -> None:
    """Whoever claims a customer's address leaves a note with what they said, and no more."""
    before = crm_both.customers.get(anna)
    visitor.open()
    page = visitor.send(
        name="Eve", email="ANNA@example.com", phone="+48600100200", agree="yes", taste="salty"
    )
    assert page.status == 200
    assert crm_both.customers.get(anna) == before
    assert crm_both.consent.show(anna) == ()
    (entry,) = _submitted(crm_both, anna)
    assert "name: Eve" in entry.payload.said
    assert "agrees: yes" in entry.payload.said


def test_the_answer_does_not_tell_who_is_known(visitor: Visitor, anna: int) -> None:
    """It is the same for an address that is known, for another, and for a robot."""
    pages = []
    for answers in (
        {"email": "anna@example.com"},
        {"email": "new@example.com"},
        {"email": "robot@example.com", "company_fax": "1"},
    ):
        visitor.open()
        pages.append(visitor.send(name="X", agree="yes", **answers))
    assert len({(page.status, page.body) for page in pages}) == 1


def test_a_robot_leaves_nothing(visitor: Visitor, crm_both: Crm) -> None:
    """Who fills in what nobody sees is thanked, and forgotten."""
    visitor.open()
    visitor.send(name="X", email="robot@example.com", company_fax="1")
    assert not crm_both.customers.find_by_email("robot@example.com")


@pytest.mark.parametrize("seconds", [0.5, 100_000])
def test_haste_and_old_pages(visitor: Visitor, crm_both: Crm, seconds: float) -> None:
    """What is sent at once, or a day late, is to be sent once more; the answers are kept."""
    visitor.open(seconds=seconds)
    page = visitor.send(name="Eva", email="eva@example.com", agree="yes")
    assert page.status == 422
    assert 'value="eva@example.com"' in page.text
    assert re.search(r"<input[^>]* checked", page.text)
    assert not crm_both.customers.find_by_email("eva@example.com")


@pytest.mark.parametrize("page", ["", "x", "A" * 60, "ä"])
def test_a_page_that_was_never_shown(visitor: Visitor, crm_both: Crm, page: str) -> None:
    """Without a page of this form there is no submission; neither by that of another form."""
    visitor.page = page
    assert visitor.send(name="Eva", email="eva@example.com").status == 422
    visitor.open("ask")
    assert visitor.send("club", name="Eva", email="eva@example.com").status == 422
    assert not crm_both.customers.find_by_email("eva@example.com")


def test_sent_twice_counts_once(visitor: Visitor, crm_both: Crm) -> None:
    """Whoever presses twice, or loads the answer again, has sent it once."""
    visitor.open()
    first = visitor.send(name="Eva", email="eva@example.com", agree="yes")
    again = visitor.send(name="Eva", email="eva@example.com", agree="yes")
    assert first.body == again.body
    assert len(_submitted(crm_both, "eva@example.com")) == 1
    assert len(crm_both.consent.show("eva@example.com")) == 1


def test_wrong_answers_are_shown_beside_their_questions(visitor: Visitor) -> None:
    """Nothing is lost that was filled in, and nothing is said of what is within."""
    visitor.open()
    page = visitor.send(
        email="eva@@example.com", phone="12", birthday="2020-99-01", taste="<b>", likes=["x"], vip="yes"
    )
    assert page.status == 422
    assert page.text.count('class="wrong"') == 6
    assert page.text.count('aria-invalid="true"') == 5, "all but those of the choices"
    assert 'value="eva@@example.com"' in page.text
    assert "<b>" not in page.text
    assert "crm.toml" not in page.text
    assert 'role="alert"' in page.text


def test_it_speaks_its_readers_language(public: Public, visitor: Visitor) -> None:
    """Questions and errors are in the reader's language, from right to left where that is so."""
    page = public.get("/f/club?lang=ur")
    assert 'dir="rtl"' in page.text
    polish = public.post("/f/club", {"q.email": "x"}, accept_language="pl")
    assert "To nie jest adres e-mail." in polish.text


def test_nobody_is_noted_too_often(visitor: Visitor, crm_both: Crm, anna: int) -> None:
    """Of one customer, five a day are enough."""
    for _ in range(8):
        visitor.open("ask")
        assert visitor.send("ask", email="anna@example.com", message="again").status == 200
    assert len(_submitted(crm_both, anna)) == 5


def test_there_is_no_such_form(public: Public) -> None:
    """A form that is not declared is no page."""
    assert public.get("/f/nothing").status == 404
    assert public.post("/f/nothing", {"q.email": "x"}).status == 404


def test_a_strangers_tick_ends_no_objection(visitor: Visitor, crm_both: Crm) -> None:
    """Whoever is on the suppression list, and on record no more, gets no news because somebody entered their
    address: what was said is kept, for somebody who can ask them."""
    crm_both.suppressions.add("email", "eva@example.com", reason="objection")
    visitor.open()
    page = visitor.send(name="Eva", email="Eva@example.com", agree="yes")
    assert page.status == 200
    assert crm_both.consent.state("eva@example.com", "news", "email") == "withdrawn"
    (entry,) = _submitted(crm_both, "eva@example.com")
    assert "agrees: yes" in entry.payload.said


def test_two_at_once_make_one_prospect(
    crm_both: Crm, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same address, entered by several pages at once, is one person; none of them is told of it."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier, BrokenBarrierError

    from crmkit.core.forms.service import Forms

    tokens = [crm_both.forms.token("club") for _ in range(4)]
    clock.advance(30)
    answers = {"q.name": ["Eva"], "q.email": ["eva@example.com"]}
    real, barrier = Forms._owners_of, Barrier(4)

    def slow(self: Forms, *args: Any) -> list[int]:
        found = real(self, *args)
        # Long enough for all to see that nobody is there, if they can look at the same time.
        with suppress(BrokenBarrierError):
            barrier.wait(0.5)
        return found

    monkeypatch.setattr(Forms, "_owners_of", slow)
    with ThreadPoolExecutor(4) as threads:
        done = [
            threads.submit(crm_both.forms.submit, "club", answers, token=token, agrees=True)
            for token in tokens
        ]
    assert all(each.result().is_taken for each in done)
    assert len(crm_both.customers.find_by_email("eva@example.com")) == 1
    assert len(_submitted(crm_both, "eva@example.com")) == 4
