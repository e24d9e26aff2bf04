"""Withholdings by their services: what can be proposed, who decides, what they stop, and what is disclosed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.models import Assessment, AuditEvent, LogEntry, OutboxJob, Withholding
from pia_engine.questionnaires.hiding import Extent
from pia_engine.register.language import language_of
from pia_engine.register.withholding import project, verify_disclosure
from pia_engine.services import assessments, disclosures, publications, withholdings
from pia_engine.services.reports import build_record, project_record
from pia_engine.services.reviews import list_requested_changes, reply_to_change
from pia_engine.services.unsettled import list_unsettled
from pia_engine.services.work import list_waiting
from tests.factories.governance.withholdings import URL, approved, disclosed, proposed, published
from tests.factories.people import persona
from tests.factories.walks import AUTHORS, Walk

WORDS = "A considered answer"


def test_officer_proposes_and_the_senior_official_is_told(session: Session, walk: Walk) -> None:
    found = proposed(walk)
    assert (found.reference, found.status, found.author) == ("WTH-2026-0001", "proposed", persona(session, "petra"))
    (part,) = withholdings.withheld_parts(session, found.assessment, statuses=["proposed"])
    assert (part.path, part.ground) == ("answers/purpose", "Security")
    told = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice")).all()
    helen = str(persona(session, "helen").id)
    assert helen in {job.payload["person"] for job in told if job.payload["event"] == "withholding:proposed"}
    assert found.reference in {each.reference for each in list_waiting(session, actor=walk.who("helen"))}


def test_trail_names_the_decision_but_never_what_is_withheld(session: Session, walk: Walk) -> None:
    found = approved(walk)
    secret = found.parts[0]["value"]
    events = session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id == found.id)).all()
    assert [each.event for each in events] == ["withholding:proposed", "withholding:approved"]
    said = b"".join(each.body for each in events).decode()
    assert found.reference in said or "security" in said
    assert secret not in said
    assert found.parts[0]["salt"] not in said


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "helen", "victor", "ingrid", "otto"])
def test_nobody_but_the_officer_proposes(first: str, walk: Walk) -> None:
    record = walk.full("approved")
    with pytest.raises(NotAllowed):
        proposed(walk, record, first=first)


def test_nobody_decides_what_they_proposed(session: Session, walk: Walk) -> None:
    """Also not when somebody else's proposal is theirs through the office they hold besides."""
    found = proposed(walk)
    found.author_id = persona(session, "helen").id
    with pytest.raises(NotAllowed, match="proposed"):
        withholdings.approve_withholding(session, found, actor=walk.who("helen"), now=walk.now, reason="Yes.")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ground": "because"}, "ground"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"question": "nonsense"}, "question"),
        ({"question": "security_measures"}, "question"),
        ({"extent": Extent.ROWS}, "rows"),
        ({"extent": Extent.ROWS, "places": ((1, ""),)}, "rows"),
        ({"question": "data_inventory", "extent": Extent.ROWS, "places": ((99, ""),)}, "rows"),
        ({"question": "data_inventory", "extent": Extent.ROWS, "places": ((1, "element"),)}, "rows"),
        ({"question": "data_inventory", "extent": Extent.CELLS, "places": ((1, ""),)}, "cells"),
        ({"question": "data_inventory", "extent": Extent.CELLS, "places": ((1, "nonsense"),)}, "cells"),
        ({"question": "risks", "extent": Extent.CELLS, "places": ((1, "likelihood"),)}, "cells"),
        ({"extent": Extent.WORDS, "words": " x "}, "words"),
        ({"extent": Extent.WORDS, "words": "not in the answer at all"}, "words"),
    ],
)
def test_proposal_that_does_not_fit_says_where(walk: Walk, given: dict[str, object], field: str) -> None:
    record = walk.full("approved")
    with pytest.raises(withholdings.Misplaced) as refusal:
        proposed(walk, record, **given)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize("status", ["draft", "publishing", "published"])
def test_nothing_is_proposed_too_early_or_too_late(walk: Walk, session: Session, status: str) -> None:
    record = walk.full(status)
    with pytest.raises(NotPossible):
        withholdings.check_can_propose(session, record, actor=walk.who("petra"))


def test_nothing_is_withheld_twice(walk: Walk) -> None:
    record = walk.full("approved")
    proposed(walk, record, extent=Extent.WORDS, words=WORDS)
    with pytest.raises(NotPossible, match="already"):
        proposed(walk, record)
    with pytest.raises(NotPossible, match="already"):
        proposed(walk, record, extent=Extent.WORDS, words=WORDS.upper())
    proposed(walk, record, extent=Extent.WORDS, words="to “")


