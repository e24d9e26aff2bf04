"""One rendered and one signed sample document for all tests here: making them takes seconds, reading them does not."""

from datetime import UTC, datetime, timedelta

import pytest

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.standing import renew_document, sign_standing
from tests.factories.reports import bare_report, school_route_report
from tests.factories.reports_arabic import arabic_report
from tests.factories.reports_japanese import japanese_report

RECORD = b'{"reference":"PIA-2026-0042","title":"School-route monitoring cameras"}'
SIGNED_AT = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
CITY = "City of Aldermere"
WORDS = "Superseded on 22 November 2026 by edition 2."


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files out that would not pass their own check, as somebody who holds the keys but not our code."""
    for place in ("signatures", "standing"):
        monkeypatch.setattr(f"pia_engine.documents.{place}.require_genuine", lambda pdf, **_: pdf)


@pytest.fixture(scope="session")
def record() -> bytes:
    return RECORD


@pytest.fixture(scope="session")
def signed_at() -> datetime:
    return SIGNED_AT


@pytest.fixture(scope="session")
def rendered(record: bytes) -> bytes:
    return render_pdf(school_route_report(), record=record)


@pytest.fixture(scope="session")
def brief(record: bytes) -> bytes:
    """The same document with hardly a page in it: some readers take the square of the length."""
    return render_pdf(bare_report(), record=record)


@pytest.fixture(scope="session")
def in_three_languages(rendered: bytes, record: bytes) -> dict[str, bytes]:
    reports = {"japanese": japanese_report(), "arabic": arabic_report()}
    return {"english": rendered, **{name: render_pdf(report, record=record) for name, report in reports.items()}}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("instance") / "keys"
    return create_authority(folder, city_name=CITY, now=SIGNED_AT)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another installation that calls itself the same."""
    folder = tmp_path_factory.mktemp("stranger") / "keys"
    return create_authority(folder, city_name=CITY, now=SIGNED_AT)


@pytest.fixture(scope="session")
def approvers() -> list[Approver]:
    return [Approver(line.name, line.role, line.decision, line.signed_at) for line in school_route_report().sign_offs]


@pytest.fixture(scope="session")
def signed(rendered: bytes, authority: Authority, approvers: list[Approver]) -> bytes:
    return sign_document(
        rendered,
        authority=authority,
        approvers=approvers,
        city_name=CITY,
        reference="PIA-2026-0042",
        now=SIGNED_AT,
    )


@pytest.fixture(scope="session")
def superseded(signed: bytes, authority: Authority) -> bytes:
    """The signed document after the city wrote on its cover what became of it."""
    return sign_standing(
        signed,
        authority=authority,
        words=WORDS,
        reference="PIA-2026-0042",
        city_name=CITY,
        now=SIGNED_AT + timedelta(days=2),
    )


@pytest.fixture(scope="session")
def renewed(superseded: bytes, authority: Authority) -> bytes:
    """The same once more, a year later."""
    return renew_document(superseded, authority=authority, now=SIGNED_AT + timedelta(days=342))
