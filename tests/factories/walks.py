"""Records in a wanted state, reached by walking the real services: no test can set up an impossible one."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from pia_engine.models import AnnualAudit, Assessment, Initiative, VendorResponse
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Value
from pia_engine.services import (
    annual_audits,
    assessments,
    determinations,
    publications,
    reviews,
    sign_offs,
    vendor_responses,
)
from pia_engine.services.answers import save_answers
from pia_engine.services.history import SheetOwner
from pia_engine.services.initiatives import NewInitiative, register_initiative
from tests.factories.answers import filled, found
from tests.factories.people import acting, department, persona

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
AUTHORS = frozenset({"agency_official", "contributor"})

FULL_STATUSES = (
    "draft",
    "submitted",
    "in_review",
    "changes_requested",
    "awaiting_agency_sign_off",
    "awaiting_decision",
    "approved",
    "publishing",
    "published",
)


def made_up(record: Assessment, day: dt.date) -> publications.PublishedFiles:
    """The worker's part without a document: the digests are made up, and different for each record."""
    pdf, text = (uuid.uuid5(record.id, name).hex * 2 for name in ("pdf", "json"))
    renew_on = day + dt.timedelta(days=340)
    return publications.PublishedFiles(record.initiative.title, "A summary.", "text", pdf, text, renew_on)


