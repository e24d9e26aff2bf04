"""The day by which a published assessment is looked at again, as its public page says it now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.jobs.context import JobContext
from pia_engine.jobs.pages import pages
from pia_engine.models import Assessment, OutboxJob
from pia_engine.register.review_dates import review_date
from pia_engine.services import annual_audits
from tests.factories.walks import Walk


def test_the_public_page_follows_the_next_audit(
    session: Session,
    walk: Walk,
    published: Assessment,
    job_context: Callable[..., JobContext],
    client_for: Callable[[str], FlaskClient],
) -> None:
    address = f"/register/{published.reference}"
    assert "The city checks by 2 March 2027" in client_for("").get(address).text
    (audit,) = annual_audits.list_audits(session, published.reference)
    walk.now = dt.datetime.combine(audit.due_on, dt.time(9), dt.UTC)
    annual_audits.call_due_audits(session, now=walk.now)
    annual_audits.start_audit(session, audit, actor=walk.who("ingrid"), now=walk.now)
    walk.answer(audit, {}, roles=frozenset({"auditor"}), actor=walk.who("ingrid"))
    annual_audits.report_findings(session, audit, actor=walk.who("ingrid"), now=walk.now)
    following = annual_audits.confirm(session, audit, actor=walk.who("helen"), now=walk.now, reason="All is true.")
    key = f"pages:{following.id}:scheduled"
    payload = session.scalars(select(OutboxJob.payload).where(OutboxJob.key == key)).one()
    assert payload == {"reference": published.reference}
    assert review_date(session, published.id) == following.due_on == dt.date(2030, 3, 2)
    session.commit()
    pages(job_context(**payload))
    page = client_for("").get(address).text
    assert "The city checks by 2 March 2030" in page
    assert "The city checks by 2 March 2027" not in page
