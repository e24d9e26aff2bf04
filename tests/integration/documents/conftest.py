"""One rendered and one signed sample document for all tests here: making them takes seconds, reading them does not."""

from datetime import UTC, datetime

import pytest

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from tests.factories.reports import school_route_report

RECORD = b'{"reference":"PIA-2026-0042","title":"School-route monitoring cameras"}'
SIGNED_AT = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)


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
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("instance") / "keys"
    return create_authority(folder, city_name="City of Aldermere", now=SIGNED_AT)


@pytest.fixture(scope="session")
def approvers() -> list[Approver]:
    return [Approver(line.name, line.role, line.decision, line.signed_at) for line in school_route_report().sign_offs]


@pytest.fixture(scope="session")
def signed(rendered: bytes, authority: Authority, approvers: list[Approver]) -> bytes:
    return sign_document(
        rendered,
        authority=authority,
        approvers=approvers,
        city_name="City of Aldermere",
        reference="PIA-2026-0042",
        now=SIGNED_AT,
    )
