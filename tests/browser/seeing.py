"""Looking at pages: what every page has to hold, the windows people look through, and the pictures of the guide.

A window fails the test when its page writes an error to the console, breaks the content policy, or asks for anything
that is not on this machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    Route,
    ViewportSize,
    expect,
)

from tests.fixtures.live_city import LiveCity

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "pictures"
DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=320, height=640)
ELSEWHERE = re.compile(r"^(?!http://127\.0\.0\.1:\d+/|data:|blob:)")
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
OUR_OWN = "Applying inline style"  # of no file: what axe and the camera try to add to a page
AXE = Axe()
OPTIONS = {"resultTypes": ["violations"]}
TWINS: WeakKeyDictionary[Page, Page] = WeakKeyDictionary()  # axe needs script; these windows show the same bytes to it


@dataclass
class Windows:
    """The browser windows of one test. Each has its own cookies, as if on a computer of its own."""

    browser: Browser
    city: LiveCity
    troubles: list[str] = field(default_factory=list)
    _opened: list[BrowserContext] = field(default_factory=list)
    _navigations: set[str] = field(default_factory=set)

    def open(self, *, script: bool = True) -> Page:
        """A window of somebody nobody knows yet."""
        context = self.browser.new_context(
            base_url=self.city.url, java_script_enabled=script, viewport=DESKTOP, reduced_motion="reduce", locale="en"
        )
        context.set_default_timeout(10_000)
        context.route(ELSEWHERE, self._refuse)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("response", self._note_navigation)
        self._opened.append(context)
        page = context.new_page()
        if not script:
            TWINS[page] = self.open()
        return page

    def of(self, first: str, *, script: bool = True) -> Page:
        """A window in which somebody has signed in, and is on the page “My work”."""
        page = self.open(script=script)
        page.goto("/sign-in")
        sign_in(page, first, self.city.password)
        expect(page).not_to_have_url(re.compile("/sign-in"))
        return page

    def close(self) -> None:
        for context in self._opened:
            context.close()
        self._opened.clear()
        assert not self.troubles, "\n".join(self.troubles)

    def _refuse(self, route: Route) -> None:
        self.troubles.append(f"asked for {route.request.url}")
        route.abort()

    def _note_navigation(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._navigations.add(response.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        source = message.location["url"]
        is_refused_page = source in self._navigations and REFUSED.match(message.text)
        is_our_own = not source and message.text.startswith(OUR_OWN)
        if message.type == "error" and not is_refused_page and not is_our_own:
            self.troubles.append(f"{source}: {message.text}")


def sign_in(page: Page, first: str, password: str) -> None:
    """Fill the sign-in page."""
    page.get_by_label("E-mail address").fill(f"{first}@aldermere.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def see(page: Page, name: str) -> Page:
    """What holds for every page: a title that says where one is, one heading, nothing axe objects to, and room on a
    telephone."""
    page.wait_for_load_state()
    heading = page.get_by_role("heading", level=1)
    expect(heading, f"{name}: not one main heading at {page.url}").to_have_count(1)
    assert heading.inner_text().strip(), name
    assert page.title().count(" – ") >= 2, f"{name}: {page.title()}"
    looked_at = _with_script(page)
    found = AXE.run(looked_at, options=OPTIONS)
    assert found.violations_count == 0, f"{name} at {page.url}\n{found.generate_report()}"
    too_wide = _on_a_phone(looked_at, lambda: looked_at.evaluate(OVERFLOWING))
    assert too_wide == [], f"{name} at {page.url} is wider than a telephone: {too_wide}"
    return page


OVERFLOWING = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter(each => { const box = each.getBoundingClientRect(); return box.right > room + 1 || box.left < -1; })
    .slice(0, 5).map(each => each.outerHTML.slice(0, 160));
}"""


def _with_script(page: Page) -> Page:
    """The page itself, or the same page in a window that runs script."""
    twin = TWINS.get(page)
    if twin is None:
        return page
    address, bytes_seen = page.url.partition("#")[0], page.content()
    twin.route(address, lambda route: route.fulfill(body=bytes_seen, content_type="text/html; charset=utf-8"))
    twin.goto(address)
    twin.unroute(address)
    return twin


def _on_a_phone(page: Page, look: Callable[[], list[str]]) -> list[str]:
    page.set_viewport_size(PHONE)
    try:
        return look()
    finally:
        page.set_viewport_size(DESKTOP)


def picture(page: Page, name: str, *, of: Locator | None = None, height: int = 760) -> None:
    """Keep a picture for the guide when PIA_TAKE_PICTURES is set: the window from the top, or from `of` on."""
    if not os.environ.get("PIA_TAKE_PICTURES"):
        return
    top = 0.0
    if of is not None:
        box = of.bounding_box()
        assert box is not None, name
        top = max(0.0, box["y"] + float(page.evaluate("window.scrollY")) - 64)
    clip = {"x": 0, "y": top, "width": DESKTOP["width"], "height": height}
    taken = page.screenshot(clip=clip, full_page=True, animations="disabled")  # type: ignore[arg-type]
    PICTURES.mkdir(parents=True, exist_ok=True)
    _with_few_colours(taken).save(PICTURES / f"{name}.png", optimize=True)


def _with_few_colours(taken: bytes) -> Image.Image:
    return Image.open(BytesIO(taken)).convert("RGB").quantize(colors=64, method=Image.Quantize.MEDIANCUT)
