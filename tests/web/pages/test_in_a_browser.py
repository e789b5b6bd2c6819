"""The pages as people meet them: in a browser, on a small screen, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from attrs import define

from crmkit.testing import serving
from crmkit.web.pages.texts import texts_in
from tests.web.pages.browser import chromium, shown
from tests.web.pages.conftest import CHANNEL, Bakery

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LANGUAGES = ("en", "pl", "ur")
NAMED = {"link", "button", "checkbox", "combobox", "textbox", "radio", "navigation", "group"}


@define
class Site:
    """The bakery's pages on a port of this machine; `links` by what they are for."""

    bakery: Bakery
    url: str
    links: dict[str, str]

    def at(self, kind: str, language: str = "en") -> str:
        """The address of a page in a language."""
        return f"{self.url}{self.links[kind]}?lang={language}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(small_bakery: Bakery) -> Iterator[Site]:
    """A message about news, one that asks Ben whether he wants them, and a link that is damaged."""
    effect = small_bakery.sent()
    small_bakery.crm.consents.withdraw(2, "news", CHANNEL)
    small_bakery.clock.advance(60)
    asked = small_bakery.crm.consents.ask(2, "news", CHANNEL)
    assert asked.effect is not None
    links = {kind: small_bakery.link(kind, effect) for kind in ("unsubscribe", "preferences")}
    links |= {"confirm": small_bakery.link("confirm", asked.effect), "gone": "/u/nonsense"}
    links["form"] = "/f/club"
    with serving(small_bakery.crm) as url:
        yield Site(small_bakery, url, links)


@pytest.mark.parametrize("width", [320, 1_280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_read_it(site: Site, browser: Browser, language: str, width: int) -> None:
    """No page is too wide, pale, nameless or in the wrong direction, or asks anybody else for anything."""
    with shown(browser, width) as window:
        for kind in site.links:
            response = window.page.goto(site.at(kind, language))
            assert response is not None
            assert response.status == 200
            root = window.page.locator("html")
            assert root.get_attribute("lang") == language
            assert root.get_attribute("dir") == texts_in(language).direction
            assert window.too_wide() == []
            assert window.unreadable() == []
            tree = window.tree()
            roles = [role for role, _ in tree]
            assert {role: roles.count(role) for role in ("main", "banner", "contentinfo", "navigation")} == {
                "main": 1, "banner": 1, "contentinfo": 1, "navigation": 1,
            }  # fmt: skip
            assert [role for role, name in tree if role in NAMED and not name] == []
            assert window.page.locator("h1").count() == 1
        assert window.hosts() == {"127.0.0.1"}
        assert window.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_the_dark(site: Site, browser: Browser, language: str) -> None:
    """Whoever has their screen dark reads it as well."""
    with shown(browser, color_scheme="dark") as window:
        for kind in site.links:
            window.page.goto(site.at(kind, language))
            assert window.unreadable() == []
        colour = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colour == "rgb(18, 21, 23)"  # the style sheet is let through


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_twice_the_size(site: Site, browser: Browser, language: str) -> None:
    """With letters of 200 % nothing has to be scrolled sideways, even on a small screen."""
    with shown(browser, 320) as window:
        for kind in site.links:
            window.page.goto(site.at(kind, language))
            window.page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert window.too_wide() == []


def test_by_keyboard_only(site: Site, browser: Browser) -> None:
    """The first stop is the button, one sees where one is, and a key presses it."""
    with shown(browser) as window:
        window.page.goto(site.at("unsubscribe"))
        window.page.keyboard.press("Tab")
        focus = "getComputedStyle(document.activeElement)"
        assert window.page.evaluate("document.activeElement.value") == "stop"
        assert window.page.evaluate(f"{focus}.outlineStyle + {focus}.outlineWidth") == "solid3px"
        window.page.keyboard.press("Enter")
        window.page.get_by_role("heading", name="You are unsubscribed").wait_for()

    assert site.bakery.state("news") == "withdrawn"


def test_preferences_by_keyboard_only(site: Site, browser: Browser) -> None:
    """Ticks, the language and saving are reached by the key for the next field, in their order."""
    with shown(browser) as window:
        window.page.goto(site.at("preferences"))
        reached = []
        for _ in range(6):
            window.page.keyboard.press("Tab")
            reached.append(window.page.evaluate("document.activeElement.value"))
            if reached[-1] == f"offers {CHANNEL}":
                window.page.keyboard.press("Space")
            if reached[-1] == "save":
                break
        assert reached == [f"news {CHANNEL}", f"offers {CHANNEL}", "en", "save"]
        window.page.keyboard.press("Enter")
        window.page.get_by_role("status").wait_for()

    assert (site.bakery.state("news"), site.bakery.state("offers")) == ("granted", "withdrawn")


def test_without_scripts(site: Site, browser: Browser) -> None:
    """Unsubscribing, taking that back, choosing and confirming work where no script runs."""
    bakery = site.bakery
    with shown(browser, 320, java_script_enabled=False) as window:
        page = window.page
        page.goto(site.at("unsubscribe"))
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_role("heading", name="You are unsubscribed").wait_for()
        assert bakery.state("news") == "withdrawn"
        page.get_by_role("button", name="by mistake").click()
        page.get_by_role("heading", name="as before").wait_for()
        assert bakery.state("news") == "granted"
        page.get_by_role("link", name="Choose what you receive").click()
        page.get_by_role("group", name="Offers").get_by_role("checkbox").uncheck()
        page.get_by_label("Language of our messages").select_option("pl")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("status").wait_for()
        assert (bakery.state("news"), bakery.state("offers")) == ("granted", "withdrawn")
        page.goto(site.at("confirm", "pl"))
        page.get_by_role("button", name="Tak, poproszę").click()
        page.get_by_role("heading", name="Dziękujemy!").wait_for()
        assert bakery.state("news", 2) == "granted"
        assert page.context.cookies() == []
        assert window.complaints == []


def test_another_language_by_its_link(site: Site, browser: Browser) -> None:
    """Each page leads to itself in the other languages, called as their speakers call them."""
    with shown(browser) as window:
        window.page.goto(site.at("unsubscribe"))
        window.page.get_by_role("link", name="اردو").click()
        window.page.get_by_role("button", name="بند کر دیں", exact=True).wait_for()
        assert window.page.locator("html").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_told(site: Site, browser: Browser, language: str) -> None:
    """A form that is sent half filled in says so to everybody, beside the field that it is about."""
    with shown(browser, 320) as window:
        page = window.page
        page.goto(site.at("form", language))
        page.locator("button").click()
        page.get_by_role("alert").wait_for()
        wrong = page.locator("[aria-invalid=true]")
        assert wrong.count() == 2  # the name and the address
        for field in wrong.all():
            said = page.locator(f"id={field.get_attribute('aria-describedby')}")
            assert said.inner_text()
            assert field.evaluate("each => getComputedStyle(each).borderTopWidth") == "2px"
        assert window.too_wide() == []
        assert window.unreadable() == []
