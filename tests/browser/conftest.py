"""The windows of a browser test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.seeing import Windows
from tests.fixtures.live_city import LiveCity


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "windows" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def windows(browser: Browser, live_city: LiveCity) -> Iterator[Windows]:
    """Opens windows; at the end none of them may have had trouble."""
    opened = Windows(browser, live_city)
    yield opened
    opened.close()