class Walk:
    """One initiative's way through the house. Each step is an hour after the one before."""

    def __init__(self, session: Session, start: dt.datetime = START) -> None:
        self.session = session
        self.now = start

    def who(self, first: str) -> Actor:
        self.now += dt.timedelta(hours=1)
        return acting(self.session, first, self.now)

    def answer(self, record: SheetOwner, given: dict[str, Value], *, roles: frozenset[str], actor: Actor) -> None:
        """Fill what people of `roles` answer; everything else is left as it is."""
        questionnaire = questionnaire_for(self.session, record.sheet)
        before = answers_of(record.sheet)
        answers = filled(questionnaire, roles, {**before, **given})
        asked = {q.id for q in questionnaire.questions if q.answered_by in roles}
        unconfirmed = {answer.question for answer in record.sheet.answers if not answer.is_confirmed}
        changed: dict[str, Value | None] = {
            name: value
            for name, value in answers.items()
            if name in asked and (before.get(name) != value or name in unconfirmed)
        }
        save_answers(self.session, record, changed, seen_version=record.sheet.version, actor=actor, now=self.now)

    def initiative(self, title: str = "Traffic counters on Mill Road") -> Initiative:
        actor = self.who("amara")
        return register_initiative(
            self.session,
            NewInitiative(
                title=title,
                summary="Counters measure how many vehicles pass. They help to plan safer crossings.",
                department=department(self.session, "mobility"),
                change_kind="new",
            ),
            author=persona(self.session, "amara"),
            actor=actor,
            now=self.now,
        )

    def initial(self, status: str = "draft", title: str = "Traffic counters on Mill Road") -> Assessment:
        initiative = self.initiative(title)
        actor = self.who("amara")
        record = assessments.begin_initial_assessment(
            self.session, initiative, author=persona(self.session, "amara"), actor=actor, now=self.now
        )
        if status == "draft":
            return record
        self.answer(record, {}, roles=AUTHORS, actor=actor)
        if status == "withdrawn":
            assessments.withdraw_assessment(self.session, record, actor=actor, now=self.now, reason="Cancelled")
            return record
        assessments.submit_assessment(self.session, record, actor=actor, now=self.now)
        if status == "returned":
            assessments.return_assessment(
                self.session, record, actor=self.who("petra"), now=self.now, reason="Say who it is about."
            )
        if status == "determined":
            determinations.determine(
                self.session,
                record,
                outcome="full_pia",
                actor=self.who("petra"),
                now=self.now,
                reason="People are seen.",
            )
        return record

    def full(
        self, status: str = "draft", *, residual: str = "low", title: str = "Traffic counters on Mill Road"
    ) -> Assessment:
        initial = self.initial("determined", title)
        record = assessments.get_assessment(self.session, initial.reference, "full")
        return self.advance(record, status, residual=residual)

    def advance(self, record: Assessment, status: str, *, residual: str = "low") -> Assessment:
        """Take a full assessment in draft on to `status`."""
        for step in FULL_STATUSES[1 : FULL_STATUSES.index(status) + 1]:
            if step == "changes_requested" and status != "changes_requested":
                continue
            getattr(self, f"_to_{step}")(record, residual)
        return record

    def _to_submitted(self, record: Assessment, residual: str) -> None:
        self.answer(
            record, {"overall_residual_risk": residual}, roles=frozenset({"agency_official"}), actor=self.who("amara")
        )
        self.answer(record, {}, roles=frozenset({"contributor"}), actor=self.who("sofia"))
        assessments.submit_assessment(self.session, record, actor=self.who("amara"), now=self.now)

    def _to_in_review(self, record: Assessment, _residual: str) -> None:
        reviews.start_review(self.session, record, actor=self.who("petra"), now=self.now)

    def _to_changes_requested(self, record: Assessment, _residual: str) -> None:
        actor = self.who("petra")
        reviews.note_change(
            self.session, record, question="summary", text="Name the street.", actor=actor, now=self.now
        )
        reviews.request_changes(self.session, record, actor=actor, now=self.now)

    def _to_awaiting_agency_sign_off(self, record: Assessment, _residual: str) -> None:
        actor = self.who("petra")
        self.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=actor)
        reviews.recommend(
            self.session,
            record,
            recommendation="approve",
            actor=actor,
            now=self.now,
            reason="Go ahead as described.",
        )

    def _to_awaiting_decision(self, record: Assessment, _residual: str) -> None:
        sign_offs.sign_for_agency(
            self.session, record, actor=self.who("daniel"), now=self.now, reason="The department stands behind it."
        )

    def _to_approved(self, record: Assessment, residual: str) -> None:
        decider = "victor" if residual == "high" else "helen"
        sign_offs.approve(
            self.session, record, actor=self.who(decider), now=self.now, reason="The benefit outweighs the risk."
        )

    def _to_publishing(self, record: Assessment, _residual: str) -> None:
        publications.order_publication(self.session, record, actor=self.who("petra"), now=self.now)

    def _to_published(self, record: Assessment, _residual: str) -> None:
        publications.record_publication(self.session, record, made_up(record, self.now.date()), now=self.now)

    def vendor(self, record: Assessment, status: str = "issued") -> VendorResponse:
        """A vendor response of an assessment in draft."""
        actor = self.who("petra")
        contact = vendor_responses.VendorContact("Sightline Systems GmbH", "Lena Hoffmann", "lena@sightline.example")
        response = vendor_responses.issue_vendor_response(self.session, record, contact, actor=actor, now=self.now)
        if status == "issued":
            return response
        vendor_responses.begin_answering(self.session, response, now=self.now)
        if status == "in_progress":
            return response
        self.answer(response, {}, roles=frozenset({"vendor_respondent"}), actor=vendor_responses.vendor_actor(response))
        vendor_responses.attest(self.session, response, name="Lena Hoffmann", title="Head of product", now=self.now)
        if status == "clarification":
            question = next(iter(answers_of(response.sheet)))
            vendor_responses.evaluate_answer(
                self.session, response, question, verdict="queried", note="Since when?", actor=actor, now=self.now
            )
            vendor_responses.ask_to_clarify(self.session, response, actor=actor, now=self.now)
        if status == "accepted":
            vendor_responses.accept_remaining(self.session, response, actor=actor, now=self.now)
            vendor_responses.accept_response(self.session, response, record, actor=actor, now=self.now)
        return response

    def audit(self, status: str = "scheduled", *, residual: str = "low", findings: int = 0) -> AnnualAudit:
        """The first annual audit of a published assessment; with `findings`, as many are found."""
        record = self.full("published", residual=residual)
        audit = annual_audits.list_audits(self.session, record.reference)[0]
        if status == "scheduled":
            return audit
        self.now = dt.datetime.combine(audit.due_on, dt.time(9), dt.UTC)
        annual_audits.call_due_audits(self.session, now=self.now)
        if status == "due":
            return audit
        actor = self.who("ingrid")
        annual_audits.start_audit(self.session, audit, actor=actor, now=self.now)
        if status == "in_progress":
            return audit
        self.answer(audit, found(findings), roles=frozenset({"auditor"}), actor=actor)
        annual_audits.report_findings(self.session, audit, actor=actor, now=self.now)
        return audit
