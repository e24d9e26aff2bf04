"""How an assessment stands on the six foundations, worked out from the record itself and explained in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.models import AnnualAudit, Assessment, Commitment, Determination, Publication, Review, VendorResponse
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import ROLE_NAMES
from pia_engine.questionnaires.definition import Question, Value
from pia_engine.questionnaires.progress import is_finished, required_questions, visible_questions
from pia_engine.questionnaires.registers import missing_in_risk
from pia_engine.questionnaires.wording import Sentence, all_of
from pia_engine.services.cities import get_city
from pia_engine.services.commitment_lists import tally_of
from pia_engine.services.foundation_facts import Fact, day_in_words, heard, late_audit, undecided_causes
from pia_engine.services.offices import Vacancy, list_vacancies
from pia_engine.services.sign_offs import sign_offs_in_force
from pia_engine.workflows import annual_audit, full_assessment, vendor_response
from pia_engine.workflows.foundations import FOUNDATIONS, Standing, StandingName

RISK_LEVEL_NAMES = {"low": N_("low"), "medium": N_("medium"), "high": N_("high")}
PUBLIC_STATUSES = frozenset({full_assessment.Status.PUBLISHING, full_assessment.Status.PUBLISHED})

ALL_ANSWERED = N_("All %(asked)s questions on this are answered.")
SOME_ANSWERED = N_("%(answered)s of %(asked)s questions on this are answered.")


def foundation_standings(
    session: Session, assessment: Assessment, *, on: dt.date | None = None, today: dt.date | None = None
) -> tuple[Standing, ...]:
    """The six standings, in order. `met` needs every fact, `open` has none but perhaps a few answers.

    Of an assessment that goes on, the roles are looked at `on` a day: today. Otherwise on the day it last moved.
    What is late, is late `today`, whether the assessment goes on or not; by default on the day of the roles.
    """
    evidence = Evidence(session, assessment, on=on, today=today)
    return tuple(_standing(evidence, number) for number in range(1, len(FOUNDATIONS) + 1))


def _standing(evidence: Evidence, number: int) -> Standing:
    facts = [evidence.answered(number), *FACTS[number](evidence)]
    deciding = [fact.holds for fact in facts if fact.holds is not None]
    if all(deciding):
        name = StandingName.MET
    else:
        name = StandingName.PARTLY if any(deciding) or evidence.has_begun(number) else StandingName.OPEN
    return Standing(
        number=number,
        title=FOUNDATIONS[number - 1].name,
        standing=name,
        explanation=_joined([fact.sentence for fact in facts]),
        section_ids=evidence.section_ids(number),
    )


def _joined(sentences: list[Sentence]) -> Sentence:
    whole = sentences[0]
    for sentence in sentences[1:]:
        whole = Sentence(N_("%(first)s %(second)s"), first=whole, second=sentence)
    return whole


class Evidence:
    """What the record holds about one assessment, read when it is asked for."""

    def __init__(
        self, session: Session, assessment: Assessment, *, on: dt.date | None = None, today: dt.date | None = None
    ) -> None:
        self.session = session
        self.on = on or clock.day_of(assessment.updated_at, get_city(session).time_zone)
        self.seen_on = today or self.on
        self.assessment = assessment
        self.answers = answers_of(assessment.sheet)
        self.questionnaire = questionnaire_for(session, assessment.sheet)

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        return visible_questions(self.questionnaire, self.answers)

    def questions(self, number: int) -> list[Question]:
        required = required_questions(self.questionnaire, self.answers)
        return [question for question in self.asked if question.foundation == number and question.id in required]

    def answered(self, number: int) -> Fact:
        asked = self.questions(number)
        answered = sum(is_finished(question, self.answers) for question in asked)
        if answered == len(asked):
            return Fact(True, Sentence(ALL_ANSWERED, asked=len(asked)))
        return Fact(False, Sentence(SOME_ANSWERED, answered=answered, asked=len(asked)))

    def has_begun(self, number: int) -> bool:
        return any(is_finished(question, self.answers) for question in self.questions(number))

    def section_ids(self, number: int) -> tuple[str, ...]:
        return tuple(section.id for section in self.questionnaire.sections if section.foundation == number)

    def rows(self, question: str) -> list[dict[str, str]]:
        value: Value | None = self.answers.get(question)
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _values_and_risk(evidence: Evidence) -> Iterator[Fact]:
    level = RISK_LEVEL_NAMES.get(str(evidence.answers.get("overall_residual_risk", "")))
    risks = len(evidence.rows("risks"))
    if level is None:
        yield Fact(False, Sentence(N_("The risk that is left over is not rated yet.")))
        return
    yield Fact(
        True,
        Sentence(
            N_("%(risks)s risks to people are described, and what is left over is rated %(level)s."),
            risks=risks,
            level=Sentence(level),
        ),
    )


def _scope_and_timing(evidence: Evidence) -> Iterator[Fact]:
    determination = evidence.session.scalars(
        select(Determination)
        .join(Determination.assessment)
        .where(Assessment.reference == evidence.assessment.reference, Assessment.stage == "initial")
    ).first()
    if determination is None:
        yield Fact(False, Sentence(N_("Nobody has determined yet whether a full assessment is needed.")))
        return
    yield Fact(
        True,
        Sentence(
            N_("The determination was made on %(day)s, after the short questionnaire every initiative answers."),
            day=day_in_words(determination.determined_at.date()),
        ),
    )


def _tools_and_safeguards(evidence: Evidence) -> Iterator[Fact]:
    risks = evidence.rows("risks")
    if risks and not any(missing_in_risk(row) for row in risks):
        yield Fact(True, Sentence(N_("Each risk has a response with its reasons and somebody who sees to it.")))
    else:
        yield Fact(False, Sentence(N_("Not every risk has a response with its reasons and somebody who sees to it.")))
    yield from _vendors(evidence)


def _vendors(evidence: Evidence) -> Iterator[Fact]:
    statuses = list(
        evidence.session.scalars(
            select(VendorResponse.status).where(
                VendorResponse.assessment_reference == evidence.assessment.reference,
                VendorResponse.status.not_in([vendor_response.Status.CANCELLED, vendor_response.Status.EXPIRED]),
            )
        )
    )
    if not statuses:
        return
    if all(status == vendor_response.Status.ACCEPTED for status in statuses):
        yield Fact(True, Sentence(N_("The vendor's answers were read one by one and accepted.")))
    else:
        yield Fact(False, Sentence(N_("The vendor's answers are not accepted yet.")))


def _roles_and_responsibilities(evidence: Evidence) -> Iterator[Fact]:
    yield _designations(evidence)
    yield _advice(evidence)
    signed = len(sign_offs_in_force(evidence.session, evidence.assessment))
    if signed >= 2:
        sentence = N_("The agency and the deciding official have signed; neither of them wrote the text.")
    elif signed:
        sentence = N_("The agency has signed. The decision is still to come.")
    else:
        sentence = N_("Nobody has signed the present text yet.")
    yield Fact(signed >= 2, Sentence(sentence))
    yield from heard(evidence.session, evidence.assessment)


def _designations(evidence: Evidence) -> Fact:
    """Whether every role this assessment depends on is held; for one that is over, was held when it last moved."""
    missing = list_vacancies(evidence.session, on=evidence.on, department=evidence.assessment.department)
    if not missing:
        return Fact(True, Sentence(N_("Every role this assessment depends on is designated to somebody.")))
    names = all_of([_gap(vacancy) for vacancy in missing])
    return Fact(False, Sentence(N_("Roles that nobody is designated to: %(roles)s."), roles=names))


def _gap(vacancy: Vacancy) -> Sentence:
    if vacancy.department is None:
        return Sentence(ROLE_NAMES[vacancy.role])
    if not vacancy.holders:
        return Sentence(N_("agency official of %(department)s"), department=vacancy.department.name)
    return Sentence(N_("a second agency official of %(department)s, to sign"), department=vacancy.department.name)


def _advice(evidence: Evidence) -> Fact:
    given = evidence.session.scalar(
        select(func.count(Review.id)).where(
            Review.assessment_id == evidence.assessment.id, Review.result == "recommended"
        )
    )
    if given:
        return Fact(True, Sentence(N_("The privacy officer has given advice.")))
    return Fact(False, Sentence(N_("The privacy officer has not given advice yet.")))


def _monitoring_and_records(evidence: Evidence) -> Iterator[Fact]:
    due_on = evidence.session.scalar(
        select(func.min(AnnualAudit.due_on)).where(
            AnnualAudit.assessment_id == evidence.assessment.id,
            AnnualAudit.status != annual_audit.Status.CANCELLED,
        )
    )
    if due_on is None:
        yield Fact(False, Sentence(N_("The first audit is scheduled when the assessment is approved.")))
    else:
        yield Fact(True, Sentence(N_("The first audit is due on %(day)s."), day=day_in_words(due_on)))
    yield from late_audit(evidence.session, evidence.assessment, evidence.seen_on)
    yield from undecided_causes(evidence.session, evidence.assessment)
    yield from _promises(evidence)
    steps = evidence.assessment.trail_length
    yield Fact(None, Sentence(N_("%(steps)s steps stand in the record of events."), steps=steps))


def _promises(evidence: Evidence) -> Iterator[Fact]:
    """How the commitments of all versions stand; nothing before the first is made."""
    found = evidence.session.scalars(
        select(Commitment)
        .join(Commitment.assessment)
        .where(Assessment.reference == evidence.assessment.reference, Assessment.stage == "full")
    ).all()
    if not found:
        return
    tally = tally_of(found, evidence.seen_on)
    numbers = {"kept": tally.kept, "open": tally.open + tally.reported, "overdue": tally.overdue}
    sentence = N_("Commitments: %(kept)s kept, %(open)s still open.")
    if tally.overdue:
        sentence = N_("Commitments: %(kept)s kept, %(open)s still open, %(overdue)s of them overdue.")
    yield Fact(not tally.overdue, Sentence(sentence, **numbers))


def _openness_and_taking_part(evidence: Evidence) -> Iterator[Fact]:
    asked = len(evidence.asked)
    public = sum(question.public for question in evidence.asked)
    yield Fact(
        None, Sentence(N_("%(public)s of %(asked)s questions are answered in public."), public=public, asked=asked)
    )
    assessment = evidence.assessment
    published = assessment.status in PUBLIC_STATUSES or evidence.session.scalar(
        select(func.count(Publication.id)).where(Publication.assessment_id == assessment.id)
    )
    if published:
        yield Fact(True, Sentence(N_("The assessment is published in the city's register.")))
    elif assessment.status == full_assessment.Status.APPROVED:
        yield Fact(False, Sentence(N_("The assessment is approved and waits to be published.")))
    else:
        yield Fact(False, Sentence(N_("The assessment will be published once it is approved.")))


FACTS: dict[int, Callable[[Evidence], Iterator[Fact]]] = {
    1: _values_and_risk,
    2: _scope_and_timing,
    3: _tools_and_safeguards,
    4: _roles_and_responsibilities,
    5: _monitoring_and_records,
    6: _openness_and_taking_part,
}
