"""Requests to experts: who asks whom, what signing off needs, reminding, withdrawing, and what readers are told."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible, Stale
from pia_engine.models import Assessment, Contribution, OutboxJob
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import contributions
from pia_engine.services.contribution_states import list_open_points, state_of
from pia_engine.services.people import designate
from pia_engine.services.work import list_waiting
from pia_engine.services.work_steps import ASKED, ASKED_AGAIN, CONTRIBUTION
from tests.factories.people import FOUNDED, persona
from tests.factories.together import ask, change, ready, sign_off
from tests.factories.walks import Walk

TODAY = dt.date(2026, 3, 2)


def notices(session: Session, event: str) -> list[dict[str, str]]:
    return [job.payload for job in session.scalars(select(OutboxJob)) if job.payload.get("event") == event]


def test_the_expert_is_told_and_finds_the_request_in_their_work(session: Session, walk: Walk) -> None:
    record = walk.full()
    asked = ask(walk, record, "security", due_on=TODAY)
    (notice,) = notices(session, "contribution:asked")
    assert notice["person"] == str(persona(session, "sofia").id)
    assert notice["reason"] == "Is the encryption sound?"
    (line,) = list_waiting(session, actor=walk.who("sofia"))
    assert (line.why, line.request) == (ASKED, asked)
    assert state_of(asked, TODAY) == "asked"
    assert state_of(asked, TODAY + dt.timedelta(days=1)) == "overdue"


def test_an_expert_nobody_asked_still_sees_drafts_with_questions_for_experts(session: Session, walk: Walk) -> None:
    walk.full()
    (line,) = list_waiting(session, actor=walk.who("sofia"))
    assert line.why == CONTRIBUTION


@pytest.mark.parametrize("first", ["daniel", "sofia", "helen", "ingrid", "adam", "otto"])
def test_only_the_author_and_the_privacy_officer_ask(first: str, walk: Walk) -> None:
    record = walk.full()
    with pytest.raises(NotAllowed):
        ask(walk, record, by=first)
    assert not contributions.can_ask(record, actor=walk.who(first))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"topic": "magic"}, "expertise"),
        ({"person_id": uuid.uuid4()}, "somebody who contributes"),
        ({"sections": ()}, "at least one section"),
        ({"sections": ("no-such",)}, "at least one section"),
        ({"text": " "}, "what you ask"),
        ({"due_on": dt.date(2020, 1, 1)}, "passed"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(
    values: dict[str, object], sentence: str, session: Session, walk: Walk
) -> None:
    record = walk.full()
    good = {"person_id": persona(session, "sofia").id, "topic": "legal", "sections": ("scope",), "text": "Look."}
    request = contributions.Request(**{**good, **values})  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=sentence):
        contributions.ask_contribution(session, record, request, actor=walk.who("amara"), now=walk.now)


def test_an_author_who_is_an_expert_too_is_not_asked_about_the_own_text(session: Session, walk: Walk) -> None:
    record = walk.full()
    designate(
        session, persona(session, "amara"), Role.CONTRIBUTOR, department=None, designated_by="Mayor",
        instrument="2", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    names = [each.name for each in contributions.list_experts(session, record, now=walk.now)]
    assert names == ["Sofia Security"]


def test_nobody_is_asked_twice_for_the_same_section(session: Session, walk: Walk) -> None:
    record = walk.full()
    ask(walk, record, "security", "scope")
    with pytest.raises(Invalid, match="already asked"):
        ask(walk, record, "scope", "retention")
    ask(walk, record, "scope", topic="legal")


def test_nobody_is_asked_once_it_is_decided(walk: Walk) -> None:
    with pytest.raises(NotPossible, match="decided"):
        ask(walk, walk.full("approved"))


def test_signing_off_needs_the_expert_s_own_answers(session: Session, walk: Walk) -> None:
    record = walk.full()
    asked = ask(walk, record, "security")
    with pytest.raises(NotPossible, match="still need an answer"):
        sign_off(walk, asked)
    sign_off(walk, ask(walk, record, "scope", topic="legal"))


def test_only_the_expert_who_was_asked_signs_off(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = ask(walk, record)
    seen = contributions.seen_digest(session, asked)
    for first in ("amara", "petra", "helen", "ingrid"):
        with pytest.raises(NotAllowed):
            contributions.sign_contribution(
                session, asked, statement="Fine.", seen=seen, actor=walk.who(first), now=walk.now
            )


def test_what_changed_while_the_expert_was_reading_is_not_signed_off(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = ask(walk, record, "purpose")
    seen = contributions.seen_digest(session, asked)
    change(walk, record, "purpose", "Another purpose.")
    with pytest.raises(Stale, match="while you were reading"):
        contributions.sign_contribution(
            session, asked, statement="Fine.", seen=seen, actor=walk.who("sofia"), now=walk.now
        )
    assert asked.signed_at is None


def test_a_sign_off_needs_a_statement_and_is_told_to_who_asked(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = ask(walk, record, "purpose", by="petra")
    seen = contributions.seen_digest(session, asked)
    with pytest.raises(Invalid, match="conclude"):
        contributions.sign_contribution(session, asked, statement=" ", seen=seen, actor=walk.who("sofia"), now=walk.now)
    sign_off(walk, asked)
    people = {notice["person"] for notice in notices(session, "contribution:signed")}
    assert people == {str(persona(session, first).id) for first in ("amara", "petra")}
    assert list_waiting(session, actor=walk.who("sofia")) == []


def test_a_reminder_goes_out_once_a_day(session: Session, walk: Walk) -> None:
    asked = ask(walk, walk.full())
    with pytest.raises(NotPossible, match="today"):
        contributions.remind_contributor(session, asked, actor=walk.who("amara"), now=walk.now)
    walk.now += dt.timedelta(days=1)
    contributions.remind_contributor(session, asked, actor=walk.who("petra"), now=walk.now)
    assert len(notices(session, "contribution:reminded")) == 1
    with pytest.raises(NotPossible, match="today"):
        contributions.remind_contributor(session, asked, actor=walk.who("amara"), now=walk.now)


def test_a_withdrawn_request_waits_for_nobody(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = ask(walk, record)
    contributions.withdraw_contribution(session, asked, actor=walk.who("petra"), now=walk.now)
    assert state_of(asked, TODAY) == "withdrawn"
    assert list_open_points(session, record) == []
    assert list_waiting(session, actor=walk.who("sofia")) == []
    assert [each["person"] for each in notices(session, "contribution:withdrawn")] == [str(asked.person_id)]
    with pytest.raises(NotPossible):
        sign_off(walk, asked)


def test_a_signed_request_is_neither_withdrawn_nor_reminded_of(session: Session, walk: Walk) -> None:
    asked = sign_off(walk, ask(walk, ready(walk)))
    for act in (contributions.withdraw_contribution, contributions.remind_contributor):
        with pytest.raises(NotPossible, match="before"):
            act(session, asked, actor=walk.who("amara"), now=walk.now)


def points(session: Session, record: Assessment) -> list[tuple[Contribution, bool]]:
    return [(point.contribution, point.voided is not None) for point in list_open_points(session, record)]


def test_open_and_void_sign_offs_are_named_until_they_are_given(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = ask(walk, record, "purpose")
    assert points(session, record) == [(asked, False)]
    sign_off(walk, asked)
    assert points(session, record) == []
    change(walk, record, "purpose", "Another purpose.")
    (again,) = session.scalars(select(Contribution).where(Contribution.follows_id == asked.id))
    assert points(session, record) == [(again, True)]
    assert [line.why for line in list_waiting(session, actor=walk.who("sofia"))] == [ASKED_AGAIN]
    sign_off(walk, again)
    assert points(session, record) == []


def test_withdrawing_the_renewed_request_does_not_hide_that_a_sign_off_is_void(session: Session, walk: Walk) -> None:
    record = ready(walk)
    asked = sign_off(walk, ask(walk, record, "purpose"))
    change(walk, record, "purpose", "Another purpose.")
    (again,) = session.scalars(select(Contribution).where(Contribution.follows_id == asked.id))
    contributions.withdraw_contribution(session, again, actor=walk.who("amara"), now=walk.now)
    assert points(session, record) == [(asked, True)]


def test_open_requests_hold_up_no_step(session: Session, walk: Walk) -> None:
    record = walk.full()
    ask(walk, record, "scope")
    walk.advance(record, "approved")
    assert record.status == "approved"
    assert list_waiting(session, actor=walk.who("sofia")) == []
