"""Headless Chromium for tests, and what they ask of a page that it shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from attrs import define, field

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE: Final = 30_000
# By WCAG 2.2: contrast of text against what is behind it, and of the edges of controls.
_CONTRAST: Final = """() => {
  const parse = text => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return {rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1};
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ratio = (a, b) => {
    const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
    return (bright + .05) / (dark + .05);
  };
  const behind = node => {
    for (let each = node; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.alpha === 1) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement, text = texts.currentNode.textContent.trim();
    if (!text || !node.getClientRects().length) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const is = ratio(parse(style.color).rgb, behind(node));
    found.push({what: text, is, least});
  }
  for (const node of document.querySelectorAll("button, select")) {
    const edge = parse(getComputedStyle(node).borderTopColor).rgb;
    found.push({what: "edge of " + node.textContent, is: ratio(edge, behind(node.parentElement)), least: 3});
  }
  return found;
}"""
_TOO_WIDE: Final = """() => {
  const root = document.scrollingElement;
  return root.scrollWidth <= root.clientWidth ? [] : [...document.querySelectorAll("*")]
    .filter(each => each.getBoundingClientRect().width > root.clientWidth)
    .map(each => each.outerHTML.slice(0, 80));
}"""


@define
class Shown:
    """A page in a browser, with every address that it asked for and all that the browser complained of."""

    page: Page
    asked: list[str] = field(factory=list)
    complaints: list[str] = field(factory=list)

    def hosts(self) -> set[str]:
        """The hosts that were asked for anything."""
        return {urlsplit(address).hostname or "" for address in self.asked}

    def unreadable(self) -> Sequence[Any]:
        """Texts and edges with too little contrast."""
        found = self.page.evaluate(_CONTRAST)
        assert found
        return [each for each in found if each["is"] < each["least"]]

    def too_wide(self) -> Sequence[str]:
        """Why it can be scrolled sideways."""
        return list(self.page.evaluate(_TOO_WIDE))

    def tree(self) -> Sequence[tuple[str, str]]:
        """(role, name) of everything that assistive technology is told of."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        return [
            (each["role"]["value"], each.get("name", {}).get("value", ""))
            for each in nodes
            if not each.get("ignored") and "role" in each
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Where none is installed, tests are skipped; with CI=true that is an error."""
    program = next((found for each in _PROGRAMS if (found := shutil.which(each))), None)
    if program is None:
        message = "no Chromium is installed (apt install chromium)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(_ARGUMENTS), timeout=_PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def shown(browser: Browser, width: int = 1_280, **options: Any) -> Iterator[Shown]:
    """A window of its own, so many pixels wide."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    found = Shown(page)
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    try:
        yield found
    finally:
        context.close()
