"""The page on which a survey is answered."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from crmkit.testing import serving
from tests.plugins.collaborative.surveys.conftest import Bakery
from tests.web.pages.browser import chromium, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAY = 86_400
NAMED = {"link", "button", "checkbox", "textbox", "radio", "navigation", "group"}


def test_looking_is_not_answering(bakery: Bakery) -> None:
    """Programs that check links follow them all: a click on a score only fills it in, and nothing is kept."""
    link = bakery.ask()
    for score in range(11):
        page = bakery.public.get(f"{link}?score={score}&lang=en")
        assert re.findall(r'value="(\d+)" checked', page.text) == [str(score)]
        bakery.public.ask("HEAD", link)
    assert '" checked' not in bakery.public.get(f"{link}?score=99").text
    assert (bakery.told(), bakery.crm.records.get("survey", 1).state) == ([], "sent")


def test_answered_and_changed(bakery_both: Bakery) -> None:
    """A bad score is followed by the questions for those who gave one. Sent again it counts once; what is
    changed within a day takes the place of what was said, and after that nothing is."""
    link, crm = bakery_both.ask(customer=2), bakery_both.crm
    assert "What was it about?" not in bakery_both.public.get(link).text
    more = bakery_both.answer(link, {"score": "3", "why": "Dry bread"})
    assert ("What was it about?" in more.text, "May we call you?" in more.text) == (True, False)
    form = {"shown": ["score", "why", "what"], "score": "3", "why": "Dry bread", "what": ["price", "taste"]}
    assert "May we call you?" in bakery_both.public.post(link, form).text
    done = bakery_both.public.post(link, {**form, "shown": [*form["shown"], "again"], "again": "yes"})
    assert "Your answer has reached us" in done.text
    (said,), (bad,) = bakery_both.told(), bakery_both.told("feedback.bad")
    assert (said.score, said.comment, bad.score, bad.text) == (3, "Dry bread", 3, "Dry bread")
    assert crm.trait("nps_last", 2) == 3
    count = crm.interactions.count()
    bakery_both.public.post(link, form)
    assert crm.interactions.count() == count

    page = bakery_both.public.get(link).text
    assert ("answered already" in page, 'value="3" checked' in page, "Dry bread" in page) == (True,) * 3
    bakery_both.answer(link, {"score": "10", "why": "It was another bakery"})
    (said,) = bakery_both.told()
    assert (said.score, said.comment, bakery_both.told("feedback.bad")) == (10, "It was another bakery", [])
    assert crm.trait("nps_last", 2) == 10
    bakery_both.clock.advance(DAY + 1)
    for late in (bakery_both.answer(link, {"score": "0"}), bakery_both.public.get(link)):
        assert ("answered already" in late.text, "<form" in late.text) == (True, False)
    assert [each.score for each in bakery_both.told()] == [10]


def test_two_at_once_count_once(bakery_both: Bakery) -> None:
    """The same form sent twice in the same moment, as by a double click, is one answer."""
    link = bakery_both.ask()
    pages: list[int] = []
    threads = [
        threading.Thread(target=lambda: pages.append(bakery_both.answer(link, {"score": "4"}).status))
        for _ in range(3)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert pages == [200] * 3
    assert [each.score for each in bakery_both.told()] == [4]
    assert len(bakery_both.told("feedback.bad")) == 1
    (found,) = bakery_both.surveys.results("nps")
    assert (found.counts[4], found.found and found.found.n) == (1, 1)


def test_what_is_wrong_is_told(bakery: Bakery) -> None:
    """Without a score, with one that is none, with choices that nobody offered or too much text nothing is
    kept, and the page says why beside the question."""
    link = f"{bakery.ask()}?lang=en"
    for form, said in (
        ({"why": "Just so"}, "Please choose a number."),
        ({"score": "11"}, "Please choose a number."),
        ({"score": ["3", "4"]}, "Please choose a number."),
        ({"score": "3", "what": "nonsense"}, "Please choose one of these."),
        ({"score": "3", "why": "a" * 4_001}, "Please write less"),
    ):
        page = bakery.answer(link, form)
        assert ('role="alert"' in page.text, said in page.text) == (
            True,
            said != "Please choose one of these.",
        )
    assert bakery.told() == []
    assert "Just so" in bakery.answer(link, {"why": "Just so"}).text
    bakery.answer(link, {"score": "3"})
    page = bakery.answer(link, {"score": "3", "what": "nonsense"})
    assert "Please choose one of these." in page.text


def test_an_answer_that_cannot_be_kept_is_not_thanked_for(bakery: Bakery) -> None:
    """Where a plugin refuses the record, whoever answers reads that something is wrong, and nothing of it is
    kept; sent again when it can be, it counts."""
    link = bakery.ask(customer=2)
    (bakery.folder / "strike").touch()
    page = bakery.answer(link, {"score": "10", "why": "Good bread"})
    assert (page.status, "has reached us" in page.text, bakery.told()) == (500, False, [])
    assert bakery.public.post(f"{link}?lang=en", {"do": "decline"}).status == 500
    (bakery.folder / "strike").unlink()
    assert "has reached us" in bakery.answer(link, {"score": "10", "why": "Good bread"}).text
    assert [each.comment for each in bakery.told()] == ["Good bread"]


def test_links_that_lead_nowhere(bakery_both: Bakery) -> None:
    """A forged link, one of another kind, of nobody, and one that has run out are all the same; somebody who
    would rather not answer is not asked again, and may think better of it."""
    crm, link = bakery_both.crm, bakery_both.ask()
    declined = bakery_both.ask(customer=2)
    assert "That is fine" in bakery_both.public.post(f"{declined}?lang=en", {"do": "decline"}).text
    assert [each.state for each in crm.records.list("survey").records] == ["declined", "sent"]
    bakery_both.answer(declined, {"score": "8"})
    assert [each.state for each in crm.records.list("survey").records] == ["answered", "sent"]
    bakery_both.clock.advance(15 * DAY)
    assert (bakery_both.surveys.expire(), bakery_both.surveys.expire()) == (1, 0)
    other, unknown = crm.tokens.for_effect("quote", 1), crm.tokens.for_effect("survey", 99)
    gone = bakery_both.public.get("/survey/x?lang=en")
    for path in (link, f"/survey/{other}", f"/survey/{unknown}", link[:-1] + "_"):
        for form in ({"score": "9"}, {"do": "decline"}):
            page = bakery_both.public.post(f"{path}?lang=en", form)
            assert (page.status, page.text) == (gone.status, gone.text)
        assert bakery_both.public.get(f"{path}?lang=en").text == gone.text
    assert len(bakery_both.told()) == 1


def test_answered_before_it_is_known_to_have_arrived(bakery: Bakery) -> None:
    """Whoever got a message of which the ledger does not know whether it arrived can answer all the same."""
    (bakery.folder / "fog").touch()
    link = bakery.ask()
    assert bakery.crm.records.count("survey") == 0
    assert "<form" in bakery.public.get(link).text
    bakery.answer(link, {"score": "9"})
    assert [each.state for each in bakery.crm.records.list("survey").records] == ["answered"]


def test_tried_before_going_live(rehearsing: Bakery) -> None:
    """The link of a rehearsed message shows the page, which says so; nothing of it is kept."""
    assert rehearsing.surveys.send("nps", 2).is_rehearsal
    (file,) = (rehearsing.folder / "rehearsal").glob("*/*.txt")
    link = re.findall(r"https://\S+/survey/[\w-]+", file.read_text(encoding="utf-8"))[0]
    for page in (rehearsing.public.get(link), rehearsing.answer(link, {"score": "2"})):
        assert (page.status, "This is a rehearsal" in page.text) == (200, True)
    assert (rehearsing.told(), rehearsing.crm.records.count("survey")) == ([], 0)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser, gone again when other tests ask pages without one."""
    with chromium() as browser:
        yield browser