def test_open_proposal_stops_publication_until_it_is_decided(session: Session, walk: Walk) -> None:
    record = walk.full("approved")
    found = proposed(walk, record)
    with pytest.raises(NotPossible, match="not decided") as refusal:
        publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    assert refusal.value.place == f"withholdings:{found.reference}"
    withholdings.refuse_withholding(session, found, actor=walk.who("helen"), now=walk.now, reason="No danger.")
    publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    assert record.status == "publishing"


def _rewritten(walk: Walk, record: Assessment) -> None:
    """Sent back, the purpose rewritten, and handed in again."""
    walk.answer(record, {"purpose": "Something else entirely."}, roles=AUTHORS, actor=walk.who("amara"))
    assessments.submit_assessment(walk.session, record, actor=walk.who("amara"), now=walk.now)


def test_changed_text_stops_approval_and_publication(session: Session, walk: Walk) -> None:
    record = walk.full("changes_requested")
    found, other = proposed(walk, record), proposed(walk, record, question="benefits")
    withholdings.approve_withholding(session, other, actor=walk.who("helen"), now=walk.now, reason="Yes.")
    for change in list_requested_changes(session, record):
        reply_to_change(session, record, change.id, reply="Done.", actor=walk.who("amara"), now=walk.now)
    _rewritten(walk, record)
    assert (withholdings.is_changed(session, found), withholdings.is_changed(session, other)) == (True, False)
    with pytest.raises(NotPossible, match="changed"):
        withholdings.approve_withholding(session, found, actor=walk.who("helen"), now=walk.now, reason="Yes.")
    withholdings.take_back_withholding(session, found, actor=walk.who("petra"), now=walk.now, reason="Rewritten.")
    assert not withholdings.is_changed(session, found)


def test_approved_part_that_is_gone_stops_publication(session: Session, walk: Walk) -> None:
    record = walk.full("approved")
    found = approved(walk, record)
    found.parts = [{**found.parts[0], "value": "what stood there once"}]
    session.flush()
    with pytest.raises(NotPossible, match="changed"):
        publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    with pytest.raises(NotPossible, match="changed"):
        project_record(session, record, build_record(session, record, now=walk.now, public_url=URL))


def test_approved_one_is_not_in_the_projection(session: Session, walk: Walk) -> None:
    record = walk.full("approved")
    found = approved(walk, record)
    complete = build_record(session, record, now=walk.now, public_url=URL)
    public = project_record(session, record, complete)
    secret = found.parts[0]["value"]
    assert secret in json.dumps(complete, ensure_ascii=False)
    assert secret not in json.dumps(public, ensure_ascii=False)
    assert complete["withheld"] == []
    assert [line["withholding"] for line in public["withheld"]] == [found.reference]


def test_what_was_approved_is_not_undone_by_whoever_proposed_it(session: Session, walk: Walk) -> None:
    found = approved(walk)
    with pytest.raises(NotPossible):
        withholdings.take_back_withholding(session, found, actor=walk.who("petra"), now=walk.now, reason="Why not.")
    with pytest.raises(NotAllowed):
        withholdings.lift_withholding(session, found, actor=walk.who("petra"), now=walk.now, reason="Why not.")
    withholdings.lift_withholding(session, found, actor=walk.who("helen"), now=walk.now, reason="It is known.")
    assert found.status == "taken_back"
    record = found.assessment
    public = project_record(session, record, build_record(session, record, now=walk.now, public_url=URL))
    assert found.parts[0]["value"] in json.dumps(public, ensure_ascii=False)


def test_after_publication_nothing_is_taken_back(session: Session, walk: Walk) -> None:
    found = published(walk)
    with pytest.raises(NotPossible, match="published"):
        withholdings.lift_withholding(session, found, actor=walk.who("helen"), now=walk.now, reason="Why not.")


def test_nothing_is_disclosed_before_publication(session: Session, walk: Walk) -> None:
    found = approved(walk)
    with pytest.raises(NotPossible, match="published"):
        disclosures.disclose(session, found, actor=walk.who("helen"), now=walk.now, reason="Why not.")


def test_disclosure_is_logged_and_proves_itself(session: Session, walk: Walk) -> None:
    found = disclosed(walk)
    document = json.loads(found.disclosure)
    entry = session.scalars(select(LogEntry).where(LogEntry.key == f"disclosure:{found.reference}")).one()
    assert (entry.kind, entry.digest) == ("disclosure", found.disclosure_digest)
    assert found.parts[0]["value"] not in entry.body.decode()
    complete = build_record(session, found.assessment, now=walk.now, public_url=URL)
    parts = withholdings.parts_of(found)
    public = project(complete, parts, language=language_of("en", "UTC"))
    assert verify_disclosure(public, document)
    ordered = select(OutboxJob).where(OutboxJob.key == f"pages:disclosure:{found.reference}")
    assert session.scalars(ordered).one().kind == "pages"


def _next_edition(walk: Walk, before: Assessment, **answers: str) -> Assessment:
    record = assessments.begin_new_edition(walk.session, before, actor=walk.who("helen"), now=walk.now)
    if answers:
        _written(walk, record, answers)
    return walk.advance(record, "approved")


