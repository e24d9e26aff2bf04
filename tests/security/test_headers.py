"""The headers every answer carries, and that pages keep to the policy they state."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

ClientFor = Callable[[str], FlaskClient]
ADDRESSES = ["/sign-in", "/account", "/help", "/nope", "/healthz", "/administration", "/administration/city"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_closed_to_foreign_scripts_frames_and_sniffing(client_for: ClientFor, address: str) -> None:
    headers = client_for("adam").get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("address", [*ADDRESSES, "/forgotten-password"])
def test_nothing_about_a_person_is_kept_by_browsers_or_caches(client_for: ClientFor, address: str) -> None:
    assert client_for("adam").get(address).headers["Cache-Control"] == "no-store"


def test_each_answer_has_a_nonce_of_its_own(client_for: ClientFor) -> None:
    client = client_for("")
    first, second = (client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_script_carries_the_nonce_and_nothing_is_inline(client_for: ClientFor, address: str) -> None:
    answer = client_for("adam").get(address)
    found = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert found
    for script in re.findall(r"<script[^>]*>", answer.text):
        assert f'nonce="{found.group(1)}"' in script
        assert "src=" in script
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", answer.text)


def test_pages_behind_a_secret_link_tell_nobody_where_a_reader_came_from(client_for: ClientFor) -> None:
    assert client_for("").get("/vendor/not-a-token").headers["Referrer-Policy"] == "no-referrer"
