"""What determinations, the policy and reports leave in the public log, and what they do not give away there."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from sqlalchemy.orm import Session

from pia_engine.models import LogEntry
from pia_engine.services.audit_reports import record_report
from pia_engine.services.determinations import find_determination
from pia_engine.services.log_calls import determination_digest
from pia_engine.services.policies import adopt_policy, begin_draft
from pia_engine.services.policy_sections import policy_digest
from pia_engine.services.transparency_log import Kind, list_entries
from tests.factories.governance.annual_reports import annual_report
from tests.factories.governance.audits import programme_audit
from tests.factories.governance.looking_again import cleared
from tests.factories.policies import make_sound
from tests.factories.walks import Walk


def only(session: Session, kind: Kind) -> LogEntry:
    entries = list_entries(session, kind=kind)
    assert len(entries) == 1
    return entries[0]


def facts(entry: LogEntry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry.body)["facts"]
    return found


def test_a_determination_is_logged_by_a_salted_digest(session: Session, walk: Walk) -> None:
    record = cleared(walk)
    entry, made = only(session, Kind.DETERMINATION), find_determination(session, record)
    assert made is not None
    assert facts(entry) == {
        "reference": record.reference,
        "outcome": "no_pia",
        "decided_on": walk.now.date().isoformat(),
    }
    salt = bytes.fromhex(entry.opening)
    assert len(salt) == 16
    assert entry.digest == determination_digest(made, record, salt)
    assert entry.digest != determination_digest(made, record, b"")
    made.reason += " "
    assert entry.digest != determination_digest(made, record, salt)


def test_the_log_gives_no_text_and_no_salt_away(session: Session, walk: Walk) -> None:
    record = cleared(walk, title="Cameras at the orphanage")
    entry, made = only(session, Kind.DETERMINATION), find_determination(session, record)
    assert made is not None
    public = entry.body.decode()
    people = (record.author.name, made.official.name, str(made.determined_by), entry.opening)
    for secret in ("orphanage", *people, *(text for text in (made.reason, made.conditions) if text)):
        assert secret not in public


def test_two_determinations_alike_have_different_digests(session: Session, walk: Walk) -> None:
    cleared(walk)
    cleared(walk, title="Another one")
    first, second = list_entries(session, kind=Kind.DETERMINATION)
    assert first.digest != second.digest
    assert first.opening != second.opening


def test_an_adopted_policy_and_the_one_before_are_logged_by_what_they_say(session: Session, walk: Walk) -> None:
    draft = begin_draft(session, actor=walk.who("petra"), now=walk.now)
    make_sound(session, draft, actor=walk.who("petra"), now=walk.now)
    assert list_entries(session, kind=Kind.POLICY) == []
    adopt_policy(
        session, draft, adopted_by="City council", instrument="Resolution 4", adopted_on=walk.now.date(),
        changes="Citations.", seen=policy_digest(draft), actor=walk.who("helen"), now=walk.now,
    )  # fmt: skip
    first, second = list_entries(session, kind=Kind.POLICY)
    assert [facts(each)["version"] for each in (first, second)] == [1, 2]
    assert second.digest == policy_digest(draft)
    assert second.digest == hashlib.sha256(rfc8785.dumps({"number": 2, "rules": draft.rules})).hexdigest()


def test_a_published_annual_report_is_logged_by_its_file(session: Session, walk: Walk) -> None:
    report = annual_report(walk, "published")
    entry = only(session, Kind.ANNUAL_REPORT)
    assert entry.digest == report.pdf_digest
    assert facts(entry) == {"reference": report.reference, "year": report.year, "record": report.json_digest}


@pytest.mark.parametrize("times", [1, 2])
def test_a_closing_report_is_logged_once(session: Session, walk: Walk, times: int) -> None:
    audit = programme_audit(walk, "closed")
    for _ in range(times):
        record_report(session, audit, "7" * 64, now=walk.now)
    entry = only(session, Kind.CLOSING_REPORT)
    assert (entry.digest, facts(entry)) == ("7" * 64, {"reference": audit.reference})
