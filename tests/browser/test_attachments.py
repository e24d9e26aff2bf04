"""Attaching files in a browser, also without script: list, error, removal, undo and download."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.factories.attachments import PDF

LONG_NAME = f"Results-of-the-security-test-{'of-everything-' * 6}2026.pdf"


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_label("Choose one or several files").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )
    page.get_by_role("button", name="Attach", exact=True).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False])
def test_author_attaches_reads_removes_and_puts_back_a_file(script: bool, windows: Windows) -> None:
    page = windows.of("amara", script=script)
    reference = full_draft(windows.city)
    page.goto(f"/assessments/{reference}/full/files")
    see(page, "no files yet")
    page.goto(f"/assessments/{reference}/full/files/summary")
    see(page, "question without files")
    choose(page, (LONG_NAME, PDF), ("drawing.txt", b"<svg/>"))
    see(page, "one file good, one not")
    expect(page.get_by_role("link", name="“drawing.txt”: The name ends like a TXT file")).to_be_visible()
    page.goto(page.url)
    choose(page, ("minutes.txt", b"What was agreed"))
    expect(page.get_by_text("Attached: minutes.txt.")).to_be_visible()
    see(page, "question with files")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="minutes.txt", exact=True).click()
    assert waiting.value.suggested_filename == "minutes.txt"
    assert Path(waiting.value.path()).read_bytes() == b"What was agreed"
    page.get_by_role("link", name="Remove minutes.txt").click()
    see(page, "asked once more")
    page.get_by_role("button", name="Remove the file").click()
    see(page, "file removed")
    page.get_by_role("button", name="Put back minutes.txt").click()
    expect(page.get_by_text("“minutes.txt” is attached again.")).to_be_visible()
    page.get_by_role("link", name="All files of this assessment").click()
    see(page, "all files")
    expect(page.get_by_role("row")).to_have_count(3)
