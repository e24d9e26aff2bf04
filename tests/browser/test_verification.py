"""Checking a document in the browser, without script: the form, each main answer, and a file that is none."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pia_engine.documents.authority import open_authority
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.register.verification import PublishedDocument, Signer, Standing
from pia_engine.web import verification
from tests.browser.seeing import Windows, see
from tests.factories.reports import school_route_report
from tests.factories.tampered import TAMPERS
from tests.fixtures.live_city import MORNING, LiveCity

SHOTS = os.environ.get("PIA_SHOTS", "")


def look(page: Page, name: str) -> None:
    see(page, name)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})


def signed_by(city: LiveCity) -> bytes:
    report = school_route_report()
    return sign_document(
        render_pdf(report, record=b'{"reference":"PIA-2026-0042"}'),
        authority=open_authority(city.settings.keys_folder),
        approvers=[Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs],
        city_name="City of Aldermere",
        reference=report.reference,
        now=MORNING,
    )


def check(page: Page, file: Path, data: bytes, headline: str) -> None:
    file.write_bytes(data)
    page.goto("/verify")
    page.get_by_label("The file").set_input_files(file)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(headline)


def known(**more: object) -> PublishedDocument:
    return PublishedDocument(
        "PIA-2026-0042",
        "School-route monitoring cameras",
        MORNING,
        organisation="City of Aldermere",
        position=17,
        address="/register/PIA-2026-0042/v1",
        proof="/register/PIA-2026-0042/v1/proof.json",
        signers=(Signer("Daniel Reyes", "Director, Streets and Mobility", when="2026-03-01, 11:30 UTC"),),
        **more,  # type: ignore[arg-type]
    )


def test_resident_has_documents_checked(windows: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, file, pdf = windows.open(script=False), tmp_path / "document.pdf", signed_by(windows.city)
    page.set_default_timeout(60_000)  # a file nobody knows is examined in a process of its own
    page.goto("/verify")
    look(page, "the form for checking a document")
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the file")
    look(page, "no file was chosen")
    check(page, file, TAMPERS["a note added"].make(pdf), "This file is not what was signed.")
    expect(page.get_by_role("main")).to_contain_text("A note or another annotation was added")
    look(page, "an altered document")
    check(page, file, pdf, "is not in the city's register")
    look(page, "a document that is not in the register")
    found = {hashlib.sha256(pdf).hexdigest(): known()}
    monkeypatch.setattr(verification, "find_document", lambda _session, digest, **_more: found.get(digest))
    check(page, file, pdf, "This file is genuine and current.")
    look(page, "a document that is genuine and current")
    gone = MORNING + dt.timedelta(days=30)
    found = {hashlib.sha256(pdf).hexdigest(): known(standing=Standing.WITHDRAWN, since=gone, reason="It named people.")}
    check(page, file, pdf, "the city withdrew it")
    look(page, "a document that was withdrawn")
    check(page, file, b"%PDF-1.7\nA letter.\n%%EOF\n", "not a signed document of the city")
    look(page, "a document that is not signed")