def test_everybody_can_answer(bakery: Bakery, browser: Browser) -> None:
    """On a small screen, in three languages, by keyboard and without scripts: nothing is too wide, pale or
    nameless, each scale is a group with a name, and errors are told."""
    path = bakery.ask().removeprefix("https://post.rye.example")
    with serving(bakery.crm) as url, shown(browser, 320, java_script_enabled=False) as window:
        page = window.page
        for language, direction in (("en", "ltr"), ("pl", "ltr"), ("ur", "rtl")):
            page.goto(f"{url}{path}?lang={language}")
            assert page.locator("html").get_attribute("dir") == direction
            page.get_by_role("button").first.click()
            page.get_by_role("alert").wait_for()
            tree = window.tree()
            assert [role for role, name in tree if role in NAMED and not name] == []
            assert len([role for role, _ in tree if role == "radio"]) == 11
        page.goto(f"{url}{path}?lang=en")
        page.get_by_role("group", name="Would you recommend us?").get_by_role("radio", name="4").check()
        page.get_by_label("Why?").fill("Dry bread")
        page.get_by_role("button", name="Send").click()
        page.get_by_role("group", name="What was it about?").get_by_role("checkbox", name="Taste").check()
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name="Thank you").wait_for()
        assert page.context.cookies() == []
    assert [(each.score, each.comment) for each in bakery.told()] == [(4, "Dry bread")]
    with serving(bakery.crm) as url:
        for width, scheme in ((320, "light"), (1_280, "dark")):
            with shown(browser, width, color_scheme=scheme) as window:
                for language in ("en", "pl", "ur"):
                    window.page.goto(f"{url}{path}?lang={language}")
                    assert (window.too_wide(), window.unreadable()) == ([], [])
                assert (window.hosts(), window.complaints) == ({"127.0.0.1"}, [])
        with shown(browser) as window:
            window.page.goto(f"{url}{path}?lang=en")
            window.page.keyboard.press("Tab")
            assert window.page.evaluate("document.activeElement.value") == "4"
            window.page.keyboard.press("ArrowRight")
            assert window.page.evaluate("document.activeElement.value") == "5"
            focus = "getComputedStyle(document.activeElement)"
            assert window.page.evaluate(f"{focus}.outlineStyle + {focus}.outlineWidth") == "solid3px"