def _written(walk: Walk, record: Assessment, answers: dict[str, str]) -> None:
    for first, role in (("amara", "agency_official"), ("sofia", "contributor")):
        walk.answer(record, answers, roles=frozenset({role}), actor=walk.who(first))  # type: ignore[arg-type]


def _refused_to_publish(session: Session, walk: Walk, record: Assessment, before: Withholding) -> None:
    assert [each.reference for each in list_unsettled(session, record)] == [before.reference]
    with pytest.raises(NotPossible, match="withheld elsewhere") as refusal:
        publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    assert refusal.value.place == f"withholdings-of:{record.reference}"
    assert before.reference in str(refusal.value)


@pytest.mark.parametrize("way", ["withheld again", "disclosed", "words", "gone"])
def test_next_version_does_not_publish_what_this_one_withholds(session: Session, walk: Walk, way: str) -> None:
    before = published(walk)
    record = _next_edition(walk, before.assessment)
    _refused_to_publish(session, walk, record, before)
    value = before.parts[0]["value"]
    other = "Once upon a time there was a gate."
    settled: dict[str, Callable[[], object]] = {
        "withheld again": lambda: approved(walk, record),
        "disclosed": lambda: disclosures.disclose(
            session, before, actor=walk.who("helen"), now=walk.now, reason="Old."
        ),
        "words": lambda: approved(walk, record, extent=Extent.WORDS, words=value),
        "gone": lambda: setattr(before, "parts", [{**before.parts[0], "value": other, "texts": [other]}]),
    }
    settled[way]()
    session.flush()
    assert list_unsettled(session, record) == []
    publications.order_publication(session, record, actor=walk.who("petra"), now=walk.now)
    assert session.scalars(select(Withholding).where(Withholding.status == "proposed")).all() == []


SECRET = "The key hangs behind the third locker."


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("purpose", f"To count. {SECRET} That is all."),
        ("benefits", f"As we said: “{SECRET.upper()}”"),
        ("name", SECRET),
    ],
)
def test_next_version_does_not_say_it_edited_or_elsewhere_either(
    session: Session, walk: Walk, question: str, text: str
) -> None:
    first = walk.full("draft")
    _written(walk, first, {"purpose": SECRET})
    walk.advance(first, "approved")
    before = approved(walk, first)
    walk._to_publishing(first, "low")
    walk._to_published(first, "low")
    record = _next_edition(walk, first, **{"purpose": "Something else entirely.", question: text})
    _refused_to_publish(session, walk, record, before)
    approved(walk, record, question=question, extent=Extent.WORDS, words=SECRET)
    assert list_unsettled(session, record) == []


def test_what_another_reference_of_the_initiative_withholds_is_not_published(session: Session, walk: Walk) -> None:
    before, record = published(walk), walk.full("approved", title="Second")
    assert list_unsettled(session, record) == []
    record.initiative_id = before.assessment.initiative_id
    session.flush()
    _refused_to_publish(session, walk, record, before)


def _disclose(walk: Walk, withholding: Withholding) -> None:
    disclosures.disclose(walk.session, withholding, actor=walk.who("helen"), now=walk.now, reason="It is known.")


def _published_with(walk: Walk, record: Assessment, *proposals: dict[str, object]) -> list[Withholding]:
    found = [approved(walk, record, **given) for given in proposals]
    walk._to_publishing(record, "low")
    walk._to_published(record, "low")
    return found


def _is_in_the_way(walk: Walk, withholding: Withholding, other: Withholding) -> None:
    with pytest.raises(NotPossible, match="still withholds") as refusal:
        _disclose(walk, withholding)
    assert refusal.value.place == f"withholdings:{other.reference}"
    assert withholding.status == "approved"


def test_disclosing_one_does_not_publish_what_another_withholds(walk: Walk) -> None:
    record = walk.full("draft")
    _written(walk, record, {"purpose": f"To count. {SECRET}", "benefits": f"Safety. {SECRET}"})
    walk.advance(record, "approved")
    words: dict[str, object] = {"question": "benefits", "extent": Extent.WORDS, "words": SECRET[:20]}
    whole, part = _published_with(walk, record, {}, words)
    _is_in_the_way(walk, whole, part)
    _disclose(walk, part)
    _disclose(walk, whole)


def test_the_same_withheld_in_two_versions_is_disclosed_in_the_newer_first(walk: Walk) -> None:
    record = walk.full("draft")
    _written(walk, record, {"purpose": f"To count. {SECRET}"})
    (before,) = _published_with(walk, walk.advance(record, "approved"), {})
    newer = _next_edition(walk, record)
    (after,) = _published_with(walk, newer, {})
    _is_in_the_way(walk, before, after)
    _disclose(walk, after)
    _disclose(walk, before)
