"""What the chapters of the lifecycle share: who is where, what waits for them, and the steps they take."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from ruamel.yaml import YAML

from pia_engine.questionnaires.definition import Questionnaire
from tests.browser.seeing import Windows, picture, see
from tests.fixtures.live_city import LiveCity

TITLE = "Parking bay sensors in the Harbour Quarter"


@dataclass
class Story:
    """What the chapters know of each other."""

    windows: Windows
    city: LiveCity
    content: dict[str, Any]
    folder: Path
    files: dict[str, Path] = field(default_factory=dict)

    def questionnaire(self, name: str) -> Questionnaire:
        return self.city.app.extensions["pia-catalogue"].newest(name)  # type: ignore[no-any-return]

    def arrive(self, first: str) -> Page:
        """Somebody begins the day at “My work”."""
        return see(self.windows.of(first), f"my work of {first}")

    def take_up(self, first: str, why: str) -> Page:
        """Somebody opens what waits for them."""
        page = self.arrive(first)
        waiting(page, why).click()
        return see(page, f"{first}: {why}")


def content_of(name: str) -> dict[str, Any]:
    text = resources.files("pia_engine.demo").joinpath("aldermere", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe").load(text)
    return loaded


def waiting(page: Page, why: str) -> Locator:
    return page.get_by_role("link", name=re.compile(rf"^{re.escape(why)}\s*:\s*{re.escape(TITLE)}$"))


def take_step(page: Page, label: str, **typed: str) -> None:
    """A step of a record: the page that says what will happen, then the step itself."""
    page.get_by_role("link", name=label, exact=True).click()
    see(page, f"step: {label}")
    for name, text in typed.items():
        page.get_by_role("textbox", name=name.replace("_", " "), exact=True).fill(text)
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text(f"{label}: done. It stands in the record.")).to_be_visible()


def open_assessment(story: Story, first: str) -> Page:
    """Somebody finds the assessment by way of the initiatives."""
    page = story.windows.of(first)
    page.get_by_role("link", name="Initiatives", exact=True).click()
    see(page, "initiatives")
    page.get_by_role("link", name=TITLE).click()
    see(page, f"the initiative, as {first} sees it")
    page.get_by_role("link", name="Full assessment, version 1").click()
    return see(page, f"the full assessment, as {first} sees it")


def link_in_the_message(story: Story, subject: str, *, picture_name: str = "") -> str:
    """The administrator reads a kept message and passes its link on."""
    page = story.windows.of("adam")
    page.goto("/administration")
    see(page, "administration")
    page.get_by_role("link", name="Messages").first.click()
    see(page, "messages")
    vendor = page.get_by_role("row").filter(has_text=story.content["vendor"]["email"])
    vendor.get_by_role("link", name=subject).first.click()
    see(page, "a message")
    if picture_name:
        picture(page, picture_name)
    link = page.get_by_role("link", name=re.compile("vendor")).first.get_attribute("href")
    assert link
    return link


def attest(story: Story, page: Page) -> None:
    vendor = story.content["vendor"]
    see(page, "the vendor attests")
    page.get_by_label("Your name").fill(vendor["attested_name"])
    page.get_by_label("Your position in the company").fill(vendor["attested_title"])
    page.get_by_label("These answers are true and complete to my knowledge.").check()
    page.get_by_role("button", name="Attest and send").click()


def verify(story: Story, file: Path) -> int:
    command = [sys.executable, "-m", "pia_engine.cli", "verify", str(file)]
    environment = {**os.environ, "PIA_INSTANCE": str(story.city.settings.instance)}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode
